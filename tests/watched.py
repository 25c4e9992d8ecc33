"""Pages in a real browser that tells of whatever ran on them, asked for something, or stands there and is none of ours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Request, Route

HOME = "http://desk.test"
OURS = ("/static/", "/look/")
_RAN, _STOPPED = "canary: ran", "canary: stopped"
# Whatever a hostile text would do to show that it runs is told to the console, also out of frames.
_CANARY = """(() => {
  const told = (...words) => console.debug("canary:", ...words);
  for (const name of ["alert", "confirm", "prompt", "print"])
    Object.defineProperty(window, name, { value: () => told("ran", name), configurable: false });
  Object.defineProperty(document, "vulnerable", { set: () => told("ran", "vulnerable") });
  addEventListener("securitypolicyviolation", one => told("stopped", one.effectiveDirective, one.blockedURI, one.sample));
})()"""
_TAGS = (
    "html head meta title link style script body a header main footer nav section article div p span strong b bdi br q sub "
    "h1 h2 h3 h4 ul ol li dl dt dd blockquote figure figcaption details summary table caption thead tbody tr th td time code "
    "kbd form fieldset legend label input select option textarea button svg circle path g rect text line"
)
# What stands on the page and none of our templates put there, and the page's words.
_LOOK = """async ([tags, wait]) => {
  await new Promise(done => setTimeout(done, wait));
  if (document.contentType !== "text/html") return [[], document.documentElement.textContent];
  const known = new Set(tags.split(" ")), found = [];
  const leads = (one, name) => {
    const told = one.getAttribute(name);
    if (told === null || (one.localName === "link" && one.rel === "icon" && told.startsWith("data:"))) return true;
    try { return ["http:", "https:", "mailto:", "tel:"].includes(new URL(told, location).protocol) } catch { return false }
  };
  const stray = one => !known.has(one.localName)
    || (one.localName === "script" && !one.src.startsWith(location.origin + "/static/"))
    || (one.localName === "meta" && one.httpEquiv && one.httpEquiv !== "Content-Security-Policy")
    || (one.localName === "link" && !["icon", "stylesheet"].includes(one.rel))
    || one.getAttributeNames().some(name => /^on|^style$|srcdoc|formaction|background|poster|srcset|ping|^xlink/i.test(name))
    || !["href", "src", "action", "data", "cite"].every(name => leads(one, name));
  for (const one of document.querySelectorAll("*")) if (stray(one)) found.push(one.cloneNode().outerHTML.slice(0, 200));
  if (document.querySelectorAll("style").length > 1) found.push("a second style sheet");
  const fields = [...document.querySelectorAll("input, textarea")].map(one => one.value);
  return [found, [document.title, document.documentElement.textContent, ...fields].join(" ")];
}"""


class Answer(NamedTuple):
    """What the desk, or a web server, answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Told:
    """What pages did: scripts that `ran`, ones that the policy `stopped`, requests that they `asked` for, and what stood on
    them that is none of ours (`strange`), each with the page it was on."""

    pages: int = 0
    ran: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> tuple[list[str], ...]:
        return self.ran, self.stopped, self.asked, self.strange

    @property
    def all(self) -> list[str]:
        return [one for kind in self.kinds for one in kind]

    def __iadd__(self, other: "Told") -> "Told":
        self.pages += other.pages
        for mine, theirs in zip(self.kinds, other.kinds, strict=True):
            mine.extend(theirs)
        return self


class Watch:
    """A browser's window. `policed` False switches Content-Security-Policy off: then escaping alone has to hold."""

    def __init__(self, browser: Browser, own: Callable[[str], Answer], *, policed: bool = True, wait: int = 10) -> None:
        self.told = Told()
        self.texts: list[str] = []
        self._own, self._wait, self._kept = own, wait, dict[str, Answer]()
        self._name = ""
        self._next: Answer | None = None
        self._context = browser.new_context(bypass_csp=not policed)
        self._context.add_init_script(_CANARY)
        self._context.route("**/*", self._answer)
        self._context.on("console", self._hear)
        self._page = self._opened()

    def show(self, name: str, answer: Answer) -> str:
        """The page as the desk would show it there, and what it says to a reader and in its fields."""
        self._name, self._next = name, answer
        self.told.pages += 1
        try:
            self._page.goto(f"{HOME}/{name.lstrip('/')}", wait_until="load")
            found, text = self._page.evaluate(_LOOK, [_TAGS, self._wait])
        except Error as error:  # it went elsewhere, as only a hostile one does; or it broke
            self.told.asked.append(f"{name}: {str(error).splitlines()[0]}")
            self._page.close()
            self._page = self._opened()
            return ""
        self.told.strange += [f"{name}: {one}" for one in found]
        self.texts.append(text)
        return str(text)

    def close(self) -> None:
        self._context.close()

    def _opened(self) -> Any:
        page = self._context.new_page()
        page.on("websocket", lambda socket: self.told.asked.append(f"{self._name}: {socket.url}"))
        page.on("popup", self._close)
        page.on("dialog", self._dismiss)
        return page

    def _close(self, other: Any) -> None:
        self.told.asked.append(f"{self._name}: a window")
        other.close()

    def _dismiss(self, dialog: Any) -> None:
        self.told.ran.append(f"{self._name}: a dialog")
        dialog.dismiss()

    def _hear(self, message: Any) -> None:
        if message.text.startswith(_RAN):
            self.told.ran.append(f"{self._name}: {message.text}")
        elif message.text.startswith(_STOPPED):
            self.told.stopped.append(f"{self._name}: {message.text}")

    def _answer(self, route: Route, request: Request) -> None:
        path = urlsplit(request.url).path
        if self._next is not None:  # the first request is for the page itself
            answer, self._next = self._next, None
        elif request.url.startswith(HOME) and path.startswith(OURS):
            answer = self._kept.get(path) or self._own(request.url[len(HOME) :])
            self._kept[path] = answer._replace(body=b"") if path.endswith(".css") else answer
        else:
            self.told.asked.append(f"{self._name}: {request.url[:200]}")
            route.abort()
            return
        route.fulfill(status=answer.status, headers=dict(answer.headers), body=answer.body)
