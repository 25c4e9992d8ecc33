"""Reading and curating a week in a real browser: by keyboard only, by thumb, without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest

from listener.jobs import desk as deciding
from listener.jobs import people
from tests import desks
from tests.desk_clients import make_app
from tests.servers import browser, desk
from tests.test_pages_browser import OPEN_ALL

pytestmark = pytest.mark.browser

PASSWORD = "four tulips below the bridge"
PAGES = [
    "/",
    "/weeks/1",
    "/weeks/1/contributions?state=new",
    "/weeks/1/contributions/3",
    "/weeks/1/themes/{0}",
    "/weeks/1/themes/{0}/merge?into={1}",
    "/weeks/1/themes/{0}/split?rows=1",
    "/weeks/1/tray",
    "/weeks/1/acts",
    "/weeks/1/read-first",
    "/weeks/1/add",
    "/weeks/1/contributions/999",
]
TARGETS = "main button, main .button, main summary, main select, main input:not([type=hidden], [type=radio], [type=checkbox])"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.opened() as running:
        yield running


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Any:
    """A week that somebody began: one contribution in our words, a story, something that came since."""
    folder = tmp_path_factory.mktemp("desk")
    service = desks.collected(folder, extra='[safeguarding]\nphrases = ["ambulance"]\n')
    for name in ("anna", "ben"):
        people.add(service, name, "curator", PASSWORD)
    key = desks.themes_of(service)[0]
    desks.decide(service, f"theme:{key}", "add", kind="prose", text="Many **waited**.", by=2)
    desks.decide(service, f"theme:{key}", "add", kind="heading", text="What helped", by=2)
    desks.decide(service, "post:3", "paraphrase", text="Somebody rang at night.", by=2)
    desks.listen(service, folder, range(43))
    return service


@pytest.fixture(scope="module")
def address(service) -> Iterator[str]:
    with desk.running(make_app(service)) as port:
        yield f"http://localhost:{port}"


@pytest.fixture(scope="module")
def signed_in(chromium, address) -> Any:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.locator("[name=name]").fill("anna")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def opened(chromium, address, signed_in, service) -> Iterator[Any]:
    """Opens a page of the desk; `{0}` and `{1}` in its path are the first two themes."""
    contexts = []

    def open_page(path, **how):
        contexts.append(chromium.new_context(storage_state=signed_in, **how))
        page = contexts[-1].new_page()
        page.goto(address + path.format(*desks.themes_of(service)))
        return page

    yield open_page
    for context in contexts:
        context.close()


def state_of(service):
    return deciding.state(service, desks.week_of(service))[1]


def settled(page):
    """After the browser went and came back."""
    page.wait_for_load_state("load")


@pytest.mark.parametrize("path", PAGES)
def test_a_thumb_finds_everything_on_the_smallest_phone(opened, path):
    page = opened(path, viewport={"width": 320, "height": 640}, has_touch=True)
    page.evaluate(OPEN_ALL)

    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    heights = [(one.bounding_box() or {"height": 0})["height"] for one in page.locator(TARGETS).filter(visible=True).all()]

    assert over <= 0
    assert [height for height in heights if height < 43.5] == []


def test_a_week_is_curated_by_keyboard_only(opened, service):
    page = opened("/weeks/1/contributions?state=new")
    page.keyboard.press("j")
    page.keyboard.press("j")
    row = int(page.evaluate("document.activeElement.querySelector('.card').id.slice(1)"))
    page.keyboard.press("k")
    page.keyboard.press("j")

    with page.expect_navigation():
        page.keyboard.press("c")
    assert state_of(service).chosen == (row,)

    page.goto(page.url.partition("/contributions")[0] + f"/contributions/{row}")
    page.keyboard.press("p")
    page.keyboard.type("In our words, by keyboard.")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert state_of(service).paraphrases[row].text == "In our words, by keyboard."

    with page.expect_navigation():
        page.keyboard.press("u")
    assert row not in state_of(service).paraphrases


def test_a_theme_is_renamed_by_keyboard_only(opened, service):
    key = desks.themes_of(service)[1]
    page = opened("/weeks/1/themes/{1}")
    _tab_to(page, "SUMMARY", "Rename")

    page.keyboard.press("Enter")
    _tab_to(page, "INPUT", "")
    page.keyboard.press("Control+a")
    page.keyboard.type("Named by keyboard")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert state_of(service).theme(key).label == "Named by keyboard"


def _tab_to(page, tag, text):
    """As far as a person has to."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate("[document.activeElement.tagName, document.activeElement.innerText]")
        if found[0] == tag and found[1].startswith(text):
            return
    raise AssertionError(f"Tab does not reach {tag} {text}")


def test_keys_open_what_they_name_and_leave_it(opened):
    page = opened("/weeks/1/contributions?state=new")
    page.keyboard.press("j")

    for key, field in (("h", "reason"), ("t", "tone"), ("m", "theme")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.name") == field
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        assert page.locator(".item details[open]").count() == 0
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "words"
    page.keyboard.type("j?cu")
    assert page.locator("[name=words]").input_value() == "j?cu"


def test_help_opens_and_shuts(opened):
    page = opened("/weeks/1")

    page.keyboard.press("?")
    assert page.locator("#keys dl").is_visible()
    page.keyboard.press("?")

    assert not page.locator("#keys dl").is_visible()


def test_after_an_act_the_keys_go_on_where_they_were(opened):
    page = opened("/weeks/1/contributions")
    for _ in range(5):
        page.keyboard.press("j")
    before = page.evaluate("document.activeElement.querySelector('.card').id")

    page.keyboard.press("t")
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    settled(page)
    assert page.evaluate("document.activeElement.querySelector('.card').id") == before


def test_without_scripts_a_contribution_is_hidden_and_that_is_undone(opened, service):
    page = opened("/weeks/1/contributions?state=new", java_script_enabled=False, viewport={"width": 360, "height": 740})
    item = page.locator(".item").nth(4)
    row = int((item.locator(".card").get_attribute("id") or "")[1:])

    item.locator("summary", has_text="Hide").click()
    item.locator("[name=reason]").select_option("abuse")
    item.get_by_role("button", name="Hide", exact=True).click()
    assert state_of(service).hidden == {row: "abuse"}
    page.locator(".undo button").click()

    assert state_of(service).hidden == {}


def test_focus_is_seen(opened):
    page = opened("/weeks/1/contributions")

    page.keyboard.press("j")

    style = page.evaluate(
        "(({ outlineStyle, outlineWidth }) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))"
    )
    assert style == ["solid", "3px"]
