"""What somebody wrote themselves in a mail: without the quoted mail, its introduction, and the signature.

Losing a person's words is worse than leaking a quotation: every rule needs a clear mark, and what looks odd is kept whole.
"""

import re
from collections.abc import Callable, Sequence

LONGEST_LINE = 2_000  # characters; a longer line is a paragraph, no rule looks at it
LONGEST_BODY = 256_000  # characters
MOST_LINES = 20_000
MOST_WRAPPED = 4  # lines over which "On ... wrote:" may be wrapped
LONGEST_CLOSING = 6  # lines of name, role and address under "Kind regards,"

# An introduction opens with a word for "on" or a date, and ends in a word for "wrote" and a colon.
OPENS_INTRO = re.compile(
    r"(?:on|am|le|el|den|em|op|il|w dniu|dnia|på|pe|a|în|tarihinde|dne|vào|в|em qua|em seg|em ter|em qui|em sex)\b"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s|(?:пн|вт|ср|чт|пт|сб|вс),|\d{1,4}[-./:年 ]\s?\w|[^<>]{1,80}<[^<>\s]{1,200}@",
    re.IGNORECASE,
)
ENDS_INTRO = re.compile(
    r"(?:\bwrote|\bwrites|\bschrieb(?:\s.{1,200})?|\ba écrit|\bescribió|\bescreveu|\bskrev(?:\s.{1,200})?|\bschreef(?:\s.{1,200})?"
    r"|\bgeschreven|\bha scritto|\bnapisał(?:\(a\))?|\bnapsal(?:\(a\))?|написа[лв](?:\(а\)|а)?|пише|kirjoitti(?:\s.{1,200})?"
    r"|\ba scris|\bírta|şunu yazdı|yazdı|đã viết|写道|寫道|さんは書きました|작성)\s{0,3}[:：]$",
    re.IGNORECASE,
)
# "30.09.2017, 18.30, somebody <somebody@example.org>:" says it without a verb.
NAMES_DATE_AND_ADDRESS = re.compile(r".{0,300}\b(?:19|20)\d\d\b.{0,300}<[^<>\s@]{1,100}@[^<>\s@]{1,200}>,?\s?:")
HAS_DATE = re.compile(r"\d{1,4}.{1,60}\d|\d{1,2}[:.h]\d\d|@")
DIVIDER = re.compile(
    r"[>\s*]{0,6}[-_—–]{2,20}\s{0,3}"
    r"(?:original (?:message|appointment)|reply (?:message|above this line)|forwarded message|forwarded by .{1,100}|ursprüngliche nachricht"
    r"|weitergeleitete nachricht|message d['’]origine|message original|message transféré|mensaje original|mensaje reenviado|mensagem original"
    r"|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|origineel bericht|doorgestuurd bericht|oprindelig besked"
    r"|oprindelig meddelelse|ursprungligt meddelande|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|исходное сообщение"
    r"|пересылаемое сообщение|původní zpráva|eredeti üzenet|mesaj original)"
    r"\s{0,3}[-_—–]{2,20}\s{0,3}",
    re.IGNORECASE,
)
BEGINS_FORWARD = re.compile(
    r"[>\s]{0,4}(?:begin forwarded message|anfang der weitergeleiteten (?:e-mail|nachricht)|début du message (?:transféré|réexpédié))\s?:",
    re.IGNORECASE,
)
HEADER_LINE = re.compile(
    r"[>\s*]{0,6}(?P<name>from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff|de|envoyé|à|objet|date|enviado(?: el)?|para|asunto|fecha"
    r"|da|inviato|data|a|oggetto|van|verzonden|aan|onderwerp|fra|sendt|dato|til|emne|från|skickat|till|ämne|lähettäjä|lähetetty|vastaanottaja|aihe"
    r"|od|wysłano|do|temat|assunto|enviada em|от|кому|дата|отправлено|тема"
    r"|发件人|发送时间|日期|收件人|主题|差出人|送信日時|宛先|件名)\*?\s{0,2}[:：]",
    re.IGNORECASE,
)
SENDER_NAMES = frozenset("from von de da van fra från lähettäjä od от 发件人 差出人".split())
RULE = re.compile(r"\s*[-_=*—–]{5,}\s*$")
QUOTED = re.compile(r"\s{0,3}(?:>|\|\s|&gt;)")
SIGNATURE = re.compile(r"\s{0,2}(?:--|—|__)\s{0,3}$")
DEVICE = re.compile(
    r"\s{0,4}(?:[-—–_*]{0,3}\s?)(?:sent (?:from|via|using|with) (?:my|the|a|an)?\s?(?:\w+[ -]){0,3}(?:i?phone|ipad|ipod|blackberry|android|samsung\w*|galaxy|huawei|"
    r"nokia|mobile|tablet|outlook|yahoo|mail|gmail|proton\w*|device|windows|aol|smartphone|handheld)\b.{0,80}|get outlook for (?:ios|android|mac|mobile).{0,60}"
    r"|(?:von meinem|gesendet (?:von|mit)) .{1,60}|envoyé (?:de|depuis|à partir de) .{1,60}|enviado (?:desde|do|de) (?:mi|meu|o meu)?.{1,60}"
    r"|inviato (?:da|dal mio) .{1,60}|verzonden (?:vanaf|met|via) .{1,60}|verstuurd vanaf .{1,60}|sendt fra .{1,60}|skickat från (?:min)?.{1,60}"
    r"|lähetetty .{1,60}|wysłan[eo] z .{1,60}|отправлено (?:с|из) .{1,60})$",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"\s{0,3}(?:(?:with )?(?:kind(?:est)?|best|warm(?:est)?|many|very best)?\s?(?:regards|wishes)|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?"
    r"|cheers|cordialement|bien cordialement|mit freundlichen grüßen|viele grüße|met vriendelijke groet(?:en)?|saludos|atentamente|cordiali saluti)[,.!]?\s{0,3}$",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[.!?…]\s*$|\b(?:I|we|my|our|please|thank)\b", re.IGNORECASE)


def strip(text: str) -> str:
    """The reply alone; the text as it is where nothing would be left, or where it is too odd to be looked at."""
    tidy = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").replace("\u200b", "")
    lines = tidy.split("\n")
    if len(tidy) > LONGEST_BODY or len(lines) > MOST_LINES:
        return text.strip()
    own = _without_signature(_without_quotes(lines))
    return _joined(own) or _joined(lines)


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip()


# --- quotations -------------------------------------------------------------------------------------------------------


def _without_quotes(lines: list[str]) -> list[str]:
    """Follows the lines: an introduction opens a quotation; marked with `>` it ends where the marks end, else it runs to the end."""
    seen = [line if len(line) <= LONGEST_LINE else "" for line in lines]
    others = _found_by_quotequail(seen)
    own: list[str] = []
    at = 0
    while at < len(lines):
        begin = _end_of_intro(seen, at) or (at + 1 if at in others else 0)
        if begin and not _is_marked(seen, begin):
            return own if _joined(own) else lines  # nothing above it: a forward, or an answer somewhere below
        if begin or QUOTED.match(seen[at]):
            at = _end_of_marked(seen, begin or at)
            continue
        own.append(lines[at])
        at += 1
    return own


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
    return at + 1 if DIVIDER.fullmatch(lines[at]) or BEGINS_FORWARD.match(lines[at]) else 0


def _end_of_headers(lines: Sequence[str], at: int) -> int:
    """Outlook's block: From, Sent, To, Subject in any language, perhaps under a rule; three of them within a few lines."""
    top = at + 1 if RULE.match(lines[at]) else at
    while top < len(lines) and top > at and not lines[top].strip():
        top += 1
    first = HEADER_LINE.match(lines[top]) if top < len(lines) else None
    if not first or first["name"].lower() not in SENDER_NAMES:
        return 0
    block = lines[top : top + 12]
    found = [number for number, line in enumerate(block) if HEADER_LINE.match(line)]
    names = {HEADER_LINE.match(block[number])["name"].lower() for number in found}  # type: ignore[index]
    return top + found[-1] + 1 if len(names) >= 3 else 0


def _end_of_wrote(lines: Sequence[str], at: int) -> int:
    """ "On Monday, somebody <somebody@example.org> wrote:", wrapped over up to four lines."""
    if not OPENS_INTRO.match(lines[at].strip().lstrip("> *").lower()):
        return 0
    told = ""
    for end in range(at, min(at + MOST_WRAPPED, len(lines))):
        if not lines[end].strip():
            return 0
        told = f"{told} {lines[end].strip().lstrip('> *')}".strip()
        if _is_intro(told):
            return end + 1
    return 0


def _is_intro(told: str) -> bool:
    if len(told) > LONGEST_LINE or not HAS_DATE.search(told):
        return False
    return bool(ENDS_INTRO.search(told[-300:].rstrip("* ")) or NAMES_DATE_AND_ADDRESS.fullmatch(told))


RULES: tuple[Callable[[Sequence[str], int], int], ...] = (_end_of_divider, _end_of_headers, _end_of_wrote)


def _found_by_quotequail(lines: Sequence[str]) -> frozenset[int]:
    """The first introduction that quotequail knows; it also takes any rule of underscores for one, which is too wide for us."""
    import quotequail

    parts = quotequail.quote("\n".join(lines), limit=len(lines) + 1, quote_intro_line=True)
    if len(parts) == 1:
        return frozenset()
    first = len(lines) - len(parts[1][1].split("\n"))
    return frozenset() if RULE.match(lines[first]) else frozenset([first])


def _is_marked(lines: Sequence[str], at: int) -> bool:
    return next((bool(QUOTED.match(line)) for line in lines[at:] if line.strip()), False)


def _end_of_marked(lines: Sequence[str], at: int) -> int:
    """The line after the `>` lines that start at or below `at`, blank lines between them too."""
    end = at
    for number in range(at, len(lines)):
        if QUOTED.match(lines[number]):
            end = number + 1
        elif lines[number].strip():
            break
    return end


# --- signatures -------------------------------------------------------------------------------------------------------


def _without_signature(lines: Sequence[str]) -> list[str]:
    dashes = next((number for number, line in enumerate(lines) if SIGNATURE.match(line)), len(lines))
    kept = [line for line in lines[:dashes] if len(line) > LONGEST_LINE or not DEVICE.match(line)]
    return kept[: _start_of_closing(kept)]


def _start_of_closing(lines: Sequence[str]) -> int:
    """Where "Kind regards," stands, if only a few short lines that are no sentences follow it; else the end."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    for number in reversed(filled[-LONGEST_CLOSING - 1 :]):
        if len(lines[number]) <= LONGEST_LINE and CLOSING.match(lines[number]):
            return number
        if len(lines[number]) > 60 or SENTENCE.search(lines[number]):
            break
    return len(lines)
