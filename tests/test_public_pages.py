"""The files of published digests: one page a version, the same words and numbers in every form, nothing left standing."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests import environment, public, public_counts, public_files, public_pages, small
from digests.curation import Element, HeldTheme
from digests.edition import ChangeEntry, PublicDigest, Rules
from digests.public_view import View, address
from digests.small import Told
from digests.tally import Facts, count
from storage.curated import Edition
from storage.values import TONES, Score
from tests.attacker import recovered
from tests.publishing import (
    OURS,
    WEEK,
    composed,
    make_curation,
    make_facts,
    make_gap,
    make_posts,
    make_said,
    quoting_curation,
)
from tests.test_pages import HOSTILE

FIRST = ChangeEntry(version=1, date=date(2026, 10, 19), sentence="First published.")
SECOND = ChangeEntry(version=2, date=date(2026, 10, 21), sentence="1 quote withdrawn.")
RULES = Rules(
    changes=(FIRST,),
    contact="listening@example.org",
    privacy_notice="https://example.org/privacy",
    accessibility="See the notice in reception",
    remove_address="https://example.org/desk/remove",
    urgent="If somebody is in danger, call 999.",
    read_when="We read what comes in from Monday to Friday.",
)
DIGEST = composed(RULES)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = {"index.html", "fragment.html", "digest.json", "counts.csv", "digest.txt", "manifest.json"}


def edition(digest: PublicDigest, **more: Any) -> tuple[Edition, PublicDigest]:
    at = datetime(2026, 10, 19, tzinfo=UTC)
    return Edition(week=digest.number, version=digest.version, at=at, by=1, content="", hash="", **more), digest


def withdrawn(digest: PublicDigest) -> PublicDigest:
    return public.from_json(public.to_json(digest), ())


class Reading(HTMLParser):
    """The words of a page, its links and its ids."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.ids += [told["id"] or ""] if "id" in told else []
        self.links += [told["href"] or ""] if tag == "a" else []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


# --- one digest -----------------------------------------------------------------------------------------------------------


def test_every_form_tells_the_quote_and_the_total():
    files = public_pages.render(DIGEST)

    assert set(files) == NAMES
    for name in ("index.html", "fragment.html", "digest.json", "digest.txt"):
        assert OURS in " ".join(files[name].decode().split())
    assert b",All,Contributions,60\r\n" in files["counts.csv"]


def test_a_page_is_small_and_needs_nothing_else():
    page = public_pages.render(DIGEST)["index.html"].decode()

    assert len(page.encode()) <= 100_000
    assert "<script" not in page
    assert re.findall(r"\b(?:src|srcset)=|@import", page) == []
    assert re.findall(r"url\(", page) == []
    assert "For the team" not in page


def test_the_sheet_fits_the_policy_of_the_page():
    page = public_pages.render(DIGEST)["index.html"].decode()

    assert f'content="{public_pages.policy()}"'.replace("'", "&#39;") in page
    assert f"<style>{environment.public_sheet()}</style>" in page
    assert public_pages.policy() != environment.policy()


def test_the_page_says_which_edition_it_is():
    page = public_pages.render(DIGEST)["index.html"].decode()

    assert f'<meta name="listener-edition" content="{public_pages.mark(DIGEST)}">' in page
    assert re.fullmatch(r"week-1 v1 [0-9a-f]{16}", public_pages.mark(DIGEST))
    assert public_pages.mark(withdrawn(DIGEST)) != public_pages.mark(DIGEST)


def test_the_manifest_names_every_file_by_its_hash():
    files = public_pages.render(DIGEST)

    told = json.loads(files.pop("manifest.json"))

    assert told["edition"] == "week-1 v1"
    assert told["sha256"] == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_the_same_digest_gives_the_same_bytes():
    again = public.from_json(public.to_json(DIGEST), public.quotes(DIGEST))

    assert public_pages.render(again) == public_pages.render(DIGEST)


def test_what_is_hostile_stays_words():
    kept = make_said(1, "form", consent="ticked", role=HOSTILE, text=HOSTILE)
    story = (Element(key=1, kind="prose", text=HOSTILE), Element(key=2, kind="heading", text=HOSTILE))
    curation = quoting_curation(kept, summary=HOSTILE)
    theme = curation.themes[0]
    curation = replace(curation, themes=(replace(theme, label=HOSTILE, elements=(*story, *theme.elements)),))

    files = public_pages.render(composed(RULES, curation=curation, posts=[kept]))

    for name in ("index.html", "fragment.html"):
        assert b"<script>alert" not in files[name]
        assert b"<img" not in files[name]


def test_the_counts_hold_no_formula():
    theme = HeldTheme(key="w1-c1", label="=cmd|' /C calc'!A0", rows=tuple(range(1, 31)))

    rows = list(csv.reader(io.StringIO(public_files.counts(composed(curation=make_curation(themes=(theme,)))).decode())))

    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []
    assert ["themes", "'=cmd|' /C calc'!A0", "Contributions", "30"] in [row[3:] for row in rows]


def test_no_line_of_the_plain_text_is_longer_than_72_but_for_an_address():
    summary = (
        "Short. " * 40
        + "\n\n- a point that is so long that it has to be told in two lines of this text\n- [b](https://b.example/)"
    )

    lines = public_files.text(composed(RULES, curation=make_curation(summary=summary))).decode().splitlines()

    assert [line for line in lines if len(line) > 72 and "://" not in line] == []
    assert "* a point that is so long that it has to be told in two lines of this" in lines
    assert "  text" in lines


def test_a_fragment_brings_no_page_no_style_and_no_id_that_clashes():
    fragment = public_pages.render(DIGEST)["fragment.html"].decode()

    assert [word for word in ("<html", "<head", "<style", "style=", "<script", "<h1") if word in fragment] == []
    assert all(one.startswith("listener-week-1") for one in Reading(fragment.encode()).ids)


def test_links_lead_to_published_weeks_only():
    page = public_pages.render(composed(replace(RULES, published=frozenset({1, 3}))))["index.html"]

    assert [link for link in Reading(page).links if "week-" in link] == ["../week-3/index.html"]


def test_gaps_hidden_numbers_and_last_week_are_told_on_the_page():
    facts = make_facts()
    facts = replace(facts, coverage=(replace(facts.coverage[0], gaps=(make_gap(),)),))
    posts = [*make_posts(), make_said(99, "web")]

    digest = public.compose(replace(facts, posts=posts), replace(RULES, last_week={"all": 30, "channel/bluesky": 20}))
    page = " ".join(Reading(public_pages.render(digest)["index.html"]).words)

    assert "Part of this day could not be read" in page
    assert "means fewer than 8" in page
    assert "Last week" in page
    assert View(digest).channel_table().rows[-1] == ("All", "61", "30", "0")


def test_a_long_week_is_drawn_as_bars():
    facts = make_facts()
    week = replace(facts.week, ends=date(2026, 10, 25))

    digest = public.compose(replace(facts, week=week), RULES)

    assert not View(digest).fits_columns
    assert b'class="columns"' not in public_pages.render(digest)["index.html"]


def test_a_quiet_week_has_a_page_too():
    files = public_pages.render(composed(posts=[], curation=make_curation(themes=(), last_row=1)))

    assert b"Nobody was heard this week." in files["index.html"]
    assert b"How we listened" not in files["fragment.html"]


def test_what_was_left_out_is_told_by_reason():
    facts = make_facts()
    assert facts.analysis is not None
    aside = dict.fromkeys(range(46, 56), "advert")

    digest = public.compose(replace(facts, analysis=replace(facts.analysis, aside=aside)), RULES)

    files = public_pages.render(digest)
    assert b"<li>Advert: 10</li>" in files["index.html"]
    assert b",left out,Advert,Items,10\r\n" in files["counts.csv"]


def test_headings_questions_and_headline_figures_stand_in_the_text():
    story = (Element(key=1, kind="heading", text="Where it went well"),)
    theme = HeldTheme(key="w1-c1", label="going home", rows=tuple(range(1, 31)), elements=story)
    facts = make_facts(curation=make_curation(themes=(theme,)), week=replace(make_facts().week, title="", questions=("And?",)))

    files = public_pages.render(public.compose(facts, Rules()))

    assert b"Where it went well:\n" in files["digest.txt"]
    assert b'<h4 class="in-story">Where it went well</h4>' in files["index.html"]
    assert b"<li>And?</li>" in files["index.html"]


def test_a_real_exercise_can_be_found_and_an_invented_one_says_so():
    real = public_pages.render(composed(RULES, exercise=replace(make_facts().exercise, invented=False)))
    invented = public_pages.render(DIGEST)

    for name in ("index.html", "fragment.html", "digest.txt"):
        assert b"are invented" in b" ".join(invented[name].split())
        assert b"are invented" not in b" ".join(real[name].split())
    assert b"noindex" not in real["index.html"]


def test_a_week_without_help_question_or_weeks_to_come_says_nothing_of_them():
    week = replace(make_facts().week, number=5, title="")

    files = public_pages.render(composed(week=week))

    for name in ("index.html", "fragment.html", "digest.txt"):
        said = files[name].decode()
        assert [
            part for part in ("If you need help now", "What happens next", "We asked", "taken down, tell us") if part in said
        ] == []


@pytest.mark.parametrize(
    ("changes", "version", "told"),
    [
        ((), 1, "Version 1, not published yet."),
        ((FIRST,), 1, "Version 1, published 19 October 2026."),
        ((FIRST, SECOND), 2, "First published 19 October 2026. Version 2, 21 October 2026."),
        ((SECOND,), 2, "Version 2, 21 October 2026."),
    ],
)
def test_a_page_says_when_it_was_published(changes, version, told):
    assert View(replace(DIGEST, changes=changes, version=version)).published == told


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("us@example.org", "mailto:us@example.org"),
        ("https://example.org/a", "https://example.org/a"),
        ("javascript:alert(1)", ""),
        ("write to us@example.org", ""),
        ("http://[", ""),
        ("Room 4", ""),
    ],
)
def test_only_addresses_become_links(text, href):
    assert address(text) == href


# --- everything that is public --------------------------------------------------------------------------------------------


def test_versions_the_newest_and_all_weeks_have_their_places():
    later = public.next_version(withdrawn(DIGEST), SECOND)

    files = public_pages.render_all(make_facts().exercise, [edition(later), edition(DIGEST)])

    expected = {f"week-1/{folder}{name}" for folder in ("", "v1/", "v2/") for name in NAMES}
    assert set(files) == {"index.html", *expected}
    assert b"Quote 1-01 has been withdrawn." in files["week-1/index.html"]
    assert b"See the newest version" in files["week-1/v1/index.html"]
    assert b"See the newest version" not in files["week-1/index.html"]


def test_every_link_leads_somewhere():
    files = public_pages.render_all(make_facts().exercise, [edition(DIGEST), edition(replace(DIGEST, number=2))])

    for name, page in files.items():
        if name.endswith("index.html"):
            folder = name.rpartition("/")[0]
            local = [link for link in Reading(page).links if not re.match(r"[a-z]+:|#", link)]
            assert {_joined(folder, link) for link in local} <= set(files)


def _joined(folder: str, link: str) -> str:
    parts = folder.split("/") if folder else []
    for part in link.split("/"):
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def test_every_page_bears_the_mark_that_is_looked_for():
    editions = [edition(DIGEST), edition(replace(DIGEST, number=2), withdrawn_at=datetime(2026, 11, 1, tzinfo=UTC))]

    files, marks = public_pages.render_all(make_facts().exercise, editions), public_pages.marks(editions)

    assert {name for name in files if name.endswith("index.html")} == set(marks)
    assert [name for name, mark in marks.items() if f'"listener-edition" content="{mark}"'.encode() not in files[name]] == []


def test_a_withdrawn_digest_leaves_none_of_its_words_at_any_address():
    editions = [edition(DIGEST, withdrawn_at=datetime(2026, 11, 1, tzinfo=UTC))]

    files = public_pages.render_all(make_facts().exercise, editions)

    assert {name for name in files if name.startswith("week-1/v1/")} == {f"week-1/v1/{name}" for name in NAMES}
    said = b"".join(content for name, content in files.items() if name != "index.html").decode()
    assert OURS not in said
    assert "Going home in good time" not in said
    assert said.count("This digest has been withdrawn") >= 8
    assert b"This digest has been withdrawn." in files["index.html"]


def test_before_the_first_edition_there_is_a_page_of_all_weeks():
    page = public_pages.render_all(make_facts().exercise, [])["index.html"]

    assert page.count(b"Not published yet.") == 5


def test_every_form_says_how_many_answered_an_earlier_question():
    posts = [make_said(row, answers=int(row <= 23)) for row in range(1, 61)]
    digest = composed(RULES, posts=posts, week=replace(WEEK, number=2))

    files = public_pages.render(digest)

    for name in ("index.html", "fragment.html", "digest.txt", "digest.json"):
        assert "23 contributions answered an earlier question." in " ".join(files[name].decode().split()), name
    assert b",answers,This question,Contributions,37\r\n" in files["counts.csv"]
    assert b",answers,An earlier question,Contributions,23\r\n" in files["counts.csv"]


# --- no file gives a hidden number away -----------------------------------------------------------------------------------


Made = tuple[Facts, Mapping[str, int], tuple[small.Sum, ...]]


def counted(facts: Facts, before: Mapping[str, Told]) -> Made:
    """A week with its true counts, as they are before anything is hidden."""
    assert facts.curation is not None
    tally = count(facts)
    shown = public_counts.groups(tally, facts.curation)
    found = public_counts.count(facts, tally, shown, before)
    return facts, found.counts, found.sums


@st.composite
def weeks(draw: Any) -> Facts:
    number = draw(st.integers(0, 120))
    networks = draw(st.lists(st.sampled_from(["bluesky", "mastodon", "form", "mail", "web"]), min_size=1, max_size=5))
    spread, turn = draw(st.integers(1, 7)), draw(st.integers(1, 9))
    early, rows = draw(st.integers(0, number)), range(1, number + 1)
    posts = [make_said(n, networks[n * n % len(networks)], day=12 + n % spread, answers=int(n <= early)) for n in rows]
    cuts = sorted(draw(st.lists(st.integers(0, number), max_size=6)))
    spans = zip([0, *cuts], cuts, strict=False)
    themes = tuple(told_theme(place, range(since + 1, until + 1)) for place, (since, until) in enumerate(spans, 1))
    scores = {kept.row: Score(TONES[kept.row % turn % 3], 0.0) for kept in posts if kept.row % 11}
    curation = make_curation(themes=themes, paraphrases={}, last_row=number)
    return make_facts(week=replace(WEEK, number=2), posts=posts, curation=curation, scores=scores)


def told_theme(place: int, rows: Iterable[int]) -> HeldTheme:
    story = (Element(key=1, kind="prose", text="Words."),)
    return HeldTheme(key=f"w1-c{place}", label=f"theme {place}", rows=tuple(rows), elements=story)


@SLOW
@given(weeks())
def test_nobody_can_reckon_a_hidden_number_from_all_that_is_published(facts):
    digest = public.compose(facts, RULES)
    _, counts, sums = counted(facts, {})

    known = _read(public_pages.render(digest), digest)

    assert recovered({name: known[name] for name in counts}, sums) == {}
    assert {name for name, told in known.items() if isinstance(told, int) and 0 < told < 8} == set()


@SLOW
@given(weeks(), st.integers(0, 30), st.booleans())
def test_two_published_versions_give_no_small_change_away(facts, gone, is_split):
    before = public.compose(facts, RULES).numbers
    assert facts.curation is not None
    themes = facts.curation.themes
    if is_split and themes:
        parted = replace(told_theme(9, themes[0].rows[:5]), split_from=themes[0].key)
        themes = (replace(themes[0], rows=themes[0].rows[5:]), parted, *themes[1:])
    later = replace(facts, posts=list(facts.posts)[gone:], curation=replace(facts.curation, themes=themes))

    after = public.compose(later, replace(RULES, before=before)).numbers

    _, counts, sums = counted(later, before)
    moved = {
        name: told - was for name, told in after.items() if isinstance(told, int) and isinstance(was := before.get(name), int)
    }
    assert [name for name, change in moved.items() if 0 < abs(change) < 8] == []
    found = recovered({name: after[name] for name in counts}, sums)
    assert {name: number for name, number in found.items() if 0 < number < 8} == {}


def _read(files: dict[str, bytes], digest: PublicDigest) -> dict[str, Told]:
    """Every number as an attacker reads it out of the data; the other forms must not tell one that is not in it."""
    told = json.loads(files["digest.json"])["numbers"]
    words = {"fewer than 8": "few", "not shown": "withheld"}
    known = {name: words.get(value, value) for name, value in told.items()}
    open_ones = {str(value) for value in known.values() if isinstance(value, int)}
    cells = {row[-1] for row in list(csv.reader(io.StringIO(files["counts.csv"].decode())))[1:]}
    assert cells <= open_ones | set(words)
    for name in ("index.html", "fragment.html"):
        table = re.findall(r'<td class="n">([^<]*)</td>', files[name].decode())
        assert {cell.replace(",", "") for cell in table} <= open_ones | set(words) | {"-"}
    said = re.findall(r"contributions (\d+)", files["digest.txt"].decode())
    said += re.findall(r"(\d+)\s+contributions\s+answered", files["digest.txt"].decode().replace("Fewer than 8", ""))
    assert set(said) <= open_ones | {str(len(digest.themes))}
    return known
