"""What somebody wrote themselves in a mail: without the quoted mail, its introduction, and the signature.

Losing a person's words is worse than leaking a quotation: every rule needs a clear mark, and what looks odd is kept whole.
"""

from collections.abc import Callable, Sequence

from collectors import reply_marks as marks

LONGEST_LINE = 2_000  # characters; a longer line is a paragraph, no rule looks at it
LONGEST_BODY = 256_000  # characters
MOST_LINES = 20_000
MOST_FOR_QUOTEQUAIL = 2_000  # lines; it takes a tenth of a millisecond a line
MOST_WRAPPED = 4  # lines over which "On ... wrote:" may be wrapped
MOST_HEADERS = 12  # lines over which the headers of a quoted mail may be spread
LONGEST_CLOSING = 6  # lines of name, role and address under "Kind regards,"


def strip(text: str) -> str:
    """The reply alone; the text as it is where nothing would be left, or where it is too odd to be looked at.

    Empty where an introduction stands above nothing but what it quotes: then somebody answered without a word.
    """
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u200b", "")
    lines = tidy.split("\n")
    if len(tidy) > LONGEST_BODY or len(lines) > MOST_LINES:
        return text.strip()
    own = _without_quotes(lines)
    return _joined(_without_signature(own)) or _joined(own)


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip()


# --- quotations -------------------------------------------------------------------------------------------------------


def _without_quotes(lines: list[str]) -> list[str]:
    """Follows the lines. An introduction opens a quotation; one marked with `>` ends where the marks end, others at the end."""
    is_introduced = False
    seen = [line if len(line) <= LONGEST_LINE else "" for line in lines]
    others = _found_by_quotequail(seen[:MOST_FOR_QUOTEQUAIL])
    own: list[str] = []
    at = 0
    while at < len(lines):
        begin = _end_of_intro(seen, at) or (at + 1 if at in others else 0)
        if begin and not _is_marked(seen, begin):
            return own if _joined(own) else lines  # nothing above it: a forward, or an answer somewhere below
        if begin or marks.QUOTED.match(seen[at]):
            is_introduced |= bool(begin)
            at = _end_of_marked(seen, begin or at)
            continue
        own.append(lines[at])
        at += 1
    return own if _joined(own) or is_introduced else lines


def _end_of_intro(lines: Sequence[str], at: int) -> int:
    """The line after the introduction that starts at `at`, 0 if none does."""
    line = lines[at].strip()
    if not line:
        return 0
    for rule in RULES:
        if end := rule(lines, at):
            return end
    return 0


def _end_of_divider(lines: Sequence[str], at: int) -> int:
    return at + 1 if marks.DIVIDER.fullmatch(lines[at]) or marks.BEGINS_FORWARD.match(lines[at]) else 0


def _end_of_headers(lines: Sequence[str], at: int) -> int:
    """Outlook's block: From, Sent, To, Subject in any language, perhaps under a rule; three of them within a few lines."""
    top = _first_filled(lines, at + 1) if marks.RULE.match(lines[at]) else at
    if top >= len(lines) or not marks.SENDER_LINE.match(lines[top]):
        return 0
    block = enumerate(lines[top : top + MOST_HEADERS], start=top + 1)
    found = {match["name"].lower(): end for end, line in block if (match := marks.HEADER_LINE.match(line))}
    return max(found.values()) if len(found) >= 3 else 0


def _first_filled(lines: Sequence[str], at: int) -> int:
    return next((number for number in range(at, len(lines)) if lines[number].strip()), len(lines))


def _end_of_wrote(lines: Sequence[str], at: int) -> int:
    """As in "On Monday, somebody <somebody@example.org> wrote:", over up to four lines, and none of it somebody's own."""
    end = _end_of_wrapped(lines, at)
    later = range(at + 1, end)
    return 0 if any(marks.OPENS_WITH_DAY.match(_bare(lines[n])) and _end_of_wrapped(lines, n) for n in later) else end


def _end_of_wrapped(lines: Sequence[str], at: int) -> int:
    if not marks.OPENS_INTRO.match(_bare(lines[at]).lower()):
        return 0
    told = ""
    for end in range(at, min(at + MOST_WRAPPED, len(lines))):
        if not lines[end].strip():
            return 0
        told = f"{told} {_bare(lines[end])}".strip()
        if marks.is_introduction(told):
            return end + 1
    return 0


def _bare(line: str) -> str:
    return line.strip().lstrip("> *-")


RULES: tuple[Callable[[Sequence[str], int], int], ...] = (_end_of_divider, _end_of_headers, _end_of_wrote)


def _found_by_quotequail(lines: Sequence[str]) -> frozenset[int]:
    """The first introduction that quotequail knows; it also takes any rule of underscores for one, which is too wide for us."""
    import quotequail

    parts = quotequail.quote("\n".join(lines), limit=len(lines) + 1, quote_intro_line=True)
    if len(parts) == 1:
        return frozenset()
    first = len(lines) - len(parts[1][1].split("\n"))
    return frozenset() if marks.RULE.match(lines[first]) else frozenset([first])


def _is_marked(lines: Sequence[str], at: int) -> bool:
    return next((bool(marks.QUOTED.match(line)) for line in lines[at:] if line.strip()), False)


def _end_of_marked(lines: Sequence[str], at: int) -> int:
    """The line after the `>` lines that start at or below `at`, blank lines between them too."""
    end = at
    for number in range(at, len(lines)):
        if marks.QUOTED.match(lines[number]):
            end = number + 1
        elif lines[number].strip():
            break
    return end


# --- signatures -------------------------------------------------------------------------------------------------------


def _without_signature(lines: Sequence[str]) -> list[str]:
    dashes = next((number for number, line in enumerate(lines) if marks.SIGNATURE.match(line)), len(lines))
    kept = [line for line in lines[:dashes] if len(line) > LONGEST_LINE or not marks.DEVICE.match(line)]
    return kept[: _start_of_closing(kept)]


def _start_of_closing(lines: Sequence[str]) -> int:
    """Where "Kind regards," stands, if only a few short lines that are no sentences follow it; else the end."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    for number in reversed(filled[-LONGEST_CLOSING - 1 :]):
        if len(lines[number]) <= LONGEST_LINE and marks.CLOSING.match(lines[number]):
            return number
        if len(lines[number]) > 60 or marks.SENTENCE.search(lines[number]):
            break
    return len(lines)
