"""Pages hold what the digest says, in bounds, and whatever a post holds stays words."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.post import Author
from digests import blocks, charts, compose, environment, pages
from digests.digest import DayRow, ToneCount, WeekSummary
from storage.values import TONES, Analysis, Cluster, Coverage, Gap, Score
from tests.factories import make_exercise, make_week
from tests.test_compose import WEEK, analysis, composed, kept

VOID = {"meta", "link", "br", "img", "input", "hr", "circle", "path", "rect", "line"}
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)></p></style><b onclick="x">&amp;"\'{{ 7*7 }}{% raw %}\x00\ud83d'


class Outline(HTMLParser):
    """Every tag with its attributes; fails where tags do not close in order."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(page.decode())
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.words += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def busy(exercise=None, **more):
    """A week with everything in it: themes, gaps, quotes of hostile people."""
    posts = [
        kept(
            row,
            network=network,
            text=f"{row} {HOSTILE}",
            title=HOSTILE,
            url=f"https://example.org/{row}",
            warning=HOSTILE if row == 3 else "",
        )
        for row, network in enumerate(["bluesky", "mail", "form", "file"] * 8, 1)
    ]
    found = analysis(tuple(range(1, 20)), (20, 21, 22), alone=(23,), aside={24: "spam"}, unclustered=5)
    gap = Gap(source="tag", since=WEEK.opens, until=WEEK.opens + timedelta(hours=5))
    coverage = Coverage(
        source="tag", kind="bluesky", channel="bluesky", asked="#NHSThinkCarer", due=168, read=163, gaps=(gap,), posts=32
    )
    scores = {row: Score(TONES[row % 3], 0.0) for row in range(1, 30)}
    given = {"analysis": found, "coverage": (coverage,), "scores": scores, "exercise": exercise or make_exercise()}
    return composed(posts, **(given | more))


def words(page: bytes) -> str:
    return " ".join(Outline(page).words.split())


# --- what pages say -------------------------------------------------------------------------------------------------------


def test_the_first_screen_holds_question_number_finding_and_gaps():
    page = words(pages.render(busy())["week-1/index.html"])

    begin = page[: page.index("On this page")]

    for said in (
        "Question 1: what would help you as a carer?",
        "31 contributions",
        "The most common theme was “Theme 1”",
        "could not be read",
    ):
        assert said in begin


def test_everything_that_may_be_shown_is_one_click_away():
    digest = busy()
    files = pages.render(digest)

    linked = {
        attributes["href"]
        for attributes in Outline(files["week-1/index.html"]).all("a")
        if not attributes["href"].startswith("#")
    }
    cards = [card.row for cards in digest.lists for card in cards.cards]

    assert {f"{cards.stem}.html" for cards in digest.lists} <= linked
    assert sorted(cards) == list(range(1, 33))
    assert all(
        f'id="c{row}"' in "".join(page.decode() for name, page in files.items() if name != "week-1/index.html") for row in cards
    )


@pytest.mark.parametrize("width", [1, 40])
def test_every_link_leads_somewhere(width):
    posts = [kept(row, text="long " * 400) for row in range(1, 12 * width)]
    digest = composed(posts, analysis=analysis(tuple(range(1, 11 * width)), alone=(11 * width,)))
    files = pages.render(digest) | pages.index(make_exercise(), [compose.summarise(digest)], WEEK.closes)

    for name, page in files.items():
        anchors = {attributes["id"] for _, attributes in Outline(page).tags if "id" in attributes}
        for attributes in Outline(page).all("a"):
            path, _, anchor = attributes["href"].partition("#")
            target = _resolved(name, path) if path else name
            assert target in files
            assert not anchor or f'id="{anchor}"' in files[target].decode(), (name, attributes["href"])
        assert len(anchors) == page.count(b' id="')


def _resolved(name, path):
    parts: list[str] = []
    for part in (PurePosixPath(name).parent / path).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def test_the_page_of_a_quiet_week_says_so():
    page = words(pages.render(composed([]))["week-1/index.html"])

    assert "It was a quiet week" in page
    assert "How we listened" not in page


def test_the_index_tells_of_all_weeks():
    made = [
        WeekSummary(
            number=1, contributions=1036, finding="The most common theme was “Rest”: 300 contributions, about 1 in 3.", gaps=1
        ),
        WeekSummary(number=2, contributions=0, finding="It was a quiet week.", gaps=0),
    ]

    exercise = make_exercise(purpose="To hear carers.", partners=("Carers' Hub", "Young Carers"))
    page = pages.index(exercise, made, make_week(4).opens + timedelta(days=1))["index.html"]

    assert "Asked together with Carers&#39; Hub and Young Carers." in page.decode()
    assert {attributes["href"] for attributes in Outline(page).all("a")} == {
        "#main",
        "index.html",
        "week-1/index.html",
        "week-2/index.html",
    }
    for said in (
        "1,036 contributions.",
        "1 source not fully read.",
        "Quiet week",
        "There is no digest of this week yet.",
        "Open now",
        "To come",
    ):
        assert said in words(page)


def test_a_long_week_is_drawn_as_bars():
    week = make_week(1, days=14)

    page = pages.render(composed([kept(1)], week=week, exercise=make_exercise(weeks=0)))["week-1/index.html"].decode()

    assert 'class="columns"' not in page
    assert "Sunday 25 October" in page


def test_a_content_warning_stays_shut_and_x_links_its_time():
    digest = composed(
        [kept(1, warning="hospital food"), kept(2, network="x", url="https://x.com/i/2")], counts_only=frozenset()
    )

    page = pages.render(digest)["week-1/not-grouped.html"].decode()

    assert '<details class="warning"><summary>Content warning: <bdi>hospital food</bdi></summary>' in page
    assert '<a href="https://x.com/i/2" rel="noopener nofollow noreferrer"><time' in page
    assert "View on X" in page


def test_a_picture_is_told_and_a_post_without_words_says_so():
    digest = composed([kept(1, text="", media=("a ramp", ""))])

    page = words(pages.render(digest)["week-1/not-grouped.html"])

    assert "(No words.) Picture, not shown here: a ramp Picture, not shown here: no description" in page


# --- bounds ---------------------------------------------------------------------------------------------------------------


def test_pages_stay_small_with_450_long_posts_in_a_theme():
    rows = tuple(range(1, 451))
    digest = composed([kept(row, text="<&\"' " * 1000) for row in rows], analysis=analysis(rows))

    files = pages.render(digest)

    leaves = sorted(name for name in files if "theme-1" in name)
    assert len(leaves) > 450 // pages.CARDS + 1
    assert max(map(len, files.values())) <= pages.LIMIT
    shown = [attributes["id"] for name in leaves for attributes in Outline(files[name]).all("figure")]
    assert sorted(shown) == sorted(f"c{row}" for row in rows)


def test_a_list_is_paged_at_200_cards():
    digest = composed([kept(row) for row in range(1, 451)])

    files = pages.render(digest)

    names = ["not-grouped.html", "not-grouped-2.html", "not-grouped-3.html"]
    assert [len(Outline(files[f"week-1/{name}"]).all("figure")) for name in names] == [200, 200, 50]
    assert "Page 2 of 3" in words(files["week-1/not-grouped-2.html"])


@pytest.mark.parametrize(("sign", "all_shown"), [("x", True), ('"', False)], ids=["usual", "made to burst"])
def test_the_week_shows_as_many_cards_as_its_limit_lets_through(sign, all_shown):
    long = sign * 700
    rows = range(1, compose.IN_FULL * blocks.SHOWN + 1)
    posts = [
        kept(
            row,
            text=long,
            title=long,
            warning=long,
            role=long,
            media=(long,) * 4,
            author=Author(name=long, handle=f"{row}{long}"),
        )
        for row in rows
    ]
    groups = (tuple(rows[begin : begin + blocks.SHOWN]) for begin in range(0, len(rows), blocks.SHOWN))

    page = pages.render(composed(posts, analysis=analysis(*groups)))["week-1/index.html"]

    assert len(page) <= pages.LIMIT
    assert (page.count(b'class="card"') == len(rows)) is all_shown


def test_the_same_digest_gives_the_same_bytes():
    assert pages.render(busy()) == pages.render(busy())


# --- hostile posts ----------------------------------------------------------------------------------------------------------


def every_page(invented=False):
    exercise = make_exercise(invented=invented, contact="listening@example.org")
    digest = busy(exercise)
    return pages.render(digest) | pages.index(exercise, [compose.summarise(digest)], WEEK.closes)


def test_nothing_in_a_post_becomes_markup():
    for page in every_page().values():
        outline = Outline(page)

        assert not {"script", "img", "iframe", "object", "form", "base"} & {tag for tag, _ in outline.tags}
        assert not [name for _, attributes in outline.tags for name in attributes if name.startswith("on") or name == "style"]
        assert "\x00" not in page.decode()


def test_links_go_to_the_web_or_to_our_own_pages_and_say_nothing_of_us():
    for page in every_page().values():
        for attributes in Outline(page).all("a"):
            if attributes["href"].startswith("http"):
                assert attributes["rel"] == "noopener nofollow noreferrer"
            else:
                assert re.fullmatch(r"(#[\w-]+|(\.\./)?([\w-]+/)?[\w-]+\.html(#c\d+)?)", attributes["href"])


def test_no_page_fetches_anything():
    for page in every_page().values():
        outline = Outline(page)

        assert not [
            attributes for _, attributes in outline.tags if {"src", "srcset", "poster", "data", "background"} & set(attributes)
        ]
        assert [attributes["href"][:5] for attributes in outline.all("link")] == ["data:"]
        assert b"url(" not in page
        assert b"@import" not in page


def test_every_page_carries_the_policy_and_its_sheet_fits_the_hash():
    for page in every_page().values():
        metas = {
            attributes.get("http-equiv") or attributes.get("name"): attributes["content"]
            for attributes in Outline(page).all("meta")
            if "content" in attributes
        }

        assert metas["Content-Security-Policy"] == environment.policy()
        assert re.match(
            r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; img-src data:; base-uri 'none'; form-action 'none'",
            environment.policy(),
        )
        assert metas["referrer"] == "no-referrer"
        assert f"<style>{environment.sheet()}</style>".encode() in page


def test_every_page_says_for_whom_it_is():
    for page in every_page().values():
        assert "For the team. Do not forward: it holds people\u2019s words and names." in words(page)
        assert "are invented" not in words(page)


def test_every_page_of_an_invented_exercise_says_so():
    for page in every_page(invented=True).values():
        assert "The people, posts, organisations and numbers on this page are invented." in words(page)


def test_text_of_any_direction_stays_in_its_box():
    digest = composed([kept(1, text="\u202eabc \u05d0\u05d1", lang="he", author=Author(name="\u05d0\u202e", handle="x"))])

    page = pages.render(digest)["week-1/not-grouped.html"].decode()

    assert '<blockquote lang="he"><p dir="auto">\u202eabc \u05d0\u05d1</p></blockquote>' in page
    assert '<bdi class="who">\u05d0</bdi>' in page


@given(st.text(), st.text(), st.text(max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_a_page_that_closes_its_tags(text, name, label):
    found = Analysis(
        week=1,
        version="groups-1",
        made_at=WEEK.closes,
        clusters=(Cluster(key="w1-c1", label=label, keywords=(name[:20] or "x",), members=(1,), representatives=(1,)),),
    )
    digest = composed([kept(1, text=text, title=text, role=name, author=Author(name=name, handle=name))], analysis=found)

    for page in pages.render(digest).values():
        assert len(Outline(page).all("h1")) == 1


# --- charts -----------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999))
def test_the_parts_of_a_tone_bar_fill_it_and_do_not_overlap(difficult, neutral, good):
    parts = charts.pieces(ToneCount(difficult=difficult, neutral=neutral, good=good))

    assert sum(part.value for part in parts) == difficult + neutral + good
    assert all(left.x + left.width < right.x for left, right in pairwise(parts))
    assert not parts or parts[-1].x + parts[-1].width == pytest.approx(100, abs=0.1)


@given(st.lists(st.integers(0, 9999), max_size=8))
def test_columns_stand_on_the_ground_and_stay_in_the_picture(counts):
    columns = charts.columns([DayRow(name="Monday", short="Mon", contributions=count) for count in counts])

    assert all(column.y + column.height == pytest.approx(140) for column in columns)
    assert all(column.y >= 44 and column.x >= 0 and column.x + column.width <= 100 for column in columns)


@given(st.lists(st.integers(0, 9999), max_size=8))
def test_bars_leave_room_for_their_number(counts):
    assert all(0 <= bar.width <= 84 for bar in charts.bars([("Channel", count) for count in counts]))
