"""Publishing, deliveries and requests in a real browser: accessible, quiet, readable on a phone, without scripts."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from listener.jobs import deliver, people, takedown
from tests import desks, published
from tests.desk_clients import make_app
from tests.servers import browser, desk
from tests.services import FIRST
from tests.test_pages_browser import RULES

pytestmark = pytest.mark.browser

PASSWORD = "four tulips below the bridge"
OURS = "A neighbour waited for somebody to ring back, and nobody did until the week was over. " * 4
PUBLIC = ["/remove", "/remove?quote=1-01", "/remove/thanks/12"]
INSIDE = [
    "/weeks/1/publish",
    "/weeks/2/publish",
    "/weeks/1/withdraw",
    "/weeks/1/withdraw/1-01",
    "/weeks/1/fragment",
    "/deliveries",
    "/removals",
    "/removals/1",
    "/removals/2",
]
SHOWN: list[tuple[str, bool]] = [*((path, False) for path in PUBLIC), *((path, True) for path in INSIDE)]


class Clock:
    """Goes on with each look, so that nothing is too fast."""

    def __init__(self):
        self.at = FIRST + timedelta(days=8)

    def __call__(self):
        self.at += timedelta(seconds=3)
        return self.at


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.opened() as running:
        yield running


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Of a desk where week 1 is published but one way out is red, and two people ask for a quote to come down."""
    folder = tmp_path_factory.mktemp("desk")
    service = desks.collected(folder, now=Clock())
    people.add(service, "anna", "publisher", PASSWORD)
    week = desks.week_of(service)
    published.quote(service, week, 3, ("post:3", "paraphrase", {"text": OURS}))
    published.publish(service, week)
    takedown.ask(service, week=1, ref="1-01", reason="It is me.\n" + "x" * 300, contact="me@example.org")
    takedown.ask(service, week=0, ref="that one of mine", reason="", contact="")
    deliver.do(service)
    (folder / "public/week-1/v2/index.html").mkdir(parents=True)
    published.publish(service, week, 2)
    deliver.do(service)
    with desk.running(make_app(service)) as port:
        yield f"http://localhost:{port}"
    service.store.close()


@pytest.fixture(scope="module")
def signed_in(chromium, address) -> Any:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in?next=/deliveries")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/deliveries")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.mark.parametrize(("path", "inside"), SHOWN)
def test_axe_finds_nothing(chromium, address, signed_in, path, inside):
    page = chromium.new_context(bypass_csp=True, storage_state=signed_in if inside else None).new_page()
    page.goto(address + path)
    page.evaluate(browser.axe())
    found = {}

    for width, scheme in product((360, 768, 1280), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        ran = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
        found[width, scheme] = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in ran["violations"]]

    page.context.close()
    assert {view: rules for view, rules in found.items() if rules} == {}


@pytest.mark.parametrize(("path", "inside"), SHOWN)
def test_pages_are_quiet_and_never_scroll_sideways(chromium, address, signed_in, path, inside):
    page = chromium.new_context(storage_state=signed_in if inside else None, viewport={"width": 320, "height": 600}).new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))

    page.goto(address + path, wait_until="networkidle")

    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.context.close()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert (said, over <= 0) == ([], True)


def test_without_scripts_and_with_the_keyboard_somebody_asks_and_keeps_no_cookie(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/remove")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("1-01")
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("me@example.org")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**/remove/thanks/*")
    heading, cookies = page.get_by_role("heading", level=1).inner_text(), context.cookies()
    context.close()
    assert (heading, cookies) == ("Thank you", [])
