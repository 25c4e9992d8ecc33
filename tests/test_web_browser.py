"""The desk's own pages in a real browser: signing in by keyboard, by thumb, without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest

from digests import pages
from listener.jobs import output, people
from tests.desk_clients import make_app
from tests.factories import NOW
from tests.servers import browser, desk
from tests.services import make_service

pytestmark = pytest.mark.browser

PASSWORD = "four tulips below the bridge"
LONG = "a.very.long.name.of.somebody@an.even.longer.trust.example"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser.opened() as running:
        yield running


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """Of a desk with a few people and a long record."""
    service = make_service(tmp_path_factory.mktemp("desk"), now=NOW)
    people.add(service, "anna", "operator", PASSWORD)
    for name, role in (("ben", "curator"), ("cleo", "publisher"), (LONG, "viewer")):
        people.add(service, name, role, None)  # type: ignore[arg-type] # a role
    people.disable(service, people.named(service, "cleo"), by=1)
    with service.store.write() as unit:
        for number in range(70):
            unit.accounts.note(1 + number % 4, "hid a contribution", f"week:1 post:{number}", NOW)
    output.write(service.config.output, pages.index(service.config.exercise, [], NOW))
    with desk.running(make_app(service)) as port:
        yield f"http://localhost:{port}"
    service.store.close()


@pytest.fixture(scope="module")
def signed_in(chromium, address) -> Any:
    """What a browser keeps after anna signed in, by keyboard only."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in?next=/people")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/people")
    kept = context.storage_state()
    context.close()
    return kept


def test_without_scripts_a_role_is_changed_and_somebody_disabled(chromium, address, signed_in):
    page = chromium.new_context(storage_state=signed_in, java_script_enabled=False).new_page()
    page.goto(f"{address}/people")

    page.get_by_label("Role of ben").select_option("viewer")
    page.get_by_role("button", name="Change the role of ben").click()
    changed = page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Disable ben").click()
    disabled = page.get_by_role("status").inner_text()

    page.context.close()
    assert changed == "ben is viewer now."
    assert disabled == "ben cannot sign in any more. What they did stays in the record."


def test_targets_are_large_enough_for_a_thumb(chromium, address, signed_in):
    page = chromium.new_context(storage_state=signed_in, viewport={"width": 360, "height": 740}).new_page()
    page.goto(f"{address}/people")

    targets = page.locator("a, button, select, input").filter(visible=True).all()
    boxes = [(target.inner_text()[:20], target.bounding_box()["height"]) for target in targets]

    page.context.close()
    assert [(name, height) for name, height in boxes if height < 24 and name != "Skip to main content"] == []


def test_an_internal_page_keeps_its_own_sheet_inside_the_desk(chromium, address, signed_in):
    page = chromium.new_context(storage_state=signed_in).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(f"{address}/draft/", wait_until="networkidle")

    styled = page.evaluate("getComputedStyle(document.querySelector('.skip')).position")
    page.context.close()
    assert (said, styled) == ([], "absolute")


def test_signing_out_ends_it(chromium, address):
    page = chromium.new_context().new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{address}/people")

    page.get_by_role("button", name="Sign out").click()
    told = page.get_by_role("status").inner_text()
    page.goto(f"{address}/people")
    place = page.url

    page.context.close()
    assert told == "You have signed out."
    assert place == f"{address}/sign-in?next=/people"
