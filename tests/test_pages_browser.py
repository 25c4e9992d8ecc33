"""Pages in a real browser: accessible, quiet on the network, readable on a phone and without scripts."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from digests import compose, pages
from storage.values import TONES, Coverage, Gap, Score
from tests.factories import make_exercise, make_week
from tests.servers import browser
from tests.test_compose import analysis, composed, kept
from tests.test_pages import HOSTILE

pytestmark = pytest.mark.browser

QUESTION = "When the person you care for goes into hospital or comes home, what would help you feel listened to?"
WEEK = make_week(
    1, title="Coming home from hospital", question=QUESTION, questions=("What would you have liked to know sooner?",)
)
PAGES = [
    "index.html",
    "week-1/index.html",
    "week-1/theme-1.html",
    "week-1/not-grouped-2.html",
    "week-1/left-out.html",
    "week-2/index.html",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.opened() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Two weeks on disk: a busy one with awkward posts, and a quiet one."""
    exercise = make_exercise(invented=True, title="Commitment for Carers")
    folder: Path = tmp_path_factory.mktemp("site")
    busy, quiet = _busy(exercise), composed([], exercise=exercise, week=make_week(2))
    files = pages.render(busy) | pages.render(quiet)
    files |= pages.index(exercise, [compose.summarise(busy), compose.summarise(quiet)], WEEK.closes + timedelta(days=8))
    for name, page in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(page)
    return folder


def _busy(exercise):
    awkward = [
        HOSTILE,
        "x" * 3000,
        "\u05d0\u05d1 \u202eabc",
        "https://example.org/" + "a" * 300,
        "A bench by the door would help. " * 9,
    ]
    posts = [
        kept(
            row,
            network=network,
            text=awkward[row % len(awkward)],
            url=f"https://example.org/{row}",
            warning="food" if row % 9 == 0 else "",
        )
        for row, network in enumerate(["bluesky", "mail", "form", "x", "file", "web"] * 60, 1)
    ]
    found = analysis(tuple(range(1, 90)), tuple(range(90, 95)), alone=(95, 96), aside={97: "advert"})
    gap = Gap(source="tag", since=WEEK.opens, until=WEEK.opens + timedelta(hours=24), reason="no answer", fillable=False)
    coverage = (
        Coverage(
            source="tag", kind="bluesky", channel="bluesky", asked="#NHSThinkCarer", due=168, read=144, gaps=(gap,), posts=200
        ),
        Coverage(source="x", kind="x", channel="x", asked="", due=0, read=0, off="no contract"),
    )
    scores = {row: Score(TONES[row % 3], 0.0) for row in range(1, 360)}
    return composed(posts, exercise=exercise, week=WEEK, analysis=found, coverage=coverage, scores=scores)


def opened(chromium, site, name, **context):
    page = chromium.new_context(**context).new_page()
    page.goto((site / name).as_uri())
    return page


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(chromium, site, name):
    page = opened(chromium, site, name, bypass_csp=True)
    page.evaluate(browser.axe())
    found = {}

    for shut, width, scheme in product((True, False), (360, 768, 1280), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("" if shut else OPEN_ALL)
        found[shut, width, scheme] = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in _violations(page)]

    page.context.close()
    assert {view: rules for view, rules in found.items() if rules} == {}


def _violations(page):
    return page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)["violations"]


@pytest.mark.parametrize("name", PAGES)
def test_no_request_leaves_the_page_and_the_policy_is_not_broken(chromium, site, name):
    page = chromium.new_context().new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    page.goto((site / name).as_uri(), wait_until="networkidle")

    styled = page.evaluate("getComputedStyle(document.querySelector('.skip')).position")
    page.context.close()
    assert [url for url in asked if not url.startswith("data:")] == [(site / name).as_uri()]
    assert said == []
    assert styled == "absolute", "the style sheet does not fit its hash"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_on_the_smallest_phone(chromium, site, name):
    page = opened(chromium, site, name, viewport={"width": 320, "height": 600}, java_script_enabled=True)
    page.evaluate(OPEN_ALL)
    page.evaluate(
        "for (const { style } of document.querySelectorAll('*'))"
        " Object.assign(style, { lineHeight: '1.5', letterSpacing: '.12em', wordSpacing: '.16em' })"
    )

    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    page.context.close()
    assert over <= 0


def test_the_first_phone_screen_holds_question_number_finding_and_gaps(chromium, site):
    page = opened(chromium, site, "week-1/index.html", viewport={"width": 360, "height": 740})

    ends = {part: page.locator(part).bounding_box() for part in ("h1", ".ask", ".many", ".finding", ".gaps")}

    page.context.close()
    assert {part: box["y"] + box["height"] <= 740 for part, box in ends.items()} == dict.fromkeys(ends, True)


@pytest.mark.parametrize("name", PAGES)
def test_every_word_is_there_without_scripts(chromium, site, name):
    page = opened(chromium, site, name, java_script_enabled=False)

    heading = page.locator("h1").inner_text()
    shown = page.locator("main").inner_text()

    page.context.close()
    assert heading in shown
    assert "<script" not in (site / name).read_text(encoding="utf-8")


def test_targets_are_large_enough_and_focus_begins_at_the_skip_link(chromium, site):
    page = opened(chromium, site, "week-1/index.html", viewport={"width": 360, "height": 740})
    targets = page.locator("nav a, summary, .card a, .brand").filter(visible=True).all()
    small = [target.inner_text() for target in targets if (target.bounding_box() or {"height": 0})["height"] < 24]

    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.className")

    page.context.close()
    assert small == []
    assert focused == "skip"


def test_print_opens_the_tables(chromium, site):
    page = opened(chromium, site, "week-1/index.html")
    page.emulate_media(media="print")

    heights = page.evaluate(
        "[...document.querySelectorAll('details.data table')].map(one => one.getBoundingClientRect().height)"
    )

    page.context.close()
    assert len(heights) == 3
    assert min(heights) > 0
