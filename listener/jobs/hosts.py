"""Every host that the config makes Listener talk to, and why: for those who look after the firewall."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from collectors import way_out
from collectors.base import Given

if TYPE_CHECKING:
    from listener.config import Config, Source

GROUPS = ("team", "operator", "safeguarding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """`place` is HOST:PORT, or words where the config does not say it."""

    place: str
    why: str


def do(config: "Config", given: Callable[["Source"], Given]) -> tuple[Host, ...]:
    """In the order of the config; sources that are off are asked nothing. `given` is what a source's collector is given."""
    return (*_sources(config, given), *_messages(config), *_public(config), *_way())


def _sources(config: "Config", given: Callable[["Source"], Given]) -> Iterator[Host]:
    for source in config.sources:
        if source.off:
            continue
        collector = source.collector(given(source))
        for place in collector.hosts:
            yield Host(place=place, why=f"sources.{source.name}: {collector.asked}")
        if getattr(collector, "token_command", ""):
            yield Host(place="what its token_command asks", why=f"sources.{source.name}: an OAuth 2 token")
        if source.kind == "feed":
            yield Host(place="where that address redirects to", why=f"sources.{source.name}: at most five redirects")


def _messages(config: "Config") -> Iterator[Host]:
    from listener import notify

    told = config.notify
    for group in GROUPS:
        for secret in getattr(told, group):
            yield Host(place=notify.place(secret) or "an address that cannot be used", why=f"notify.{group}: messages")
    if config.receipts.via:
        yield Host(place=notify.place(config.receipts.via) or "an address that cannot be used", why="receipts.via: receipts")
    if told.heartbeat:
        yield Host(place=way_out.place(told.heartbeat.reveal()), why="notify.heartbeat: a sign of life after each look")


def _public(config: "Config") -> Iterator[Host]:
    publish = config.publish
    if publish.command:
        yield Host(place=f"what {publish.command[0]} is told", why="publish.command: delivers what is published")
    if publish.address:
        yield Host(place=way_out.place(publish.address), why="publish.address: is the published version read there?")


def _way() -> Iterator[Host]:
    for place in way_out.proxy_hosts(os.environ):
        yield Host(place=place, why="the proxy of the environment: web requests go through it")
    yield Host(place="your name server", why="names of the hosts above")
