"""Small tables for the terminal: plain columns, so that they can be read, piped and grepped."""

from collections.abc import Iterable, Sequence


def show(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Numbers to the right, words to the left; a column that is empty everywhere is left out."""
    cells = [[_told(one) for one in row] for row in rows]
    kept = [n for n in range(len(heads)) if any(row[n] for row in cells)]
    numbers = [all(_is_number(row[n]) for row in cells) for n in range(len(heads))]
    widths = [max(len(heads[n]), *(len(row[n]) for row in cells), 0) for n in range(len(heads))]
    for row in [list(heads), *cells]:
        padded = (row[n].rjust(widths[n]) if numbers[n] else row[n].ljust(widths[n]) for n in kept)
        print("  ".join(padded).rstrip())


def _told(value: object) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _is_number(text: str) -> bool:
    return not text or text.replace(",", "").replace(".", "").lstrip("-$").isdigit()
