"""How mail programs mark, in many languages, what their user did not write: introductions, header blocks, signatures."""
# ruff: noqa: RUF001 -- words and punctuation of other scripts are what is looked for

import re
from collections.abc import Iterable


def _compile(*patterns: str) -> re.Pattern[str]:
    return re.compile("".join(patterns), re.IGNORECASE)


def _any(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(patterns)})"


# "On 2 March 2026, somebody <somebody@example.org> wrote:" opens with a word for "on", a day, a date or a name with an address.
ON = (
    "on",
    "am",
    "le",
    "el",
    "den",
    "em(?: qua| seg| ter| qui| sex)?",
    "op",
    "il",
    "w dniu",
    "dnia",
    "på",
    "pe",
    "a",
    "în",
    "dne",
    "vào",
    "в",
)
DAYS = ("(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\\s", "(?:пн|вт|ср|чт|пт|сб|вс),")
OPENS_WITH_DAY = _compile(_any((rf"{_any(ON)}\b", *DAYS)))
OPENS_INTRO = _compile(_any((rf"{_any(ON)}\b", *DAYS, r"\d{1,4}[-./:年 ]\s?\w", r"[^<>]{1,80}<[^<>\s]{1,200}@")))

NAME = r"(?:\s.{1,200})?"  # German and its neighbours name the writer after the verb
WROTE = (
    rf"\b(?:wrote|writes|schrieb{NAME}|a écrit|escribió|escreveu|skrev{NAME}|schreef{NAME}|geschreven|ha scritto)",
    rf"\b(?:napisał(?:\(a\))?|napsal(?:\(a\))?|kirjoitti{NAME}|a scris|írta|yazdı|đã viết|написа[лв](?:\(а\)|а)?|пише)",
    "写道",
    "寫道",
    "さんは書きました",
    "작성",
)
ENDS_INTRO = _compile(_any(WROTE), r"\s{0,3}[:：]$")
# Zoho: "---- On Wed, 24 Feb 2021 14:02:50 +0530 somebody@example.org wrote ----"; some leave the colon out.
NAMES_ADDRESS_AND_VERB = _compile(r".{0,300}\d:\d\d.{0,300}[^<>\s@]{1,100}@[^<>\s@]{1,200}>?\s", _any(WROTE), r"[\s-]{0,8}$")
HAS_DATE = re.compile(r"\d{1,4}.{1,60}\d|@")
# "30.09.2026, 18.30, somebody <somebody@example.org>:" says it without a verb.
NAMES_DATE_AND_ADDRESS = re.compile(r".{0,300}\b(?:19|20)\d\d\b.{0,300}<[^<>\s@]{1,100}@[^<>\s@]{1,200}>,?\s?:")
LONGEST_INTRO = 2_000  # characters


def is_introduction(told: str) -> bool:
    """Whether a line says who wrote what follows, and when, as in "On Monday 2 March, somebody@example.org wrote:"."""
    if len(told) > LONGEST_INTRO or not HAS_DATE.search(told):
        return False
    if ENDS_INTRO.search(told[-300:].rstrip("* ")):
        return True
    return bool(NAMES_DATE_AND_ADDRESS.fullmatch(told) or NAMES_ADDRESS_AND_VERB.fullmatch(told))


ORIGINAL = (
    "original (?:message|appointment)",
    "reply (?:message|above this line)",
    "forwarded (?:message|by .{1,100})",
    "(?:ursprüngliche|weitergeleitete) nachricht",
    "message d['’]origine",
    "message (?:original|transféré)",
    "mensaje (?:original|reenviado)",
    "mensagem original",
    "messaggio (?:originale|inoltrato)",
    "(?:oorspronkelijk|origineel|doorgestuurd) bericht",
    "oprindelig (?:besked|meddelelse)",
    "ursprungligt meddelande",
    "opprinnelig melding",
    "alkuperäinen viesti",
    "wiadomość oryginalna",
    "исходное сообщение",
    "пересылаемое сообщение",
    "původní zpráva",
    "eredeti üzenet",
    "mesaj original",
)
DIVIDER = _compile(r"[>\s*]{0,6}[-_—–]{2,20}\s{0,3}", _any(ORIGINAL), r"\s{0,3}[-_—–]{2,20}\s{0,3}")
FORWARD = (
    "begin forwarded message",
    "anfang der weitergeleiteten (?:e-mail|nachricht)",
    "début du message (?:transféré|réexpédié)",
)
BEGINS_FORWARD = _compile(r"[>\s]{0,4}", _any(FORWARD), r"\s?:")

SAID_AT = r"[>\s*]{0,6}message (?:du|from)\s{0,2}:\s{0,2}\d"  # Orange's webmail opens its block with the date
FROM = ("from", "von", "de", "da", "van", "fra", "från", "lähettäjä", "od", "от", "发件人", "差出人")
TO = ("to", "cc", "an", "à", "para", "a", "aan", "til", "till", "vastaanottaja", "do", "кому", "收件人", "宛先")
SENT = (
    *(
        "sent",
        "message du",
        "date",
        "gesendet",
        "datum",
        "envoyé",
        "enviado(?: el)?",
        "enviada em",
        "fecha",
        "inviato",
        "data",
        "verzonden",
        "sendt",
        "dato",
    ),
    *("skickat", "lähetetty", "wysłano", "дата", "отправлено", "发送时间", "日期", "送信日時"),
)
ABOUT = (
    *(
        "subject",
        "betreff",
        "objet",
        "asunto",
        "oggetto",
        "onderwerp",
        "emne",
        "ämne",
        "aihe",
        "temat",
        "sujet",
        "assunto",
        "тема",
        "主题",
        "件名",
    ),
)
HEADER_LINE = _compile(rf"[>\s*]{{0,6}}(?P<name>{_any((*FROM, *TO, *SENT, *ABOUT))})\*?\s{{0,2}}[:：]")
SENDER_LINE = _compile(rf"(?:[>\s*]{{0,6}}{_any(FROM)}\*?\s{{0,2}}[:：]|{SAID_AT})")
RULE = re.compile(r"\s*[-_=*—–]{5,}\s*$")
QUOTED = re.compile(r"\s{0,3}(?:>|\|\s|&gt;)")

SIGNATURE = re.compile(r"\s{0,2}(?:--|—|__)\s{0,3}$")
DEVICES = (
    *(
        "i?phone",
        "ipad",
        "ipod",
        "blackberry",
        "android",
        r"samsung\w*",
        "galaxy",
        "huawei",
        "nokia",
        "mobile",
        "tablet",
        "outlook",
        "yahoo",
    ),
    *("mail", "gmail", r"proton\w*", "device", "windows", "aol", "smartphone", "handheld"),
)
SENT_FROM = (
    rf"sent (?:from|via|using|with) (?:my|the|a|an)?\s?(?:\w+[ -]){{0,3}}{_any(DEVICES)}\b.{{0,80}}",
    "get outlook for (?:ios|android|mac|mobile).{0,60}",
    "(?:von meinem|gesendet (?:von|mit)) .{1,60}",
    "envoyé (?:de|depuis|à partir de) .{1,60}",
    "enviado (?:desde|do|de) .{1,60}",
    "inviato (?:da|dal mio) .{1,60}",
    "(?:verzonden (?:vanaf|met|via)|verstuurd vanaf) .{1,60}",
    "(?:sendt fra|skickat från|lähetetty|wysłan[eo] z|отправлено (?:с|из)) .{1,60}",
)
DEVICE = _compile(r"\s{0,4}(?:[-—–_*]{0,3}\s?)", _any(SENT_FROM), "$")
REGARDS = (
    r"(?:with )?(?:(?:kind|best|warm)(?:est)?|many|very best)?\s?(?:regards|wishes)",
    "(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?",
    "cheers",
    "(?:bien )?cordialement",
    "mit freundlichen grüßen",
    "viele grüße",
    "met vriendelijke groet(?:en)?",
    "saludos",
    "atentamente",
    "cordiali saluti",
)
CLOSING = _compile(r"\s{0,3}", _any(REGARDS), r"[,.!]?\s{0,3}$")
SENTENCE = _compile(r"[.!?…]\s*$|\b(?:I|we|my|our|please|thank)\b")
