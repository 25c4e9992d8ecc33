"""Published pages in a real browser: accessible, quiet on the network, readable on a phone, on paper and without styles."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from digests import public, public_pages
from digests.curation import Element, HeldTheme, Paraphrase
from digests.edition import ChangeEntry, PublicDigest, Rules
from storage.curated import Edition
from tests.publishing import OURS, make_curation, make_facts, make_gap, make_said
from tests.servers import browser
from tests.test_pages import HOSTILE
from tests.test_pages_browser import OPEN_ALL, RULES, opened

pytestmark = pytest.mark.browser

PAGES = ["index.html", "week-1/index.html", "week-1/v1/index.html", "week-2/index.html", "week-3/index.html"]
CHANGES = (
    ChangeEntry(version=1, date=date(2026, 10, 19), sentence="First published."),
    ChangeEntry(version=2, date=date(2026, 10, 21), sentence="1 quote withdrawn."),
)
ABOUT = Rules(
    changes=CHANGES[:1],
    contact="listening@example.org",
    privacy_notice="https://example.org/privacy",
    accessibility="https://example.org/accessibility",
    remove_address="https://example.org/desk/remove",
    urgent="If somebody is in danger, call 999.",
    read_when="We read what comes in from Monday to Friday.",
    last_week={"all": 200, "channel/bluesky": 60, "channel/form": "few"},
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.opened() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """A busy week with two versions and a withdrawn quote, a digest that was withdrawn, and a quiet week."""
    folder: Path = tmp_path_factory.mktemp("public")
    busy = _busy()
    later = public.next_version(public.from_json(public.to_json(busy), public.quotes(busy)[1:]), CHANGES[1])
    quiet = public.compose(make_facts(posts=[], curation=make_curation(themes=())), ABOUT)
    gone = {"withdrawn_at": datetime(2026, 11, 1, tzinfo=UTC)}
    editions = [_edition(busy), _edition(later), _edition(replace(busy, number=2), **gone), _edition(replace(quiet, number=3))]
    for name, content in public_pages.render_all(make_facts().exercise, editions).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def _edition(digest: PublicDigest, **more: Any) -> tuple[Edition, PublicDigest]:
    at = datetime(2026, 10, 19, tzinfo=UTC)
    return Edition(week=digest.number, version=digest.version, at=at, by=1, content="", hash="", **more), digest


def _busy() -> PublicDigest:
    networks = ("bluesky", "mastodon", "form", "mail", "web")
    posts = [make_said(row, networks[row * row % 5], day=12 + row % 6, consent="ticked") for row in range(1, 180)]
    posts[1] = make_said(2, consent="ticked", role="Carer, aged 45 to 64", text=HOSTILE + "\n\n" + "x" * 400)
    story = (
        Element(key=1, kind="prose", text=f"**Plain** words.\n\n- a point\n- [a guide](https://example.org)\n\n{HOSTILE}"),
        Element(key=2, kind="quote", row=1),
        Element(key=3, kind="heading", text="Where it went well " + "y" * 80),
        Element(key=4, kind="quote", row=2),
    )
    cuts = (1, 90, 140, 160, 172, 176)
    labels = ("going home in good time", "ask us, do not just tell us", "who to ring", "w" * 100, "small")
    themes = tuple(
        HeldTheme(key=f"w1-c{place}", label=label, rows=tuple(range(cuts[place], cuts[place + 1])), elements=story[place * 9 :])
        for place, label in enumerate(labels)
    )
    curation = make_curation(
        themes=themes,
        summary="Carers want to know about a discharge before the day.\n\nThey also want to be asked.",
        modes={1: "paraphrase"},
        paraphrases={1: Paraphrase(text=OURS, seq=1, by=1, checked_by=2)},
    )
    facts = make_facts(posts=posts, curation=curation)
    return public.compose(replace(facts, coverage=(replace(facts.coverage[0], gaps=(make_gap(),)),)), ABOUT)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(chromium, site, name):
    page = opened(chromium, site, name, bypass_csp=True)
    page.evaluate(browser.axe())
    found = {}

    for shut, width, scheme in product((True, False), (320, 360, 768, 1280), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.evaluate("" if shut else OPEN_ALL)
        told = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)["violations"]
        found[shut, width, scheme] = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in told]

    page.context.close()
    assert {view: rules for view, rules in found.items() if rules} == {}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_itself_alone_in_its_own_style(chromium, site, name):
    page = chromium.new_context().new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto((site / name).as_uri(), wait_until="networkidle")

    styled = page.evaluate("getComputedStyle(document.querySelector('.skip')).position")
    page.context.close()
    assert [url for url in asked if not url.startswith("data:")] == [(site / name).as_uri()]
    assert styled == "absolute", "the style sheet does not fit its hash"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_on_the_smallest_phone(chromium, site, name):
    page = opened(chromium, site, name, viewport={"width": 320, "height": 600})
    page.evaluate(OPEN_ALL)
    page.evaluate(
        "for (const { style } of document.querySelectorAll('*'))"
        " Object.assign(style, { lineHeight: '1.5', letterSpacing: '.12em', wordSpacing: '.16em' })"
    )

    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    page.context.close()
    assert over <= 0


def test_every_word_is_there_without_scripts_and_a_withdrawn_quote_is_not(chromium, site):
    page = opened(chromium, site, "week-1/index.html", java_script_enabled=False)

    shown = page.locator("main").inner_text()

    page.context.close()
    assert "This week in short" in shown
    assert "Quote 1-01 has been withdrawn." in shown
    assert OURS not in shown


def test_the_reference_of_a_quote_leads_to_it(chromium, site):
    page = opened(chromium, site, "week-1/v1/index.html")

    page.get_by_role("link", name="Quote 1-02").click()

    reached = page.evaluate("document.querySelector(':target').id")
    page.context.close()
    assert reached == "q-1-02"


def test_targets_are_large_enough_and_focus_begins_at_the_skip_link(chromium, site):
    page = opened(chromium, site, "week-1/index.html", viewport={"width": 360, "height": 740})
    targets = page.locator("nav a, summary, .ref, .brand, #about li a, footer a").filter(visible=True).all()
    small = [target.inner_text() for target in targets if (target.bounding_box() or {"height": 0})["height"] < 24]

    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.className")

    page.context.close()
    assert small == []
    assert focused == "skip"


def test_every_chart_has_a_table_and_a_summary(chromium, site):
    page = opened(chromium, site, "week-1/index.html")

    charts = page.evaluate("document.querySelectorAll('figure > .bars, figure > .columns').length")
    tables = page.evaluate("document.querySelectorAll('figure > details table').length")
    silent = page.evaluate("[...document.querySelectorAll('svg[role=img]')].filter(one => !one.ariaLabel).length")

    page.context.close()
    assert (charts, tables, silent) == (3, 3, 0)


def test_it_prints_on_at_most_twelve_pages_with_its_tables_open(chromium, site, tmp_path):
    page = opened(chromium, site, "week-1/index.html")
    page.emulate_media(media="print")

    heights = page.evaluate(
        "[...document.querySelectorAll('details.data table')].map(one => one.getBoundingClientRect().height)"
    )
    printed = page.pdf(format="A4", tagged=True, outline=True, prefer_css_page_size=True)

    page.context.close()
    assert min(heights) > 0
    assert printed.count(b"/Type /Page\n") <= 12
