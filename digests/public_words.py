"""The sentences of a public digest: facts only, short, and no number that may not be told."""

from collections.abc import Iterator, Mapping, Sequence

from digests import small, words
from digests.edition import Rules, Theme
from digests.small import Told
from digests.tally import Facts

_SHOWN = 3


def in_short(themes: Sequence[Theme], told: Mapping[str, Told], rules: Rules) -> Iterator[str]:
    """What the numbers say, largest first; for a page without a summary, and below one."""
    sizes = [(size, theme) for theme in themes if isinstance(size := told[theme.key], int)]
    ranked = sorted(sizes, key=lambda pair: -pair[0])[:_SHOWN]
    if not told["all"]:
        yield "Nobody was heard this week. A quiet week says nothing about how carers are."
    elif not ranked:
        yield f"We heard {contributions(told['all'], rules)} this week."
    elif any(told[theme.key] == "withheld" for theme in themes):  # the largest may be one of these
        named = words.listing([f"“{theme.label}” ({words.number(size)})" for size, theme in ranked])
        yield f"Among the themes that people wrote about were {named}."
    elif len(ranked) > 1 and ranked[0][0] == ranked[1][0]:
        named = words.listing([f"“{theme.label}” ({words.number(size)})" for size, theme in ranked])
        yield f"The most common themes were {named}."
    else:
        size, theme = ranked[0]
        share = f", {theme.share}" if theme.share else ""
        yield f"The most common theme was “{theme.label}”: {contributions(size, rules)}{share}."
        if others := [f"“{other.label}” ({words.number(size)})" for size, other in ranked[1:]]:
            yield f"After it came {words.listing(others)}."


def earlier(told: Mapping[str, Told], rules: Rules) -> Iterator[str]:
    """That some answered an earlier question, where it can be told how many."""
    number = told.get("answer/earlier", 0)
    if number and number != "withheld":
        who = words.capital(contributions(number, rules))
        yield f"{who} answered an earlier question. They are counted here, in the week they came."


def contributions(told: Told, rules: Rules) -> str:
    """ "1 contribution" is never told: from 1 to 7 it is "fewer than 8 contributions"."""
    return f"{small.say(told, rules.small)} contributions"


def change(told: Mapping[str, Told], rules: Rules) -> str:
    """Against the week before, where both are told; a small difference is none."""
    now, before = told["all"], rules.last_week.get("all")
    if not isinstance(now, int) or not isinstance(before, int):
        return ""
    if abs(now - before) < rules.small:
        return "As many as last week." if now == before else "About as many as last week."
    return f"{words.number(abs(now - before))} {'more' if now > before else 'fewer'} than last week."


def grouping(themes: Sequence[Theme], told: Mapping[str, Told], rules: Rules) -> Iterator[str]:
    """How the contributions fall into themes."""
    if themes:
        yield f"There are {words.count(len(themes), 'theme')} here. Each contribution is counted in one theme only."
    if told["rest"] and themes:
        yield f"Not in one of them: {contributions(told['rest'], rules)}." if told["rest"] != "withheld" else _SOME
    if any(not isinstance(one, int) for one in told.values()):
        yield from hidden(rules)


_SOME = "Some contributions are in none of them."


def hidden(rules: Rules) -> Iterator[str]:
    if rules.small > 1:
        yield f"We do not show numbers below {rules.small}, or numbers that would give one away."


def next_steps(facts: Facts, rules: Rules) -> Iterator[str]:
    for week in facts.exercise.weeks:
        if week.number > facts.week.number:
            yield f"Week {week.number}, {words.dates(week.starts, week.ends)}: {week.name}"
    yield from rules.next_steps
    if rules.publish_by:
        yield words.sentence(rules.publish_by)


def listened(facts: Facts) -> Iterator[str]:
    """Where: "We listened in 3 places: Bluesky, email and questionnaires.", and whether all of it could be read."""
    read = [source for source in facts.coverage if not source.off]
    heard = [words.inside(channel) for channel in dict.fromkeys(source.channel for source in read)]
    if heard:
        yield f"We listened in {words.count(len(heard), 'place')}: {words.listing(heard)}."
    if any(source.gaps for source in read):
        yield "Part of it could not be read, so some of what people said is missing."


def missed(facts: Facts) -> Iterator[str]:
    """What could not be read, by channel; and what we never look at."""
    zone = facts.zone
    for source in facts.coverage:
        if source.off:
            yield f"{words.channel(source.channel)}: we did not look there."
        for gap in source.gaps if not source.off else ():
            yield f"{words.channel(source.channel)} could not be read {words.span(gap.since, gap.until, zone)}."
    yield "Private accounts, closed groups and direct messages: we do not look at these."


def method(facts: Facts, rules: Rules) -> Iterator[str]:
    """How it was made; the last sentence is always about who is not heard."""
    yield "A contribution is counted once. Reposts and copies of the same words are counted apart."
    yield "A computer put similar contributions together. Our team could then move them, and merge, split and name the themes."
    yield "A computer guessed how people described it. It is often wrong about one contribution."
    if facts.curation and facts.curation.tones:
        yield "Our team corrected the guesses that it saw were wrong."
    yield "We count accounts, addresses and forms. One person may be counted more than once."
    yield from hidden(rules)
    if rules.before:
        yield f"A later version keeps the numbers of the one before, unless they change by {rules.small} or more."
    if facts.counts_only:
        named = words.listing([words.channel(network) for network in sorted(facts.counts_only)])
        yield f"Posts on {named} are counted, and never quoted."
    yield _SECOND if rules.second_person == "required" else _ALONE
    yield "Each week asks a different question, so weeks are hard to compare."
    yield "People who answer are not all carers. Read the numbers as a guide."


_SECOND = "A second person reads and approves each page before it is published."
_ALONE = "One person may both write a page and approve it. We record who did."


def quoting(rules: Rules) -> Iterator[str]:
    checked = " A second person checks each of these." if rules.second_person == "required" else ""
    yield "We use your words only if you agree, or if you speak for an organisation."
    yield f"Otherwise we put the point in our own words.{checked}"
    yield "We do not show photos or profile pictures, and we do not link to posts."
    yield "If a post is taken down, or an account goes private, we take the quote out."
