"""What people of the rehearsed team do at the desk, in a real browser."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.processes import ENV
from tests.rehearsal import Stage

PASSWORD = "kettle-lamp-otter-41"
DESKTOP, PHONE = (1280, 900), (360, 740)


def open_accounts(stage: Stage) -> None:
    """An operator makes them on the machine itself: ben curates, anna publishes."""
    secret = stage.folder / "first-password"
    secret.write_text(PASSWORD + "\n")
    secret.chmod(0o600)
    for name, role in (("ben", "curator"), ("anna", "publisher")):
        listener(stage, "user", "add", name, "--role", role, "--password-file", str(secret))
    secret.unlink()


def listener(stage: Stage, *words: str, within: Path | None = None) -> str:
    """A command at the machine, on its clock; what it said."""
    command = [sys.executable, "-m", "tests.on_clock", str(stage.clock), *words]
    done = subprocess.run(
        command, cwd=within or stage.folder, env=ENV, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def seated(
    stage: Stage, browser: Browser, name: str, size: tuple[int, int] = DESKTOP, *, scripts: bool = True
) -> Iterator[Page]:
    """Somebody signed in at the desk, by keyboard; their browser may run scripts or not."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts, has_touch=size == PHONE
    )
    page = context.new_page()
    page.goto(f"{stage.address}/sign-in")
    page.locator("[name=name]").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    try:
        yield page
    finally:
        context.close()


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def tab_to(page: Page, name: str) -> None:
    """Goes on by the Tab key until this button or link has the focus."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").split() == name.split():
            return
    raise AssertionError(f"{name} cannot be reached by the keyboard")


def do(page: Page, name: str, within: str = "main") -> None:
    """Presses a button that sends a form; it must be large enough for a thumb on a phone."""
    button = page.locator(within).get_by_role("button", name=name, exact=True).first
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    with page.expect_navigation():
        button.click()


def choose(page: Page, stage: Stage, words: str) -> None:
    """Finds a contribution and chooses it, without the mouse; the first key finds, j goes to it, c chooses."""
    page.goto(f"{stage.address}/weeks/1/contributions")
    page.keyboard.press("/")
    page.keyboard.type(words)
    press(page, "Enter")
    page.keyboard.press("j")
    press(page, "c")
    assert page.get_by_text("Chosen", exact=True).count() == 1


def row_of(page: Page, stage: Stage, words: str) -> int:
    """The number of the contribution with these words."""
    page.goto(f"{stage.address}/weeks/1/contributions?words={words.replace(' ', '+')}")
    label = page.locator("article.item").first.get_attribute("aria-label") or ""
    return int(label.removeprefix("Contribution "))
