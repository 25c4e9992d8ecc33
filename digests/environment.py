"""The one home of Jinja2: how every page is drawn, and the policy each page carries."""

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from digests import charts, words
from digests.digest import Card

_POLICY = "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'"


@cache
def for_package(package: str) -> Environment:
    """Draws the templates of a package. Autoescape for every one; a name that is not given is an error."""
    made = Environment(
        loader=PackageLoader(package), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(number=words.number, count=words.count, listing=words.listing)
    made.globals.update(sheet=Markup(sheet()), policy=policy(), charts=charts)
    return made


def environment() -> Environment:
    """The one of the digests themselves."""
    return for_package("digests")


def draw(template: str, **values: object) -> bytes:
    return environment().get_template(template).render(**values).encode()


def card(value: Card) -> str:
    """One card, safe to stand in a page."""
    return _card_macro()(value)


def sheet() -> str:
    """The style sheet of the team's pages, as it stands inside each."""
    return _styles("digest.css", "team.css")


def public_sheet() -> str:
    """The style sheet of published pages."""
    return _styles("digest.css", "public.css")


@cache
def _styles(*names: str) -> str:
    """Read once: the policies know the sheets by their hashes, also while a new release is being laid over this one."""
    return "".join(resources.files("digests").joinpath("static", name).read_text(encoding="utf-8") for name in names)


def policy(hash_of_sheet: str = "") -> str:
    """The Content-Security-Policy of a page: nothing but the one sheet, known by its hash (SHA-256, base64)."""
    return _POLICY.format(hash_of_sheet or base64.b64encode(hashlib.sha256(sheet().encode()).digest()).decode())


@cache
def _card_macro() -> Callable[[Card], str]:
    macro: Callable[[Card], str] = environment().get_template("cards.html").module.__dict__["card"]
    return macro
