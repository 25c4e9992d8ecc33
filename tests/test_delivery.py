"""The ways out: a real folder, a real command, a real web server, and one zip of it all."""

import os
import stat
import sys
import threading
from io import BytesIO
from zipfile import ZipFile

import pytest

from listener import delivery
from listener.delivery import Undelivered
from tests.factories import NOW
from tests.networks.answering import answering

PAGES = {
    "index.html": b"all weeks",
    "week-3/index.html": b"week 3, version 2",
    "week-3/digest.json": b"{}",
    "week-3/v1/index.html": b"week 3, version 1",
}


def found(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the folder -----------------------------------------------------------------------------------------------------------


def test_the_folder_shows_what_is_public_and_everybody_may_read_it(tmp_path):
    folder = tmp_path / "site/public"
    before = os.umask(0o077)

    try:
        delivery.put(folder, PAGES)
    finally:
        os.umask(before)

    assert found(folder) == PAGES
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert (modes, stat.S_IMODE((folder / "week-3/v1").stat().st_mode)) == ({0o644}, 0o755)


def test_what_is_not_public_any_more_goes(tmp_path):
    delivery.put(tmp_path, PAGES)
    (tmp_path / "week-3/notes.txt").write_text("somebody's words")
    (tmp_path / ".index.html.7.part").write_text("half of it")

    delivery.put(tmp_path, {"index.html": b"all weeks"})

    assert found(tmp_path) == {"index.html": b"all weeks"}
    assert not (tmp_path / "week-3").exists()


def test_other_files_beside_the_weeks_are_left_alone(tmp_path):
    (tmp_path / "robots.txt").write_text("User-agent: *")

    delivery.put(tmp_path, PAGES)

    assert found(tmp_path) == PAGES | {"robots.txt": b"User-agent: *"}


@pytest.mark.parametrize("link", ["week-3/old", "week-9"])
def test_a_link_out_of_the_folder_is_cut_and_not_followed(tmp_path, link):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/kept.txt").write_text("kept")
    (tmp_path / "public/week-3").mkdir(parents=True)
    (tmp_path / "public" / link).symlink_to(tmp_path / "elsewhere")

    delivery.put(tmp_path / "public", PAGES)

    assert found(tmp_path / "public") == PAGES
    assert (tmp_path / "elsewhere/kept.txt").exists()


def test_a_page_that_is_as_it_should_be_is_not_written_again(tmp_path):
    delivery.put(tmp_path, PAGES)
    os.utime(tmp_path / "index.html", ns=(1, 1))
    (tmp_path / "index.html").chmod(0o600)

    delivery.put(tmp_path, PAGES | {"week-3/index.html": b"version 3"})

    assert (tmp_path / "index.html").stat().st_mtime_ns == 1
    assert stat.S_IMODE((tmp_path / "index.html").stat().st_mode) == 0o644
    assert (tmp_path / "week-3/index.html").read_bytes() == b"version 3"


def test_an_index_comes_after_what_it_leads_to():
    ordered = sorted(PAGES, key=delivery._order)

    assert ordered == ["week-3/v1/index.html", "week-3/digest.json", "week-3/index.html", "index.html"]


def test_a_reader_never_finds_half_a_page(tmp_path):
    versions = [b"old " * 20_000, b"new " * 20_000]
    delivery.put(tmp_path, {"index.html": versions[0]})
    seen, done = set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add((tmp_path / "index.html").read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        delivery.put(tmp_path, {"index.html": versions[number % 2]})
    done.set()
    reader.join()

    assert seen <= set(versions)


@pytest.mark.parametrize("stuck", ["week-3", "index.html"])
def test_a_folder_that_cannot_be_written_says_which_and_what_to_do(tmp_path, stuck):
    (tmp_path / "public").mkdir()
    if stuck == "week-3":
        (tmp_path / "public/week-3").write_text("a file where a folder should be")
    else:
        (tmp_path / "public/index.html").mkdir()

    with pytest.raises(Undelivered, match=rf"{stuck}: .*Mend that; it is tried again"):
        delivery.put(tmp_path / "public", PAGES)


def test_a_folder_where_something_else_writes_is_not_taken_for_delivered(tmp_path, monkeypatch):
    def put_back(folder):
        (folder / "week-3/index.html").write_text("something else")

    monkeypatch.setattr(delivery, "_drop_empty", put_back)

    with pytest.raises(Undelivered, match="does something else write there"):
        delivery.put(tmp_path, PAGES)


def test_a_page_that_somebody_changed_is_noticed(tmp_path):
    delivery.put(tmp_path, PAGES)
    (tmp_path / "week-3/v1/index.html").write_text("changed")

    assert delivery.standing(tmp_path, PAGES) != delivery.fingerprint(PAGES)


def test_what_stands_is_named_by_paths_and_bytes():
    moved = {"a": b"1", "b": b"2"}

    assert delivery.fingerprint(moved) == delivery.fingerprint(dict(reversed(moved.items())))
    assert delivery.fingerprint(moved) != delivery.fingerprint({"a": b"2", "b": b"1"})


# --- the command ----------------------------------------------------------------------------------------------------------


def python(code):
    return [sys.executable, "-c", code]


def test_the_command_runs_in_its_folder_and_without_a_shell(tmp_path):
    delivery.run([*python("import sys; open('ran', 'w').write(sys.argv[1])"), "$HOME; ls"], tmp_path)

    assert (tmp_path / "ran").read_text() == "$HOME; ls"


def test_a_command_that_fails_tells_its_last_words(tmp_path):
    failing = python("import sys; print('x' * 2000); sys.stderr.write('no route\\x1b[31m to host\\n'); sys.exit(23)")

    with pytest.raises(Undelivered, match=r"ended with 23. Its last words: x+ no route \[31m to host$") as problem:
        delivery.run(failing, tmp_path)

    assert len(str(problem.value)) < 700


def test_a_silent_failure_says_that_there_were_no_words(tmp_path):
    with pytest.raises(Undelivered, match="Its last words: none"):
        delivery.run(["false"], tmp_path)


def test_a_command_that_is_not_there_says_so(tmp_path):
    with pytest.raises(Undelivered, match=r"never-there could not be started: No such file"):
        delivery.run(["never-there"], tmp_path)


def test_a_command_that_hangs_is_stopped_with_all_it_started(tmp_path):
    hanging = python("import subprocess; subprocess.run(['sleep', '60'])")

    with pytest.raises(Undelivered, match=r"did not end within 0.5 seconds"):
        delivery.run(hanging, tmp_path, patience=0.5)


# --- the public address ---------------------------------------------------------------------------------------------------


def look(body, *, status=200, private=True):
    """What comes of a look for version 2 at a server that shows `body` at every address."""
    with answering(lambda _path, _query: (status, {}, body)) as address:
        delivery.look(f"{address}/think/", {"week-3/": "version 2"}, NOW, allow_private_addresses=private)


def test_every_place_below_the_public_address_is_read():
    asked = []

    def answer(path, _query):
        asked.append(path)
        return 200, {}, b"<p>version 2</p>"

    with answering(answer) as address:
        sought = {"week-3/": "version 2", "week-3/v2/": "2"}
        delivery.look(f"{address}/think/", sought, NOW, allow_private_addresses=True)

    assert asked == ["/think/week-3/", "/think/week-3/v2/"]


def test_an_old_version_there_is_told():
    with pytest.raises(Undelivered, match="/think/week-3/ does not show what is published yet"):
        look(b"<p>version 1</p>")


def test_a_page_that_is_not_there_is_told():
    with pytest.raises(Undelivered, match=r"could not be read: .* answered 404"):
        look(b"", status=404)


def test_an_address_inside_a_private_network_wants_leave():
    with pytest.raises(Undelivered, match="allow_private_addresses"):
        look(b"version 2", private=False)


# --- the zip --------------------------------------------------------------------------------------------------------------


def test_the_zip_holds_all_that_is_public_and_is_always_the_same():
    zipped = delivery.zipped(PAGES)

    with ZipFile(BytesIO(zipped)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == PAGES
    assert zipped == delivery.zipped(dict(reversed(PAGES.items())))
