"""What a question asks for, and what a short answer means under it."""

import re
from collections.abc import Iterable
from typing import Literal

from listener.analysis import labels, wording
from storage.values import Cluster, Tone, Week

Asked = Literal["", "better", "good", "difficult"]

# The first kind whose words a question holds is taken.
_KINDS: tuple[tuple[Asked, str], ...] = (
    (
        "better",
        r"better|improve\w*|easier|differently|missing|(?:should|could|can) we|would (?:help|make|you like)"
        r"|you (?:need|want|wish)|like to see|suggest\w*|ideas?",
    ),
    (
        "difficult",
        r"wrong|worse|worst|hard(?:er|est)?|difficult(?:y|ies)?|problems?|barriers?|stops?|stopped|worr(?:y|ies|ied)"
        r"|(?:got|gets?) in the way|frustrat\w+|struggl\w+|complaints?|concerns?",
    ),
    ("good", r"went well|goes well|worked|works well|good|best|liked?|enjoyed|proud|helps?|helped|grateful|thank\w*|praise"),
)
# "No" to such a question says no more than no.
_YES_OR_NO = re.compile(
    r"\W*(?:do|does|did|is|are|was|were|have|has|can|could|will|would|should)\b(?!.*\b(?:any|anything)\b)", re.IGNORECASE
)
_NOTHING = re.compile(
    r"""\W*(?:(?:sorry|honestly|really|absolutely|well|there[ ](?:is|was|were)),?[ ])*
    (?:no|nope|none|nil|nothing|not[ ](?:a[ ]thing|really|much|at[ ]all)|no[ ](?:thanks|thank[ ]you)|nobody|no[ -]?one)
    (?:[ ](?:at[ ]all|really|much|whatsoever|else|comes[ ]to[ ]mind|(?:that[ ])?i[ ]can[ ]think[ ]of))*\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_NO_ANSWER = re.compile(
    r"\W*(?:n/?a|not applicable|(?:i )?(?:do ?n'?t|do not) know|not sure|unsure|no (?:comments?|answer|opinion|idea)|dk"
    r"|did not answer|pass|see above|as above)\W*",
    re.IGNORECASE,
)
_LONGEST_SHORT = 60
# Who tells what happened says who, or when, or that something was not.
_TELLING = re.compile(
    r"\b(?:i|we|me|my|he|she|they|it|this|was|were|had|has|have|been|is|are|took|takes|went|came|got|gets|no|not|never|nobody|too"
    r"|can't|cannot|don't|\w+n't|\w+ed)\b",
    re.IGNORECASE,
)
_MEANS: dict[Asked, Tone] = {"better": "good", "difficult": "good", "good": "difficult"}


def kind_of(question: str) -> Asked:
    """Whether a question asks what could be better, what is difficult or what is good; empty where its words do not say."""
    if _YES_OR_NO.match(question):
        return ""
    return next((kind for kind, words in _KINDS if re.search(rf"\b(?:{words})\b", question, re.IGNORECASE)), "")


def short_answer(text: str, asked: Asked) -> Tone | None:
    """What "nothing", "none" or "no" means under the question, and that "don't know" says neither; None for any other text.

    Where the question does not say, "nothing" is left to whoever reads texts.
    """
    said = text.strip().replace("\u2019", "'")
    if len(said) > _LONGEST_SHORT:
        return None
    if _NO_ANSWER.fullmatch(said):
        return "neutral"
    return _MEANS.get(asked) if _NOTHING.fullmatch(said) else None


def is_wish(text: str, asked: Asked) -> bool:
    """Whether a text that names no feeling asks for something rather than tells what happened, where wishes were asked for."""
    return asked == "better" and _TELLING.search(text.replace("\u2019", "'")) is None


def asked_about(week: Week, clusters: Iterable[Cluster]) -> frozenset[str]:
    """The keys of themes that the week's question asks about: a naming word of it is in their label."""
    asked = {word for text in (week.question, *week.questions) for word in _naming(text)}
    return frozenset(one.key for one in clusters if not asked.isdisjoint(_naming(one.label)))


def _naming(text: str) -> set[str]:
    return {wording.stem(word) for words in wording.clauses(text) for word in words if labels.is_naming(word)}
