"""People at the desk: a whole app, and clients that are signed in without the wait for a password's hash."""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from listener import web
from listener.jobs.service import Service
from listener.web import sessions
from storage.curated import Account, Role


class Desk(FlaskClient):
    """A browser that follows the rules: it sends what a page of ours would."""

    def post_form(self, path: str, *, headers: Mapping[str, str] | None = None, **fields: Any) -> Any:
        """What the browser sends when a form with these fields is sent: with the token that every form carries."""
        return self.post(path, data={"csrf_token": self.token()} | fields, headers=dict(headers or {}))

    def token(self) -> str:
        """What the forms of this session carry: signed as Flask-WTF does."""
        with self.session_transaction() as kept:
            raw = kept.setdefault("csrf_token", token_hex(20))
        signer: Any = URLSafeTimedSerializer(str(self.application.secret_key), salt="wtf-csrf-token")
        return str(signer.dumps(raw))


def make_app(service: Service, **more: Any) -> Flask:
    app = web.create_app(service, **more)
    app.test_client_class = Desk
    return app


def make_account(service: Service, role: Role, name: str = "", secret: str = "") -> Account:
    """An account named after its role unless named; the one that is there already if there is one."""
    with service.store.write() as unit:
        return unit.accounts.named(name or role) or unit.accounts.add(name or role, role, secret, service.now())


def signed_in(service: Service, role: Role | None, *, app: Flask | None = None, name: str = "") -> Desk:
    """A client of somebody with this role (None: of nobody), in an app of its own unless one is given."""
    client = (app or make_app(service)).test_client()
    assert isinstance(client, Desk)
    if role is not None:
        sign_in(client, make_account(service, role, name))
    return client


def sign_in(client: Desk, account: Account) -> None:
    """Begins a session and puts it into the client's cookie."""
    with client.application.test_request_context():
        token = sessions.begin(account).token
    with client.session_transaction() as kept:
        kept["_user_id"] = token


def place_of(answer: Any) -> str:
    """Where a redirect leads, path and query: never to another host."""
    told = urlsplit(answer.headers["Location"])
    assert not told.netloc
    return f"{told.path}?{told.query}" if told.query else told.path
