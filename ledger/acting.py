"""Who acts: the one door through which code reaches the database in somebody's name.

PostgreSQL decides what a connection may read and write from four settings of the transaction:
`attest.user`, `attest.client` (an API token), `attest.workspace` (a token's only room) and
`attest.writes`. Outside `acting_as` they are empty, and every record table looks empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, transaction

from accounts.errors import NotYours
from accounts.models import ApiToken, User
from ledger.replica import REPLICA

APP_ROLE = "attest_app"
"""The PostgreSQL role that serves requests. It owns nothing."""

SETTINGS = ("attest.user", "attest.client", "attest.workspace", "attest.writes", "attest.step", "attest.reason")

OWNER = "SELECT current_user, pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'ledger_entry'::regclass"

OF_A_STEP = ("attest.step", "attest.reason")

ADDING = "add"
"""The step that PostgreSQL names by itself where a record is written outside of any other."""


def _swap(names: tuple[str, ...]) -> str:
    """A query that gives these settings new values and tells the old ones."""
    return "SELECT {}, {} FROM (SELECT {} OFFSET 0) before".format(  # noqa: S608 - names of ours
        ", ".join(f"before.s{n}" for n, _ in enumerate(names)),
        ", ".join(f"set_config('{name}', %s, true)" for name in names),
        ", ".join(f"current_setting('{name}', true) AS s{n}" for n, name in enumerate(names)),
    )


SWAP: dict[tuple[str, ...], str] = {names: _swap(names) for names in (SETTINGS, OF_A_STEP)}


@dataclass(frozen=True)
class Actor:
    """Who acts in this transaction; `token` when a program acts for its member."""

    user: User | None = None
    token: ApiToken | None = None


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)
_as_owner: ContextVar[bool] = ContextVar("as_owner", default=False)
_step: ContextVar[str] = ContextVar("step", default="")
"""The step that is under way, as the transaction's settings have it."""


def current_actor() -> Actor:
    """Who acts now; an empty `Actor` outside `acting_as`."""
    return _actor.get() or Actor()


def require_person() -> None:
    """Refuse a token. Every verb that reviews, decides or hands such work over asks this first: people judge."""
    if current_actor().token:
        raise NotYours("A token never decides: a person must sign in.")


@contextmanager
def acting_as(user: User | None, *, token: ApiToken | None = None, reads_only: bool = False) -> Iterator[None]:
    """Run a transaction as `user`. With `None` it sees no record at all; with `reads_only` it writes none.

    Nested use acts as the inner person and returns to the outer one.
    """
    writes = user is not None and not reads_only and not (token and token.scope == ApiToken.Scope.READ)
    settings = (
        str(user.pk) if user else "",
        str(token.pk) if token else "",
        str(token.membership.workspace_id) if token else "",
        "yes" if writes else "no",
        "",
        "",
    )
    remembered, step = _actor.set(Actor(user, token)), _step.set("")
    is_nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            before = _swap_settings(SETTINGS, settings)
            yield
            if is_nested and not connection.needs_rollback:  # the end of a transaction takes them back by itself
                _swap_settings(SETTINGS, before)
    finally:
        _actor.reset(remembered)
        _step.reset(step)


@contextmanager
def taking(step: str, reason: str = "") -> Iterator[None]:
    """Name the step, and the reason given for it, in every ledger entry written inside; in a savepoint."""
    outer = _step.set(step)
    try:
        with transaction.atomic():
            before = _swap_settings(OF_A_STEP, (step, reason))
            yield
            _swap_settings(OF_A_STEP, before)
    finally:
        _step.reset(outer)


@contextmanager
def adding() -> Iterator[None]:
    """Name the adding of new records, as `taking` does, but only where another step is under way."""
    with taking(ADDING) if _step.get() else transaction.atomic():
        yield


@contextmanager
def as_owner() -> Iterator[None]:
    """Loud exception: act as the owner of the tables, past every wall. For maintenance only.

    A login that may not become the owner is refused by PostgreSQL. The connection opens as the serving role
    beforehand: one that opened inside would stay the owner's.
    """
    connection.ensure_connection()
    remembered = _as_owner.set(True)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(OWNER)
            before, owner = cursor.fetchone()
            cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(owner)}")
            yield
            cursor.execute(f"SET LOCAL ROLE {connection.ops.quote_name(before)}")
    finally:
        _as_owner.reset(remembered)


@contextmanager
def owner_connection() -> Iterator[None]:
    """Connect as the owner from the start, for commands that change the schema."""
    connection.close()
    remembered = _as_owner.set(True)
    try:
        yield
    finally:
        _as_owner.reset(remembered)
        if not connection.in_atomic_block:
            connection.close()


def take_app_role(sender, connection, **kwargs) -> None:
    """Give up ownership as soon as a connection opens; without the role, refuse to go on."""
    if connection.alias not in (DEFAULT_DB_ALIAS, REPLICA) or _as_owner.get():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if not cursor.fetchone():
            connection.close()
            raise OperationalError(f"The database has no role {APP_ROLE} yet: run `python manage.py migrate` first.")
        cursor.execute(f"SET ROLE {APP_ROLE}; SET jit = off")  # short queries: compiling them costs more
        if connection.alias == REPLICA:
            cursor.execute("SET default_transaction_read_only = on")  # were it ever promoted


def _swap_settings(names: tuple[str, ...], values: tuple[str, ...]) -> tuple[str, ...]:
    """Set some of the transaction's settings; returns what they were. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SWAP[names], list(values))
        return tuple(each or "" for each in cursor.fetchone()[: len(names)])
