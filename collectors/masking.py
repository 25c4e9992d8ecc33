"""Takes what identifies a person by number or address out of a text: NHS numbers, phones, e-mail addresses, postcodes."""

import re
from collections.abc import Iterator

EMAIL = re.compile(r"[\w.+%'&/=~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
TEN_DIGITS = re.compile(r"(?<!\d)\d{3}[ .\-\u00a0]?\d{3}[ .\-\u00a0]?\d{4}(?!\d)")
SAID_TO_BE_NHS = re.compile(
    r"(\bNHS\s{0,3}(?:no|num|number|#)?\b\W{0,4}(?:is|was)?\W{0,3})(\d(?:[ .\-\u00a0]?\d){8,10})(?!\d)", re.IGNORECASE
)
INSURANCE = re.compile(
    r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]\b", re.IGNORECASE
)
POSTCODE = re.compile(r"\b([A-Z]{1,2})(\d[A-Z\d]?)([ \u00a0]?)(\d[ABD-HJLNP-UW-Z]{2})\b(\s+floor|\s+street)?", re.IGNORECASE)
ORDINAL = re.compile(r"1st|2nd|3rd|\dth", re.IGNORECASE)
AREAS = re.compile(
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?"
    "|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE",
    re.IGNORECASE,
)
CALLED_A_PHONE = re.compile(r"\b(?:tele?(?:phone)?|phone|mobile|mob|call|ring|text|fax|whats ?app)\b\D{0,16}$", re.IGNORECASE)
DIALLED = re.compile(r"[+(]*(?:0|44|7\d{3})|[+]")
DATE = re.compile(r"(?:\d{1,2}[.\- ]){2}(?:19|20)\d\d\b|(?:19|20)\d\d(?:[.\- ]\d{1,2}){2}\b")
# Any run of digits that might be dialled. Bounded, so that a page full of digits costs no more than its length.
DIGITS = re.compile(r"(?<![\w/=])(?:\+|\(\+?)?\d(?:[ \u00a0().\-]{0,3}\d){6,16}(?!\w)")


def mask(text: str) -> str:
    """The text with each such item replaced by what it was, in square brackets. What is masked once stays as it is."""
    text = EMAIL.sub("[email address]", text)
    text = SAID_TO_BE_NHS.sub(r"\1[NHS number]", text)
    text = TEN_DIGITS.sub(_nhs_number, text)
    text = INSURANCE.sub("[National Insurance number]", text)
    text = _without_phones(text)
    return POSTCODE.sub(_postcode, text)


def _nhs_number(match: re.Match[str]) -> str:
    from stdnum.gb import nhs

    return "[NHS number]" if nhs.is_valid(re.sub(r"\D", "", match[0])) else match[0]


def _postcode(match: re.Match[str]) -> str:
    """`E1 2nd floor` is no postcode; `E1 2ND` is one."""
    area, _, _, inward, place = match.groups()
    is_ordinal = ORDINAL.fullmatch(inward) and (place or not inward.isupper())
    if not AREAS.fullmatch(area) or is_ordinal:
        return match[0]
    return "[postcode]" + (place or "")


def _without_phones(text: str) -> str:
    parts, at = [], 0
    for begin, end in _phones(text):
        parts += [text[at:begin], "[phone number]"]
        at = end
    return "".join([*parts, text[at:]])


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in DIGITS.finditer(text):
        if _is_phone(match[0], text[max(0, match.start() - 30) : match.start()]):
            yield match.span()


def _is_phone(written: str, before: str) -> bool:
    """Possible, not valid: numbers that are wrong by a digit, or kept for films, say as much about a person."""
    import phonenumbers

    if DATE.match(written):
        return False
    if not CALLED_A_PHONE.search(before) and not (DIALLED.match(written) and len(re.sub(r"\D", "", written)) >= 9):
        return False
    try:
        number = phonenumbers.parse(written, "GB")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)
