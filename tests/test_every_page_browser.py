"""Every page of a desk that people have worked at, in a real browser: accessible, quiet, and as wide as its window."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from tests import every_page, lived_desk
from tests.desk_clients import Desk, signed_in
from tests.every_page import Visit, unvisited
from tests.lived_desk import LivedDesk
from tests.servers import browser, desk
from tests.test_pages_browser import OPEN_ALL, RULES

pytestmark = pytest.mark.browser

SHUT_ALL = "document.querySelectorAll('details').forEach(one => { one.open = false })"
WIDTHS = (320, 360, 768, 1280)
VIEWS = ((360, "light", OPEN_ALL), (1280, "dark", SHUT_ALL))
AXE = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})"
SEND = """([path, fields]) => {
  const form = document.createElement("form");
  [form.method, form.action] = ["post", path];
  const tokens = [...document.querySelectorAll("[name=csrf_token], [name=token]")].map(one => [one.name, one.value]);
  for (const [name, value] of [...tokens, ...Object.entries(fields)]) {
    const input = document.createElement("textarea");
    [input.name, input.value] = [name, value];
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""
AROUND = """() => {
  const main = document.createElement("main");
  main.append(...document.body.childNodes);
  document.body.append(main);
  main.insertAdjacentHTML("afterbegin", "<h1>Another system</h1>");
  [document.title, document.documentElement.lang] = ["Another system", "en"];
}"""
"""Makes a page of another system of a fragment, which is a piece of one."""


class Looker:
    """Looks at pages as several people and keeps what it finds wrong, by page."""

    def __init__(self, chromium: Any, address: str, lived: LivedDesk) -> None:
        self.address = address
        self.found: dict[str, list[str]] = {"axe": [], "wide": [], "asked": [], "said": []}
        self._chromium, self._lived = chromium, lived
        self._pages: dict[Any, Any] = {}
        self._now: Visit | None = None

    def look(self, visit: Visit) -> int:
        """What was answered; what is wrong with it is kept."""
        self._now = visit
        page = self._page(visit.by)
        page.set_viewport_size({"width": 1280, "height": 900})
        status = self._go(page, visit)
        page.wait_for_load_state("load")
        if visit.path.endswith("fragment.html"):
            page.evaluate(AROUND)
        else:
            self._measure(page)
        self._ask_axe(page)
        return status

    def _go(self, page: Any, visit: Visit) -> int:
        if not visit.fields:
            return int(page.goto(self.address + visit.path).status)
        for _ in range(visit.times):
            page.goto(self.address + visit.start)
            with page.expect_navigation() as answered:
                page.evaluate(SEND, [visit.path, visit.fields])
        return int(answered.value.status)

    def _measure(self, page: Any) -> None:
        for width, how in product(WIDTHS, (SHUT_ALL, OPEN_ALL)):
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(how)
            if (over := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
                self.found["wide"].append(f"{self._now}, {width} {'shut' if how is SHUT_ALL else 'open'}: {over}")

    def _ask_axe(self, page: Any) -> None:
        page.evaluate(browser.axe())
        for width, scheme, how in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.evaluate(how)
            for one in page.evaluate(AXE, RULES)["violations"]:
                told = [node["html"][:200] for node in one["nodes"]]
                self.found["axe"].append(f"{self._now}, {width} {scheme}: {one['id']} {told}")
        page.emulate_media(color_scheme="light")

    def _page(self, by: Any) -> Any:
        if by not in self._pages:
            context = self._chromium.new_context()
            if by is not None:
                context.add_cookies(self._cookies(signed_in(self._lived.service, by, app=self._lived.app)))
            page = self._pages[by] = context.new_page()
            page.on("request", self._hear_request)
            page.on("console", lambda message: self._hear(message.text))
            page.on("pageerror", lambda error: self._hear(str(error)))
        return self._pages[by]

    def _cookies(self, client: Desk) -> list[Any]:
        kept = client.get_cookie("listener")
        assert kept
        return [{"name": kept.key, "value": kept.value, "url": self.address}]

    def _hear_request(self, request: Any) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self.found["asked"].append(f"{self._now}: {request.url}")

    def _hear(self, text: str) -> None:
        is_refused = self._now is not None and self._now.status >= 400
        if not (is_refused and "the server responded with a status of" in text):
            self.found["said"].append(f"{self._now}: {text}")


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Iterator[LivedDesk]:
    with lived_desk.opened(tmp_path_factory.mktemp("lived")) as made:
        yield made


@pytest.fixture(scope="module")
def looked(lived) -> Iterator[tuple[list[tuple[Visit, int]], Looker]]:
    """Every visit with its answer, and what was found."""
    with browser.opened() as chromium, desk.running(lived.app) as port:
        looker = Looker(chromium, f"http://localhost:{port}", lived)
        yield [(visit, looker.look(visit)) for visit in every_page.visits(lived)], looker


def test_every_route_is_visited_and_answers_as_it_should(lived, looked):
    visited, _ = looked

    assert unvisited(lived.app, (visit.path for visit, _ in visited)) == set()
    assert [f"{visit}: {status}" for visit, status in visited if status != visit.status] == []


@pytest.mark.parametrize("kind", ["axe", "wide", "asked", "said"])
def test_nothing_is_wrong_with_any_page(looked, kind):
    assert looked[1].found[kind] == []
