"""The vault and the key of author keys: private, whole, the same every time."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from listener import vault
from listener.vault import FolderVault, VaultError


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_put_is_got_again(tmp_path):
    kept = FolderVault(tmp_path / "vault")
    kept.put("sky session", "old")
    kept.put("sky session", "new é\n")

    assert kept.get("sky session") == "new é\n"


def test_what_was_never_put_is_none(tmp_path):
    assert FolderVault(tmp_path / "vault").get("sky") is None


def test_only_the_owner_can_open_the_folder_and_its_files(tmp_path):
    folder = tmp_path / "vault"
    folder.mkdir(mode=0o755)

    FolderVault(folder).put("sky", "secret")

    assert mode(folder) == 0o700
    assert {mode(file) for file in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["..", "../up", "/etc/passwd", "a/b", "a\0b", ".", "", "é"])
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    folder = tmp_path / "vault"

    FolderVault(folder).put(name, "secret")

    assert FolderVault(folder).get(name) == "secret"
    assert [path.name for path in tmp_path.iterdir()] == ["vault"]
    assert len(list(folder.iterdir())) == 1


def test_names_are_kept_apart(tmp_path):
    kept = FolderVault(tmp_path)

    for name in ("a/b", "a%2Fb", "a b", "A/b"):
        kept.put(name, name)

    assert [kept.get(name) for name in ("a/b", "a%2Fb", "a b", "A/b")] == ["a/b", "a%2Fb", "a b", "A/b"]


def test_nothing_is_left_over_after_a_put(tmp_path):
    kept = FolderVault(tmp_path)

    for number in range(3):
        kept.put("sky", str(number))

    assert [path.name for path in tmp_path.iterdir()] == ["sky.secret"]


def test_the_vault_of_an_exercise_lies_beside_its_database(tmp_path):
    assert vault.beside(tmp_path / "listener.db") == FolderVault(tmp_path / "listener.vault")


def test_the_key_is_made_once_and_private(tmp_path):
    file = tmp_path / "new" / "listener.key"

    key = vault.author_key_secret(file)

    assert len(key) == 32
    assert vault.author_key_secret(file) == key
    assert mode(file) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["listener.key"]


def test_makers_at_the_same_time_get_the_same_key(tmp_path):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(vault.author_key_secret, [tmp_path / "listener.key"] * 16, chunksize=1)

    assert len(set(keys)) == 1


def test_a_key_made_by_another_in_the_meantime_is_kept(tmp_path):
    file = tmp_path / "listener.key"
    key = vault.author_key_secret(file)

    vault._make_key(file)

    assert vault.author_key_secret(file) == key
    assert [path.name for path in tmp_path.iterdir()] == ["listener.key"]


@pytest.mark.parametrize(
    ("content", "mode", "sentence"),
    [
        ("00" * 32, 0o644, r"is open to others: run chmod 600 "),
        ("00" * 31, 0o600, r"must hold 64 hexadecimal digits"),
        ("no key", 0o600, r"cannot be used"),
        ("", 0o600, r"is empty"),
    ],
    ids=["open", "cut off", "not a key", "empty"],
)
def test_a_key_that_cannot_be_trusted_is_refused_and_left_as_it_is(tmp_path, content, mode, sentence):
    file = tmp_path / "listener.key"
    file.write_text(content, encoding="utf-8")
    file.chmod(mode)

    with pytest.raises(VaultError, match=sentence):
        vault.author_key_secret(file)

    assert file.read_text(encoding="utf-8") == content
