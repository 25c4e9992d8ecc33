"""A blog that Pelican builds into real Atom and RSS feeds, served by nginx on a free port of this machine."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.servers import programs
from tests.servers.dovecot import free_port

FEED = "/all.atom.xml"
SITE = """
SITENAME = "A blog"
SITEURL = FEED_DOMAIN = "http://127.0.0.1:{port}"
TIMEZONE = "Asia/Kolkata"
DEFAULT_LANG = "en"
FEED_ALL_ATOM, FEED_ALL_RSS = "all.atom.xml", "all.rss.xml"
CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
FEED_MAX_ITEMS = {most}
RSS_FEED_SUMMARY_ONLY = False
"""
SERVER = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/errors;
{user}
events {{ worker_connections 64; }}
http {{
  types {{ application/atom+xml xml; text/html html; }}
  log_format told "$status $uri $sent_http_content_encoding";
  access_log {folder}/asked told;
  gzip on;
  gzip_types application/atom+xml;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  limit_req_zone $binary_remote_addr zone=slow:1m rate=1r/m;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/output;
    location = /moved.xml {{ return 301 /all.atom.xml; }}
    location = /elsewhere.xml {{ return 302 /moved.xml; }}
    location = /round.xml {{ return 302 /round.xml; }}
    location = /gone.xml {{ return 410; }}
    location = /down.xml {{ return 503; }}
    location = /slow.xml {{ limit_req zone=slow; limit_req_status 429; try_files /all.atom.xml =404; }}
    location = /private.xml {{ auth_basic feed; auth_basic_user_file {folder}/nobody; try_files /all.atom.xml =404; }}
    location = /drip.xml {{ limit_rate 400; gzip off; try_files /all.atom.xml =404; }}
  }}
}}
"""
ARTICLE = "Title: {title}\nDate: {date}\nAuthor: {author}\nSlug: {slug}\nTags: {tags}\n{more}\n{words}\n"


def missing() -> str:
    """Why it cannot be started here, empty if it can."""
    absent = [name for name, there in (("nginx", programs.of_debian("nginx")), ("Pelican", _pelican().exists())) if not there]
    return f"{' and '.join(absent)} not installed: tests/servers/install.sh does it" if absent else ""


@dataclass
class Blog:
    """Articles are written and taken away as files; `build` makes them public."""

    folder: Path
    port: int

    def options(self, path: str = FEED) -> dict[str, Any]:
        return {"url": f"http://127.0.0.1:{self.port}{path}", "allow_private_addresses": True, "timeout": 20.0}

    def link(self, number: int) -> str:
        return f"http://127.0.0.1:{self.port}/article-{number}.html"

    def write(self, number: int, posted_at: datetime, words: str, *, edited_at: datetime | None = None) -> None:
        """Article `number`, by another author for even numbers."""
        told = ARTICLE.format(
            title=f"Article {number}: größer & <b>besser</b>",
            date=posted_at.isoformat(),
            author=("Zoë", "Bob")[number % 2],
            slug=f"article-{number}",
            tags="ask early, care",
            more=f"Modified: {edited_at.isoformat()}\n" if edited_at else "",
            words=words,
        )
        (self.folder / "content" / f"{number}.md").write_text(told, encoding="utf-8")

    def take_down(self, number: int) -> None:
        (self.folder / "content" / f"{number}.md").unlink()
        (self.folder / "output" / f"article-{number}.html").unlink(missing_ok=True)  # Pelican leaves it lying

    def build(self) -> None:
        command = [str(_pelican()), "content", "-o", "output", "-s", "site.py", "-q", "--fatal", "errors"]
        subprocess.run(command, cwd=self.folder, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def asked(self) -> list[str]:
        """What was asked since this was last looked at: the status, the address and how the answer was packed."""
        log = self.folder / "asked"
        lines = log.read_text().splitlines()
        os.truncate(log, 0)
        return lines


@contextmanager
def started(folder: Path, most: int = 15) -> Iterator[Blog]:
    """An empty blog whose feed lists its `most` newest articles."""
    blog = Blog(folder, free_port())
    (folder / "content").mkdir()
    (folder / "site.py").write_text(SITE.format(port=blog.port, most=most))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(SERVER.format(folder=folder, port=blog.port, user=user))
    command = [programs.of_debian("nginx"), "-c", f"{folder}/nginx.conf", "-e", f"{folder}/errors"]
    with programs.listening(command, blog.port, folder / "nginx.log"):
        yield blog


def _pelican() -> Path:
    return programs.home() / "pelican/bin/pelican"
