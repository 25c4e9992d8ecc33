"""Accounts: what a good name and a good password are, and the verbs that make and change them."""

import getpass
import sys
from io import StringIO

import pytest

from listener import accounts
from listener.cli import main
from listener.jobs import people
from listener.jobs.service import Refused
from storage.curated import ROLES
from tests.factories import NOW
from tests.services import CONFIG, make_service

PASSWORD = "four tulips below the bridge"

# --- what is good ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "xk7Q2mm9!!zz1", "fünf Tulpen am Bach", "correct horse battery staple", "four-Tulips-below", "four x7 " * 100],
)
def test_a_long_and_unusual_password_is_good(password):
    assert accounts.fault_of(password, ["anna", "Think Carer"]) == ""


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", "at least 12"),
        ("elevensigns", "at least 12"),
        ("x7 p" * 300, "at most 1024"),
        ("aaaaaaaaaaaaaaa", "too few"),
        ("abababababab", "too few"),
        ("123456789012", "a few letters"),
        ("9876 5432 1098", "a few letters"),
        ("password2026!", "guessed first"),
        ("P4ssw0rd1234", "guessed first"),
        ("PasswordPassword", "guessed first"),
        ("Welcome12345!", "guessed first"),
        ("qwertyuiop12", "guessed first"),
        ("1q2w3e4r5t6y7u", "guessed first"),
        ("abcdefghijkl", "guessed first"),
        ("letmein-letmein", "guessed first"),
        ("NHSEngland2026", "guessed first"),
        ("anna-anna-2026!", "guessed first"),
        ("ThinkCarer2027!", "guessed first"),
    ],
)
def test_a_password_that_would_be_guessed_is_not(password, fault):
    assert fault in accounts.fault_of(password, ["anna", "Think Carer"])


def test_invented_passwords_are_good_and_never_the_same():
    made = {accounts.invented() for _ in range(100)}

    assert len(made) == 100
    assert {accounts.fault_of(one) for one in made} == {""}


@pytest.mark.parametrize(
    ("told", "name", "good"),
    [
        (" Anna ", "anna", True),
        ("Anna.Smith@trust.example", "anna.smith@trust.example", True),
        ("Zoë", "zoë", True),
        ("\uff21nna", "anna", True),
        ("", "", False),
        ("anna smith", "anna smith", False),
        ("anna,ben", "anna,ben", False),
        ("<b>", "<b>", False),
        ("x" * 65, "x" * 65, False),
    ],
)
def test_a_name_is_written_in_one_way_and_can_stand_in_a_header(told, name, good):
    assert (accounts.plain_name(told), accounts.is_name(name)) == (name, good)


def test_each_role_may_do_what_those_before_it_may():
    assert [[accounts.allows(role, needed) for needed in ROLES] for role in ROLES] == [
        [True, False, False, False],
        [True, True, False, False],
        [True, True, True, False],
        [True, True, True, True],
    ]


# --- hashes ---------------------------------------------------------------------------------------------------------------


def test_a_password_is_kept_as_a_hash_that_only_it_fits():
    one, other = accounts.hashed("Café au lait, no sugar"), accounts.hashed("Café au lait, no sugar")

    assert one != other
    assert one.startswith("$argon2id$")
    assert accounts.is_right("Cafe\u0301 au lait, no sugar", one), "put together on another keyboard"
    assert not accounts.is_right("Cafe au lait, no sugar", one)


@pytest.mark.parametrize("secret", ["", "no hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
def test_no_password_fits_what_is_no_hash(secret):
    assert not accounts.is_right("", secret)
    assert not accounts.is_right(PASSWORD, secret)


# --- jobs -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def service(tmp_path):
    made = make_service(tmp_path, now=NOW)
    people.add(made, "anna", "operator", PASSWORD)
    yield made
    made.store.close()


@pytest.mark.parametrize(
    ("name", "password", "sentence"),
    [
        ("ANNA", PASSWORD, "There is an account anna already."),
        ("two words", PASSWORD, "A name has letters, digits"),
        ("ben", "short", "Choose another password: it must have at least 12"),
        ("ben", "ThinkCarer2027", "Choose another password: it is one of those"),
    ],
)
def test_an_account_that_will_not_do_is_refused(service, name, password, sentence):
    with pytest.raises(Refused, match=sentence):
        people.add(service, name, "viewer", password)

    assert [one.name for one in people.everyone(service)] == ["anna"]


@pytest.mark.parametrize("act", [people.disable, lambda service, account, by: people.set_role(service, account, "viewer", by)])
def test_nobody_locks_themselves_out(service, act):
    anna = people.named(service, "anna")

    with pytest.raises(Refused, match="your own account"):
        act(service, anna, anna.id)


def test_every_change_is_written_down_by_number(service):
    ben = people.add(service, "ben", "viewer", None, by=1)
    people.set_role(service, ben, "curator", by=1)
    people.set_password(service, ben, PASSWORD)
    people.disable(service, ben, by=1)
    people.enable(service, ben, by=1)

    with service.store.read() as unit:
        told = [(one.by, one.act, one.target) for one in reversed(unit.accounts.noted())]
    assert told[1:] == [
        (1, "made an account", "account:2 viewer"),
        (1, "changed a role", "account:2 curator"),
        (0, "set a password", "account:2"),
        (1, "disabled an account", "account:2"),
        (1, "enabled an account", "account:2"),
    ]


# --- verbs ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def listener(tmp_path, monkeypatch, capsys):
    """`listener user …` in this process: (exit code, what it says, what it complains of)."""
    (tmp_path / "listener.toml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["listener", "user", *words])
        with pytest.raises(SystemExit) as ended:
            main.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch):
    """What somebody at a terminal types when a password is asked for."""
    words: list[str] = []
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda _: words.pop(0))
    return words


def test_a_password_is_asked_for_twice_and_never_shown(listener, typed):
    typed += [PASSWORD, PASSWORD]

    assert listener("add", "Anna", "--role", "curator") == (0, "anna may sign in as curator.\n", "")
    assert typed == []


def test_two_that_differ_make_no_account(listener, typed):
    typed += [PASSWORD, PASSWORD + "x"]

    code, out, err = listener("add", "anna", "--role", "curator")

    assert (code, out, err) == (2, "", "listener: The two are not the same: nothing was changed\n")
    assert "no account yet" in listener("list")[1]


def test_a_password_is_invented_and_shown_once(listener):
    code, out, _ = listener("add", "anna", "--role", "operator", "--generate")

    shown = out.split("Password, shown this once: ")[1].strip()
    assert (code, accounts.fault_of(shown)) == (0, "")
    assert shown not in listener("list")[1]


@pytest.mark.parametrize(("mode", "code"), [(0o600, 0), (0o644, 2)])
def test_a_password_comes_from_a_file_that_only_its_owner_can_read(tmp_path, listener, mode, code):
    (tmp_path / "secret").write_text(f"{PASSWORD}\n")
    (tmp_path / "secret").chmod(mode)

    told = listener("add", "anna", "--role", "viewer", "--password-file", "secret")

    assert told[0] == code
    assert PASSWORD not in "".join(told[1:])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "anna", "--role", "viewer"), "Nobody is at the keyboard to type a password"),
        (
            ("add", "anna", "--role", "boss", "--generate"),
            "There is no role boss. There are: viewer, curator, ",
        ),
        (("add", "a b", "--role", "viewer", "--generate"), "A name has letters, digits"),
        (("role", "ben", "viewer"), "There is no account ben. There are: none yet."),
        (("disable", "ben"), "There is no account ben."),
        (("add", "anna", "--role", "viewer", "--password-file", "gone"), "gone cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_line(listener, monkeypatch, words, sentence):
    monkeypatch.setattr(sys, "stdin", StringIO())

    code, out, err = listener(*words)

    assert (code > 0, out, err.count("\n")) == (True, "", 1)
    assert sentence in err


def test_an_account_through_its_life(listener):
    listener("add", "anna", "--role", "viewer", "--generate")

    assert listener("role", "anna", "publisher")[1] == "anna is publisher now.\n"
    assert "Password, shown this once: " in listener("password", "anna", "--generate")[1]
    assert "cannot sign in any more" in listener("disable", "anna")[1]
    assert "publisher" in listener("list")[1]
    assert listener("enable", "anna")[1] == "anna may sign in again.\n"


def test_behind_a_proxy_that_says_who_is_signed_in_nobody_has_a_password(tmp_path, listener):
    (tmp_path / "listener.toml").write_text(CONFIG + '[serve]\nproxies = 1\ntrusted_header = "X-Remote-User"\n')

    assert listener("add", "anna@trust.example", "--role", "viewer")[:2] == (0, "anna@trust.example may sign in as viewer.\n")
