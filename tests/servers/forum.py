"""A Fossil forum with its feed on a free port of this machine. People write into it through its own web pages."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.servers import programs
from tests.servers.dovecot import free_port

WRITER, PASSWORD = "carer", "correct horse"
MAY_READ, MAY_WRITE = "hgjorz2", "u2345"


def missing() -> str:
    """Why it cannot be started here, empty if it can."""
    return "" if programs.of_debian("fossil") else "Fossil not installed: tests/servers/install.sh does it"


@dataclass
class Forum:
    url: str
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def options(self) -> dict[str, Any]:
        return {"url": f"{self.url}/timeline.rss?y=f", "allow_private_addresses": True, "role": "comment"}

    def sign_in(self) -> None:
        check = _hidden(self.session.get(f"{self.url}/login", timeout=20).text, "cs")
        self._send("/login", u=WRITER, p=PASSWORD, cs=check, **{"in": "Login"})

    def begin(self, title: str, words: str) -> str:
        """Begins a thread; the name of its first post."""
        return self._post("/forumnew", title=title, content=words)

    def reply(self, post: str, words: str) -> str:
        return self._post("/forume2", fpid=post, reply="1", content=words)

    def edit(self, post: str, title: str, words: str) -> str:
        """An edited post has a new name, and the thread its new heading."""
        return self._post("/forume2", fpid=post, edit="1", title=title, content=words)

    def _post(self, path: str, **told: str) -> str:
        answer = self._send(path, mimetype="text/x-markdown", submit="Submit", **told)
        found = re.search(r"/forumpost/([0-9a-f]+)", answer.url)
        assert found, f"the forum did not take the post: {answer.url}"
        return found[1]

    def _send(self, path: str, **told: str) -> requests.Response:
        answer = self.session.post(self.url + path, data=told, headers={"referer": f"{self.url}/forum"}, timeout=20)
        answer.raise_for_status()
        return answer


@contextmanager
def started(folder: Path) -> Iterator[Forum]:
    """An empty forum, which one person may write in and everybody read."""
    repository, port = folder / "forum.fossil", free_port()
    program, here = programs.of_debian("fossil"), {"HOME": str(folder), "FOSSIL_HOME": str(folder), "USER": "admin"}
    for told in (
        ("new", "--admin-user", "admin", str(repository)),
        ("user", "new", WRITER, "carer@example.org", PASSWORD, "-R", str(repository)),
        ("user", "capabilities", WRITER, MAY_WRITE, "-R", str(repository)),
        ("user", "capabilities", "nobody", MAY_READ, "-R", str(repository)),
    ):
        subprocess.run([program, *told], check=True, env=here, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    serve = [program, "server", str(repository), "--localhost", "--port", str(port), "--baseurl", url]
    with programs.listening(serve, port, folder / "fossil.log", here):
        forum = Forum(url)
        forum.sign_in()
        yield forum


def _hidden(page: str, name: str) -> str:
    """The value of a form's hidden field."""
    for field_ in re.findall(r"<input[^>]*>", page):
        told: dict[str, str] = dict(re.findall(r"""(name|value)=["']([^"']*)["']""", field_))
        if told.get("name") == name:
            return told.get("value", "")
    raise AssertionError(f"the page has no field {name}")
