"""What is said, without the furniture of a post: links, handles, tags and marks dropped, words counted."""

import re
import unicodedata
from collections.abc import Collection

LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
HANDLE = re.compile(r"(?<![\w.])@[\w.:-]*\w")
TAG = re.compile(r"(?<!\w)#(\w+)")
_REPOST_MARK = re.compile(r"^\s*(?:RT|MT)\s+@[\w.:-]*\w:?\s*|^\s*RT\s*:\s*", re.IGNORECASE)
_TAGS_ONLY = re.compile(r"(?:#\w+)+[.!,]*")
_RUN = re.compile(r"\S+")
# What was masked, with the words around it: "my mobile is [phone number]" is not what a mail is about.
_MASKED = re.compile(r"(?:\A|(?<=[\n.!?]))[^\n.!?]*\[[A-Za-z ]{4,30}(?:number|address|code)\]")
_GREETING = re.compile(
    r"\A\s*(?:dear|hi|hiya|hello|good (?:morning|afternoon|evening|day)|to whom it may concern)\b[^\n,.!?]{0,60}(?:[,.!]\s|\n)",
    re.IGNORECASE,
)
# Nobody says what stands between pointed brackets, nor a script.
_MARKUP = re.compile(
    r"<script\b[^<>]{0,200}>.{0,500}?<+/script[^<>]{0,20}>|</?[a-z!][^<>]{0,300}>|\bjavascript:\S*", re.IGNORECASE
)
# From the line that takes leave to the end: names, addresses, what a mail server adds.
_LEAVE = re.compile(
    r"\n[ \t]*(?:many thanks|(?:(?:kind|kindest|best|warm) )?regards|yours (?:sincerely|faithfully|truly)|best wishes)"
    r"[,.!]?[ \t]*(?:\n[\s\S]{0,400})?\Z",
    re.IGNORECASE,
)
_NAME_BELOW = re.compile(r"\n\s*\n(?:[^\W\d_]+\s+)?[A-Z][\w'-]*(?:[ \t]+[A-Z][\w'-]*){0,2}[^\w\n.?!]*\Z")
_CLAUSE_END = re.compile(r"[.!?;:,()\[\]{}\"“”…|/\\\n•*]+|\s[-\u2013\u2014]+\s")
_WORD = re.compile(r"[^\W_]+(?:['&-][^\W_]+)*")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'"})


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = word_set(
    """
    a about above after again against ago all almost already also although always am an and another any anyone anything are
    aren't around as at away b be became because become been before being below between both but by c came can can't cannot
    come coming could couldn't d did didn't do does doesn't doing don't done down due during each either else enough etc
    even ever every everyone everything few for from further g get gets getting give given go goes going gone got had hadn't
    happen happened has hasn't have haven't having he he's her here hers herself him himself his how however i i'd i'll i'm
    i've if in instead into is isn't it it's its itself just keep kept know let like little look lot lots made make makes
    making many may maybe me might mine more most much must my myself n never no nobody none nor not nothing now of off
    often ok okay on once one ones only onto or other others our ours ourselves out over own per perhaps please put quite
    rather re really s said same saw say says see seem seems seen shall she she's should shouldn't since so some somebody
    someone something sometimes soon still such sure t take taken takes taking tell than thank thanks that that's the their
    theirs them themselves then there there's these they they're they've thing things think this those though through to
    together told too took try trying two u under until up upon us use used using very via want wanted wants was wasn't way
    we we're we've well went were weren't what what's whatever when where whether which while who whole whom whose why will
    with within without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself amp gt lt nbsp http
    https www com co uk org rt im ive dont didnt doesnt cant couldnt wasnt isnt wouldnt wont thats theyre youre zero three
    four five six seven eight nine ten eleven twelve half twice monday tuesday wednesday thursday friday saturday sunday
    january february march april june july august september october november december today yesterday tomorrow tonight pm
    cos coz gonna ur he'd she'd it'd they'd we'd there'd who'd lol mean means meant ask asked asks
    """
)


def clean_text(text: str) -> str:
    """One form for one look: compatibility forms folded, straight apostrophes, control, zero-width and direction marks gone."""
    folded = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))
    if folded.isascii() and folded.isprintable():
        return folded
    return "".join(sign for sign in folded if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cn"))


def strip_furniture(text: str) -> str:
    """A clean text without greeting, leave, markup, repost marks, links, handles, outer tags; tags inside what is said lose
    their sign."""
    bare = HANDLE.sub(" ", LINK.sub(" ", _strip_ends(_MARKUP.sub(" ", text))))
    said = [run.span() for run in _RUN.finditer(bare) if not _TAGS_ONLY.fullmatch(run.group())]
    return TAG.sub(r"\1", bare[said[0][0] : said[-1][1]]) if said else ""


def _strip_ends(text: str) -> str:
    """Without greeting, what was masked, repost marks, leave, and the name below what begins as a letter does."""
    said = _REPOST_MARK.sub("", _MASKED.sub("", text)).rstrip()
    body, greeted = _GREETING.subn("", said)
    left = _LEAVE.sub("", body)
    return _NAME_BELOW.sub("", left) if greeted else left


def ignored_tags(hashtags: Collection[str]) -> frozenset[str]:
    """The tags as they stand among words: `#NHSThinkCarer` gives `nhsthinkcarer`, but neither `nhs` nor `carer`."""
    return frozenset(tag.lstrip("#").casefold() for tag in hashtags)


def clauses(text: str, ignored: Collection[str] = ()) -> list[list[str]]:
    """The words of each clause as written, tags of the exercise dropped; a phrase never reaches over a clause's end."""
    pieces = _CLAUSE_END.split(strip_furniture(clean_text(text)))
    found = ([word for word in _WORD.findall(piece) if word.casefold() not in ignored] for piece in pieces)
    return [words for words in found if words]


def stem(word: str) -> str:
    """Folds case, possessive and plural, nothing else: `Carers'` and `carer` are one word."""
    low = word.casefold().removesuffix("'s")
    if len(low) > 4 and low.endswith(("ie", "ies")):
        return low.removesuffix("s")[:-2] + "y"
    if len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "us", "is")):
        return low[:-1]
    return low


def is_telling(word: str) -> bool:
    """Whether a word says what a text is about; numbers and single letters do not."""
    low = word.casefold()
    return len(word) > 1 and not word.isdigit() and low not in STOP_WORDS and low.removesuffix("'s") not in STOP_WORDS


def plain_text(clauses: list[list[str]]) -> str:
    """What is said, in one line without marks."""
    return " ".join(word for words in clauses for word in words)


def features(clauses: list[list[str]]) -> list[str]:
    """Stems of the telling words, for counting."""
    return [stem(word) for words in clauses for word in words if is_telling(word)]
