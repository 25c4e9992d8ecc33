"""The files of published digests: values in, bytes out. The same digest gives the same bytes; nothing here reads a clock.

`week-3/v1/…` is one version, `week-3/…` the newest, `index.html` all weeks. Links between them are relative.
"""

import base64
import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from digests import environment, markdown, public_files, words
from digests.edition import PublicDigest
from digests.public_json import quotes, to_json
from digests.public_view import View, address
from storage.curated import Edition
from storage.values import Exercise

INDEX = "index.html"
GONE = "This digest has been withdrawn."


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something to go to; without `href` its name says all."""

    name: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLink:
    number: int
    href: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the content of every page. `mark` says which edition this is, `home` is the page of all weeks."""

    title: str
    description: str
    exercise: str
    organisation: str
    invented: bool
    mark: str
    home: str
    reference: str
    weeks: tuple[WeekLink, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One week on the page of all weeks."""

    number: int
    title: str
    dates: str
    note: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where files stand: `up` leads to the page of all weeks, `newest` to the newest version; `weeks` have a page."""

    up: str
    weeks: Collection[int]
    newest: str = ""


Published = Sequence[tuple[Edition, PublicDigest]]


def render(digest: PublicDigest) -> dict[str, bytes]:
    """The files of one digest by their names, as they stand in the folder of its week."""
    return _files(digest, _Place(up="../", weeks=digest.published))


def render_all(exercise: Exercise, editions: Published) -> dict[str, bytes]:
    """Everything that is public, by its path: every version, the newest of every week again, and the page of all weeks."""
    newest = _newest(editions)
    up = frozenset(newest)
    made = {INDEX: _index(exercise, newest)}
    for edition, digest in editions:
        place = _Place(up="../../", weeks={*digest.published} & up, newest=f"../{INDEX}")
        made |= _within(f"{digest.folder}/v{digest.version}", _either(edition, digest, place))
    for edition, digest in newest.values():
        made |= _within(digest.folder, _either(edition, digest, _Place(up="../", weeks=up)))
    return made


def marks(editions: Published) -> dict[str, str]:
    """What the page at each path says of itself in `<meta name="listener-edition">`."""
    newest = _newest(editions)
    told = {f"{digest.folder}/v{digest.version}/{INDEX}": _mark(edition, digest) for edition, digest in editions}
    told |= {f"{digest.folder}/{INDEX}": _mark(edition, digest) for edition, digest in newest.values()}
    return told | {INDEX: _mark_of_all(newest)}


def mark(digest: PublicDigest) -> str:
    """ "week-3 v2 0123456789abcdef": which version, and what of it is live."""
    content = json.dumps([to_json(digest), [(quote.ref, quote.content) for quote in quotes(digest)]])
    return f"{digest.name} {_hash(content.encode())[:16]}"


@cache
def policy() -> str:
    """The Content-Security-Policy of a published page: nothing but its one sheet, known by its hash."""
    digest = hashlib.sha256(environment.public_sheet().encode()).digest()
    return environment.policy(base64.b64encode(digest).decode())


# --- one digest -----------------------------------------------------------------------------------------------------------


def _files(digest: PublicDigest, place: _Place) -> dict[str, bytes]:
    view = View(digest)
    frame = Frame(
        title=f"{digest.title}: week {digest.number} of {digest.of_total}, {digest.exercise}",
        description=" ".join(digest.in_short)[:300],
        exercise=digest.exercise,
        organisation=digest.organisation,
        invented=digest.invented,
        mark=mark(digest),
        home=f"{place.up}{INDEX}",
        reference=f"{digest.exercise}, week {digest.number}, version {digest.version}.",
        weeks=tuple(_weeks(digest, place)),
        links=tuple(_links(digest)),
    )
    return _with_manifest(
        digest,
        {
            INDEX: _draw("public.html", frame=frame, digest=digest, view=view, newest=place.newest),
            "fragment.html": _draw("public_fragment.html", digest=digest, view=view),
            "digest.json": public_files.data(digest),
            "counts.csv": public_files.counts(digest),
            "digest.txt": public_files.text(digest),
        },
    )


def _with_manifest(digest: PublicDigest, files: dict[str, bytes]) -> dict[str, bytes]:
    told = {"edition": digest.name, "sha256": {name: _hash(content) for name, content in sorted(files.items())}}
    return {**files, "manifest.json": (json.dumps(told, indent=1) + "\n").encode()}


def _draw(template: str, **values: object) -> bytes:
    sheet = Markup(environment.public_sheet())  # our own file
    return environment.draw(
        template,
        sheet=sheet,
        policy=policy(),
        markdown=markdown.html,
        paragraphs=_paragraphs,
        address=address,
        day=words.day,
        **values,
    )


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _weeks(digest: PublicDigest, place: _Place) -> Iterator[WeekLink]:
    for number in range(1, digest.of_total + 1):
        is_current = number == digest.number
        href = INDEX if is_current else f"{place.up}week-{number}/{INDEX}" if number in place.weeks else ""
        yield WeekLink(number=number, href=href, current=is_current)


def _links(digest: PublicDigest) -> Iterator[Link]:
    known = (
        ("Contact", digest.contact),
        ("Accessibility statement", digest.accessibility),
        ("Privacy notice", digest.privacy_notice),
    )
    for name, where in known:
        if where:
            href = address(where)
            yield Link(name=name if href and name != "Contact" else f"{name}: {where}", href=href)
    yield Link(name="Plain text", href="digest.txt")


# --- a digest that was withdrawn ------------------------------------------------------------------------------------------


def _either(edition: Edition, digest: PublicDigest, place: _Place) -> dict[str, bytes]:
    return _files(digest, place) if edition.withdrawn_at is None else _tombstone(edition, digest, place)


def _tombstone(edition: Edition, digest: PublicDigest, place: _Place) -> dict[str, bytes]:
    """The same files at the same addresses, so that none of the old ones is left standing."""
    frame = Frame(
        title=f"{GONE.rstrip('.')}: week {digest.number}, {digest.exercise}",
        description=GONE,
        exercise=digest.exercise,
        organisation=digest.organisation,
        invented=digest.invented,
        mark=_mark(edition, digest),
        home=f"{place.up}{INDEX}",
        reference=f"{digest.exercise}, week {digest.number}, version {digest.version}.",
    )
    line = f"{GONE}\r\n".encode()
    said = json.dumps({"edition": digest.name, "withdrawn": GONE}) + "\n"
    gone = {INDEX: _draw("public_gone.html", frame=frame, digest=digest), "digest.json": said.encode(), "digest.txt": line}
    return _with_manifest(digest, {**gone, "counts.csv": line, "fragment.html": f"<p>{GONE}</p>\n".encode()})


def _mark(edition: Edition, digest: PublicDigest) -> str:
    return mark(digest) if edition.withdrawn_at is None else f"{digest.name} withdrawn"


# --- all weeks ------------------------------------------------------------------------------------------------------------


def _newest(editions: Published) -> dict[int, tuple[Edition, PublicDigest]]:
    """The newest version of every week, by week."""
    ordered = sorted(editions, key=lambda one: one[0].version)
    return dict(sorted({edition.week: (edition, digest) for edition, digest in ordered}.items()))


def _index(exercise: Exercise, newest: dict[int, tuple[Edition, PublicDigest]]) -> bytes:
    frame = Frame(
        title=f"{exercise.title}: all weeks",
        description=f"What was heard in each week of {exercise.title}.",
        exercise=exercise.title,
        organisation=exercise.organisation,
        invented=exercise.invented,
        mark=_mark_of_all(newest),
        home=INDEX,
        reference=exercise.title,
        links=tuple(_links(next(iter(newest.values()))[1]))[:-1] if newest else (),
    )
    entries = tuple(_entries(exercise, newest))
    return _draw("public_weeks.html", frame=frame, exercise=exercise, entries=entries)


def _entries(exercise: Exercise, newest: dict[int, tuple[Edition, PublicDigest]]) -> Iterator[Entry]:
    for week in exercise.weeks:
        known, dates = newest.get(week.number), words.dates(week.starts, week.ends)
        if known is None:
            yield Entry(number=week.number, title=week.name, dates=dates, note="Not published yet.")
            continue
        edition, digest = known
        note = View(digest).published if edition.withdrawn_at is None else GONE
        yield Entry(number=week.number, title=week.name, dates=dates, note=note, href=f"{digest.folder}/{INDEX}")


def _mark_of_all(newest: dict[int, tuple[Edition, PublicDigest]]) -> str:
    return f"all weeks {_hash(json.dumps([_mark(*each) for each in newest.values()]).encode())[:16]}"


def _within(folder: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
