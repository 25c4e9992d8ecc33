"""Who may do what at the desk, who is signed in, and the record of what was done."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from storage.curated import Account, Audited, Role, Session
from storage.tables import accounts, audit, sessions


class Accounts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- accounts ------------------------------------------------------------------------------------------------------

    def add(self, name: str, role: Role, secret: str, now: datetime) -> Account:
        """Raises ValueError for a name that is taken."""
        if self.named(name) is not None:
            raise ValueError(f"there is an account {name} already")
        values = {"name": name, "role": role, "secret": secret, "made_at": now}
        return Account(**self._connection.execute(insert(accounts).values(values).returning(accounts)).one()._mapping)

    def named(self, name: str) -> Account | None:
        row = self._connection.execute(select(accounts).where(accounts.c.name == name)).one_or_none()
        return None if row is None else Account(**row._mapping)

    def get(self, id_: int) -> Account | None:
        row = self._connection.execute(select(accounts).where(accounts.c.id == id_)).one_or_none()
        return None if row is None else Account(**row._mapping)

    def all(self) -> list[Account]:
        return [Account(**row._mapping) for row in self._connection.execute(select(accounts).order_by(accounts.c.name))]

    def set_secret(self, id_: int, secret: str) -> None:
        """A new password ends every session of the account."""
        self.renew_secret(id_, secret)
        self.end_sessions(id_)

    def renew_secret(self, id_: int, secret: str) -> None:
        """The same password, hashed anew: nobody is signed out."""
        self._connection.execute(update(accounts).where(accounts.c.id == id_).values(secret=secret))

    def set_role(self, id_: int, role: Role) -> None:
        self._connection.execute(update(accounts).where(accounts.c.id == id_).values(role=role))

    def disable(self, id_: int, now: datetime) -> None:
        """The account stays, for the record; its sessions end."""
        self._connection.execute(update(accounts).where(accounts.c.id == id_).values(disabled_at=now))
        self.end_sessions(id_)

    def enable(self, id_: int) -> None:
        self._connection.execute(update(accounts).where(accounts.c.id == id_).values(disabled_at=None))

    # --- sessions ------------------------------------------------------------------------------------------------------

    def begin_session(self, token: bytes, session: Session) -> None:
        """`token` is the hash of what the browser holds."""
        values = {"account": session.account, "begun_at": session.begun_at, "seen_at": session.seen_at, "until": session.until}
        self._connection.execute(insert(sessions).values(token=token, **values))

    def session(self, token: bytes, now: datetime) -> Session | None:
        """The session of this token while it lasts and its account may sign in."""
        query = select(sessions).join(accounts, accounts.c.id == sessions.c.account)
        allowed = query.where(sessions.c.token == token, sessions.c.until > now, accounts.c.disabled_at.is_(None))
        row = self._connection.execute(allowed).one_or_none()
        if row is None:
            return None
        return Session(account=row.account, begun_at=row.begun_at, seen_at=row.seen_at, until=row.until)

    def touch_session(self, token: bytes, seen_at: datetime, until: datetime) -> None:
        self._connection.execute(update(sessions).where(sessions.c.token == token).values(seen_at=seen_at, until=until))

    def count_sessions(self) -> int:
        return self._connection.execute(select(func.count()).select_from(sessions)).scalar_one()

    def clear_sessions(self, now: datetime) -> None:
        """Drops what has run out."""
        self._connection.execute(delete(sessions).where(sessions.c.until <= now))

    def end_session(self, token: bytes) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.token == token))

    def end_sessions(self, account: int) -> None:
        self._connection.execute(delete(sessions).where(sessions.c.account == account))

    # --- the record ----------------------------------------------------------------------------------------------------

    def note(self, by: int, act: str, target: str, now: datetime) -> None:
        """Writes an act down. `target` names rows, weeks and versions, never words or people."""
        self._connection.execute(insert(audit).values(at=now, by=by, act=act, target=target))

    def noted(self, before: int | None = None, at_most: int = 100) -> list[Audited]:
        """The newest acts first; `before` an entry's number, for the next page."""
        query = select(audit).order_by(audit.c.seq.desc()).limit(at_most)
        if before is not None:
            query = query.where(audit.c.seq < before)
        return [Audited(**row._mapping) for row in self._connection.execute(query)]
