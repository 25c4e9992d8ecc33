"""Passwords and roles: what a good password is, its hash, and who may do what."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from storage.curated import ROLES, Role

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12
_LONGEST = 1024  # argon2 would take more, at a cost
_NAME = re.compile(r"[\w.@+-]{1,64}")
_SIGNS = 5  # different ones at least
_REST = 4  # letters beside a word that everybody knows
_LOOKS = str.maketrans("013457@$!", "oieastasi")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike


def allows(role: Role, needed: Role) -> bool:
    """Each role may do what those before it may: viewer, curator, publisher, operator."""
    return ROLES.index(role) >= ROLES.index(needed)


# --- names --------------------------------------------------------------------------------------------------------------


def plain_name(told: str) -> str:
    """The one way a name is written: small letters, no blanks around it."""
    return unicodedata.normalize("NFKC", told).strip().casefold()


def is_name(name: str) -> bool:
    """Whether a plain name will do: letters, digits and . _ @ + - only, at most 64, so that it can stand in a header."""
    return _NAME.fullmatch(name) is not None


# --- passwords ----------------------------------------------------------------------------------------------------------


def fault_of(password: str, near: Iterable[str] = ()) -> str:
    """What is wrong with a new password, as a sentence; empty if nothing is. `near` are names and titles that come to mind."""
    if len(password) < SHORTEST:
        return f"it must have at least {SHORTEST} characters, such as four words in a row."
    if len(password) > _LONGEST:
        return f"it must have at most {_LONGEST} characters."
    if len(set(password)) < _SIGNS:
        return "it repeats too few characters."
    if len(_letters(password)) < _REST:
        return "it must have a few letters."
    if any(_is_all(word, password) for word in (*_common(), *near)):
        return "it is one of those that are guessed first, or has little beside the name."
    return ""


def _is_all(word: str, password: str) -> bool:
    """Whether a password has little but this word, also written as "p4ssw0rd" or followed by a year."""
    bare = _letters(word)
    return any(
        bare and bare in told and len(told.replace(bare, "")) < _REST
        for told in (_letters(password), _letters(password.translate(_LOOKS)))
    )


def _letters(told: str) -> str:
    plain = unicodedata.normalize("NFKC", told).casefold()
    return "".join(sign for sign in plain if sign.isalpha())


def invented() -> str:
    """A password nobody will guess: 20 signs in groups of five, almost 100 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def hashed(password: str) -> str:
    """Argon2id, with its parameters and salt: what may be kept."""
    return _hasher().hash(_bytes(password))


def is_right(password: str, secret: str) -> bool:
    """Whether the password is the one of this hash. Takes as long without a hash ("") as with one."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        _hasher().verify(secret or nobody(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return secret != ""


def is_dated(secret: str) -> bool:
    """Whether the hash was made with weaker parameters than those of today."""
    return _hasher().check_needs_rehash(secret)


def work_of(secret: str) -> tuple[str, int, int, int]:
    """What a look at this hash costs: its kind, time, memory (KiB) and lanes; equal for all, or names could be found out."""
    from argon2 import extract_parameters

    told = extract_parameters(secret)
    return told.type.name, told.time_cost, told.memory_cost, told.parallelism


def _bytes(password: str) -> bytes:
    # The same password typed on two keyboards may differ in how its accents are put together.
    return unicodedata.normalize("NFC", password[: 4 * _LONGEST]).encode("utf-8", "surrogatepass")


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()  # the library's choice of parameters: RFC 9106, low memory


@cache
def nobody() -> str:
    """A hash that no password has: it is looked at where there is none."""
    return hashed(secrets.token_hex(16))


@cache
def _common() -> frozenset[str]:
    told = resources.files("listener").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(told.split())
