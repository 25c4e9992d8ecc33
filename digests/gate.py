"""What stands in the way of publishing a week, and what to think of before: pure, one sentence each that says what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from digests import desk, gate_texts, public, quoting, words
from digests.curation import Curation, Element, Mode
from digests.edition import PublicDigest, Rules
from digests.gate_texts import Text
from digests.tally import Facts
from storage.values import Kept

Severity = Literal["blocks", "warns"]
_RUN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One thing to put right. `where` is what it is about, as decisions name it: "week", "theme:w1-c2" or "post:12"."""

    code: str
    sentence: str
    where: str = "week"
    severity: Severity = "blocks"


def blockers(facts: Facts, digest: PublicDigest, rules: Rules) -> tuple[Blocker, ...]:
    """What has to be put right before the week may be published."""
    return tuple(one for one in found(facts, digest, rules) if one.severity == "blocks")


def warnings(facts: Facts, digest: PublicDigest, rules: Rules) -> tuple[Blocker, ...]:
    """What does not stand in the way, and should be looked at."""
    return tuple(one for one in found(facts, digest, rules) if one.severity == "warns")


def found(facts: Facts, digest: PublicDigest, rules: Rules) -> tuple[Blocker, ...]:
    """Both: quotes first, then texts, then the week as a whole. Raises ValueError for a week that nobody has begun."""
    curation = facts.curation
    if curation is None:
        raise ValueError(f"nobody has begun to work on week {facts.week.number}")
    checks = _Checks(facts, curation, digest, rules)
    return (*checks.quotes(), *checks.texts(), *checks.week())


def gaps_key(facts: Facts) -> str:
    """Names what could not be read, as the desk does when a person acknowledges it; empty if all that was to be read was."""
    has_gaps = any(source.gaps for source in facts.coverage if not source.off)
    return desk.gaps_name(facts.coverage) if has_gaps else ""


@dataclass(frozen=True, slots=True)
class _Checks:
    facts: Facts
    curation: Curation
    digest: PublicDigest
    rules: Rules

    # --- quotes

    def quotes(self) -> Iterator[Blocker]:
        by_row = {kept.row: kept for kept in self.facts.posts}
        judge = quoting.Desk(self.curation, self.facts.counts_only, self.rules.way)
        for row in self.curation.chosen:
            kept = by_row.get(row)
            if kept is None or kept.gone_at is not None:
                yield Blocker(code="gone", sentence=_GONE, where=f"post:{row}", severity="warns")
            else:
                yield from self._quote(kept, judge.mode(kept), judge)
        yield from self._voices(by_row)
        if not self.curation.chosen:
            yield Blocker(code="no-quotes", sentence="Nobody is quoted. Choose quotes, or publish without.", severity="warns")

    def _quote(self, kept: Kept, mode: Mode, judge: quoting.Desk) -> Iterator[Blocker]:
        where = f"post:{kept.row}"
        if kept.row in self.facts.look_again:
            yield Blocker(code="look-again", sentence=_LOOK_AGAIN, where=where)
        if why := judge.against(kept, mode):
            yield Blocker(code="not-allowed", sentence=f"This quote cannot be shown. {why}", where=where)
        elif mode == "paraphrase":
            yield from self._paraphrase(kept, where)

    def _paraphrase(self, kept: Kept, where: str) -> Iterator[Blocker]:
        written = self.curation.paraphrases.get(kept.row)
        if written is None or not written.text.strip():
            yield Blocker(code="no-paraphrase", sentence=_NO_PARAPHRASE, where=where)
            return
        if self.rules.second_person == "required" and written.checked_by in (0, written.by):
            yield Blocker(code="unchecked", sentence=_UNCHECKED, where=where)
        if shared := gate_texts.shared_run(written.text, kept.post.text, _RUN):
            yield Blocker(code="too-near", sentence=_TOO_NEAR.format(shared), where=where)

    def _voices(self, by_row: Mapping[int, Kept]) -> Iterator[Blocker]:
        seen = set[tuple[str, str]]()
        for quote in self.digest.quotes():
            author = by_row[quote.row].post.author.identity
            voice = (by_row[quote.row].post.network, author)
            if author and voice in seen:
                yield Blocker(code="same-voice", sentence=_SAME_VOICE, where=f"post:{quote.row}", severity="warns")
            seen.add(voice)

    # --- texts

    def texts(self) -> Iterator[Blocker]:
        ours = (self.digest.organisation, self.digest.exercise, *self.facts.exercise.partners)
        people = gate_texts.People.of(self.facts.posts, ours, (self.digest.contact, self.facts.exercise.contact))
        for text in self._all_texts():
            for problem in gate_texts.problems(text, people):
                yield Blocker(code=problem.code, sentence=problem.sentence, where=text.where, severity=problem.severity)

    def _all_texts(self) -> Iterator[Text]:
        """Everything that somebody wrote and the public will read."""
        yield Text(where="week", what="The summary", words=self.curation.summary, kind="prose")
        if self.rules.changes:
            yield Text(where="week", what="The line on what changes", words=self.rules.changes[-1].sentence)
        shown = {theme.key.removeprefix("theme/") for theme in self.digest.themes}
        for theme in self.curation.themes:
            if theme.key in shown:
                yield Text(where=f"theme:{theme.key}", what="The name of this theme", words=theme.label)
                yield from map(_of_element, theme.elements)
        yield from self._quoted_texts()

    def _quoted_texts(self) -> Iterator[Text]:
        by_row = {kept.row: kept for kept in self.facts.posts}
        for quote in self.digest.quotes():
            where, kept = f"post:{quote.row}", by_row[quote.row]
            if quote.mode == "paraphrase":
                yield Text(where=where, what="This paraphrase", words=quote.text, kind="paraphrase")
                continue
            own = kept.post.author.identity if quote.mode in ("named", "attributed") else ""
            yield Text(where=where, what="This quote", words=quote.text, kind="verbatim", by=own)
            if quote.mode != "attributed":
                role = self.curation.roles.get(quote.row, kept.post.role)
                yield Text(where=where, what="What says who this quote is from", words=words.name(role))

    # --- the week

    def week(self) -> Iterator[Blocker]:
        key = gaps_key(self.facts)
        if key and self.curation.acknowledged != key:
            yield Blocker(code="gaps", sentence=_GAPS)
        if self.facts.tray:
            told = words.count(len(self.facts.tray), "contribution")
            yield Blocker(code="tray", sentence=_TRAY.format(told), severity="warns")
        yield from self._approval()

    def _approval(self) -> Iterator[Blocker]:
        approval, required = self.curation.approval, self.rules.second_person == "required"
        if approval is None:
            yield Blocker(code="approval", sentence=_NOT_APPROVED)
        elif approval.content != public.fingerprint(self.digest):
            yield Blocker(code="approval", sentence=_OTHER_CONTENT)
        elif required and approval.by in (0, approval.last_editor):
            yield Blocker(code="approval", sentence=_OWN_APPROVAL)


def _of_element(element: Element) -> Text:
    where = f"element:{element.key}"
    if element.kind == "prose":
        return Text(where=where, what="This text", words=element.text, kind="prose")
    return Text(where=where, what="This heading", words=element.text)


_GONE = "This contribution was taken down, so its quote is left out. Read the words around it again."
_LOOK_AGAIN = "This contribution says something else since you decided about it. Look at it again."
_NO_PARAPHRASE = "This quote has no words yet. Write a paraphrase, or ask for permission to use theirs."
_UNCHECKED = "Nobody but its writer has checked this paraphrase. Ask somebody else to compare it with the contribution."
_TOO_NEAR = "This paraphrase can be found by searching for “{}”. Say it in other words."
_SAME_VOICE = "Somebody is quoted twice. Choose another voice, if there is one."
_GAPS = "Part of the week could not be read. Read what is missing, and say that you know it."
_TRAY = "{} came in since you began and would not be counted. Take them in, or leave them out."
_NOT_APPROVED = "Nobody has approved this week. Ask somebody to read it and approve it."
_OTHER_CONTENT = "The words or quotes have changed since the week was approved. Ask for approval again."
_OWN_APPROVAL = "Whoever changed the week last has approved it. Ask somebody else."
