"""Which of somebody's words may be shown where: pure, and always no unless there is a reason for yes."""

from collections.abc import Collection
from dataclasses import dataclass

from collectors.post import Post
from digests import words
from digests.curation import MODES, Curation, Mode
from digests.edition import Way
from storage.values import Kept

# What networks and authors say when they want to be neither found nor shown.
_KEPT_BACK = frozenset(
    {"!hide", "!takedown", "!suspend", "!no-unauthenticated"}
    | {"noindex", "!noindex", "indexable:false", "nobot", "nobots", "nosearch"}
)
_SENT_TO_US = frozenset({"mail", "answer"})
_IN_WRITING = frozenset({"ticked", "written"})
_GIVEN = _IN_WRITING | {"organisation"}
_FROM = {
    "call": "a phone call",
    "file": "a contribution",
    "form": "a questionnaire",
    "forum": "a forum",
    "group": "a group",
    "letter": "a letter",
    "mail": "an email",
    "meeting": "a meeting",
    "web": "a blog or website",
}
_AS_SENT = {
    "call": "Phone call",
    "file": "Contribution",
    "form": "Questionnaire",
    "forum": "Forum",
    "group": "Group",
    "letter": "Letter",
    "mail": "Email",
    "meeting": "Meeting",
    "web": "Blog or website",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What has to be known of a week to judge a quote. `counts_only` are networks whose posts are counted but not shown."""

    curation: Curation
    counts_only: Collection[str] = frozenset({"x"})
    way: Way = "web"

    def never(self, kept: Kept) -> str:
        """Why this contribution may be quoted in no way, as a sentence; empty if it may."""
        post, row = kept.post, kept.row
        reasons = (
            (kept.gone_at is not None, "It was taken down, or its author went private."),
            (row in self.curation.flagged, "It went to the safeguarding lead."),
            (row in self.curation.hidden, "It is hidden."),
            (post.network in self.counts_only, f"Posts on {words.channel(post.network)} are counted only."),
            (bool(_KEPT_BACK.intersection(post.labels)), "Its author or the network keeps it back from public pages."),
            (post.visibility != "public" and not self._is_sent_with_consent(kept), _not_public(post)),
            (self._answer(row) == "no", "Its author said no."),
        )
        return next((sentence for is_so, sentence in reasons if is_so), "")

    def against(self, kept: Kept, mode: Mode) -> str:
        """Why it may not be quoted in this way, as a sentence that says what would help; empty if it may."""
        if why := self.never(kept):
            return why
        if mode == "paraphrase":
            return ""
        return {"verbatim": self._verbatim, "named": self._named, "attributed": self._attributed}[mode](kept)

    def open_modes(self, kept: Kept) -> tuple[Mode, ...]:
        """The ways in which it may be quoted."""
        return tuple(mode for mode in MODES if not self.against(kept, mode))

    def mode(self, kept: Kept) -> Mode:
        """The way that a person chose; else their own words where they gave leave for them in writing, else a paraphrase."""
        chosen = self.curation.modes.get(kept.row)
        if chosen is not None:
            return chosen
        return "verbatim" if kept.post.consent in _IN_WRITING or self._answer(kept.row) == "yes" else "paraphrase"

    # --- one way after another

    def _verbatim(self, kept: Kept) -> str:
        if kept.post.network == "x":
            return "Posts on X are not shown word for word. Choose a paraphrase."
        given = _IN_WRITING if self.way == "email" else _GIVEN
        if self._answer(kept.row) == "yes" or kept.post.consent in given:
            return ""
        return "Its author has not said that their words may be used. Ask for permission, or choose a paraphrase."

    def _named(self, kept: Kept) -> str:
        if why := self._verbatim(kept):
            return why
        permission = self.curation.permissions.get(kept.row)
        if permission is not None and permission.state == "yes" and permission.name:
            return ""
        return "Its author has not said by which name. Record the name that they gave, or show their words without one."

    def _attributed(self, kept: Kept) -> str:
        if kept.post.network == "x":
            return "Posts on X are not shown word for word. Choose a paraphrase."
        if kept.post.consent != "organisation" or kept.post.visibility != "public":
            return "Only what an organisation said in public is shown with its name. Choose a paraphrase."
        return "" if self.way == "web" else "What an organisation posted is shown on the web only. Choose a paraphrase."

    def _is_sent_with_consent(self, kept: Kept) -> bool:
        is_given = self._answer(kept.row) == "yes" or kept.post.consent in _GIVEN
        return kept.post.kind in _SENT_TO_US and is_given

    def _answer(self, row: int) -> str:
        """What the author said when they were asked: "yes", "no", else empty."""
        permission = self.curation.permissions.get(row)
        return permission.state if permission and permission.state != "asked" else ""


def _not_public(post: Post) -> str:
    if post.kind in _SENT_TO_US:
        return "It was sent to us alone. Ask for permission first."
    return "It was not said in public."


def who(kept: Kept, mode: Mode, curation: Curation) -> str:
    """Who a quote is from, as the page says it: never the author's own name unless they gave leave for it."""
    if mode == "paraphrase":
        return "In our words"
    if mode == "attributed":
        return words.name(kept.post.author.name)
    role = words.name(curation.roles.get(kept.row, kept.post.role))
    if mode == "named" and (permission := curation.permissions.get(kept.row)):
        return ", ".join(part for part in (words.name(permission.name), role) if part)
    return role


def source(kept: Kept, mode: Mode, curation: Curation) -> str:
    """How it came and why it may be shown: "from a post on Bluesky", "Questionnaire, permission given"."""
    network = kept.post.network
    if mode == "paraphrase":
        return f"from {_FROM.get(network) or f'a post on {words.channel(network)}'}"
    sent = _AS_SENT.get(network) or f"Post on {words.channel(network)}"
    if mode == "attributed":
        return sent
    permission = curation.permissions.get(kept.row)
    return f"{sent}, {'used with permission' if permission and permission.state == 'yes' else 'permission given'}"


def text(kept: Kept, mode: Mode, curation: Curation) -> str:
    """The words to show: ours for a paraphrase (empty if nobody wrote one), else theirs, whole, as they were kept."""
    if mode != "paraphrase":
        return words.clean(kept.post.text.strip())
    written = curation.paraphrases.get(kept.row)
    return words.clean(written.text.strip()) if written else ""
