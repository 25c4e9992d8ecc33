"""Who is signed in: sessions kept in the database, found by the token that a browser holds."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from flask import request
from flask_login import LoginManager

from listener import accounts
from listener.web import doors
from listener.web.doors import Visitor
from storage.curated import Account, Session

IDLE = timedelta(minutes=60)  # without a click
LONGEST = timedelta(hours=12)  # whatever is clicked
_FRESH = timedelta(minutes=1)  # a page of many parts writes once
_TOKEN_BYTES = 32


def manager(trusted_header: str) -> LoginManager:
    """Finds who asks: by the session, or by the header in which a proxy says so; never by both."""
    made = LoginManager()
    made.session_protection = None  # an address may change on the way; the token is what counts
    if trusted_header:
        made.request_loader(_from_header)
    else:
        made.user_loader(_from_token)
    return made


def begin(account: Account) -> Visitor:
    """A new session with a new token, of which only the hash is kept."""
    token, now = secrets.token_urlsafe(_TOKEN_BYTES), doors.service().now()
    session = Session(account=account.id, begun_at=now, seen_at=now, until=_until(now, now))
    with doors.service().store.write() as unit:
        unit.accounts.clear_sessions(now)
        unit.accounts.begin_session(_hash(token), session)
        unit.accounts.note(account.id, "signed in", "", now)
    return Visitor(account=account, token=token)


def end(visitor: Visitor) -> None:
    with doors.service().store.write() as unit:
        unit.accounts.end_session(_hash(visitor.token))
        unit.accounts.note(visitor.account.id, "signed out", "", doors.service().now())


def _from_token(token: str) -> Visitor | None:
    now = doors.service().now()
    with doors.service().store.read() as unit:
        session = unit.accounts.session(_hash(token), now)
        account = unit.accounts.get(session.account) if session else None
    if session is None or account is None:
        return None
    if now - session.seen_at >= _FRESH:
        _touch(token, session, now)
    return Visitor(account=account, token=token)


def _from_header(_request: object) -> Visitor | None:
    name = accounts.plain_name(request.headers.get(doors.service().config.serve.believed, ""))
    with doors.service().store.read() as unit:
        account = unit.accounts.named(name)
    return Visitor(account=account) if account and account.disabled_at is None else None


def _touch(token: str, session: Session, now: datetime) -> None:
    with doors.service().store.write() as unit:
        unit.accounts.touch_session(_hash(token), now, _until(session.begun_at, now))


def _until(begun_at: datetime, seen_at: datetime) -> datetime:
    return min(begun_at + LONGEST, seen_at + IDLE)


def _hash(token: str) -> bytes:
    return sha256(token.encode("utf-8", "replace")).digest()
