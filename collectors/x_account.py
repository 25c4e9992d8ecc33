"""The number of an account of X, by which its mentions are asked for."""

import re

from collectors import x_answers
from collectors.base import BadRequest, Unavailable, Vault
from collectors.x_line import Line

BY_HANDLE = "/2/users/by/username/{}"
PRICE = 0.010  # US dollars a user read, by the list that the price of a post is from


def handle_of(account: str) -> str:
    """Raises ValueError for what cannot be a handle."""
    handle = account.strip().removeprefix("@")
    if not re.fullmatch(r"\w{1,15}", handle, re.ASCII):
        raise ValueError("account must be a handle on X, such as @trust_ex")
    return handle


def known(handle: str, vault: Vault, source: str) -> str:
    """The number that was asked for before; empty if it never was."""
    name, _, number = (vault.get(f"{source}.account") or "").partition(" ")
    return number if name.casefold() == handle.casefold() else ""


def ask(line: Line, handle: str, vault: Vault, source: str) -> str:
    """The number, asked for once and then known. Raises CollectorError."""
    answer = line.ask(BY_HANDLE.format(handle), {})
    data = answer.get("data")
    number = str(data.get("id", "")) if isinstance(data, dict) else ""
    if not number.isdecimal():
        missing = {x_answers.last_part(problem.get("type")) for problem in x_answers.problems(answer)} & set(x_answers.MISSING)
        raise (BadRequest if missing else Unavailable)(f"X does not know the account @{handle}: {x_answers.reason_of(answer)}")
    vault.put(f"{source}.account", f"{handle} {number}")
    return number
