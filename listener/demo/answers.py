"""The questionnaire, as a spreadsheet program exports it."""

import csv
import io
from collections.abc import Sequence
from zlib import crc32

from listener.demo import draw
from listener.demo.said import Said

_COLUMNS = ("id", "posted_at", "author", "text", "role", "consent", "lang")
_ROLES = {
    "carer": 44,
    "parent carer": 14,
    "young carer": 5,
    "former carer": 7,
    "carer and member of staff": 6,
    "member of staff": 4,
    "": 20,
}
_CONSENT = {"ticked": 55, "none": 45}


def table(told: Sequence[Said]) -> bytes:
    """Comma separated, one answer a line, in the order in which they came."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    writer.writerows(_row(one) for one in sorted(told, key=id_of))
    return out.getvalue().encode()


def id_of(one: Said) -> str:
    return f"{one.at:%Y%m%d-%H%M%S}-{crc32(one.key.encode()) % 10_000:04}"


def _row(one: Said) -> tuple[str, ...]:
    chance = draw.dice("answer", one.key)
    author = one.by.name if chance.random() < 0.28 else ""
    role, consent = draw.weighted(chance, _ROLES), draw.weighted(chance, _CONSENT)
    return id_of(one), one.at.isoformat(), author, one.text, role, consent, one.lang
