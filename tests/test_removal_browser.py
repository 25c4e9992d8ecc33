"""Asking for a quote to come down, in a real browser: by keyboard only, without scripts."""

from datetime import timedelta

import pytest

from tests.desk_clients import make_app
from tests.lived_desk import Clock
from tests.servers import browser, desk
from tests.services import FIRST, make_service

pytestmark = pytest.mark.browser


def test_without_scripts_and_with_the_keyboard_somebody_asks_and_keeps_no_cookie(tmp_path):
    service = make_service(tmp_path, now=Clock(FIRST, timedelta(seconds=3)))
    with desk.running(make_app(service)) as port, browser.opened() as chromium:
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"http://localhost:{port}/remove")
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
    service.store.close()

    assert (heading, cookies) == ("Thank you", [])
