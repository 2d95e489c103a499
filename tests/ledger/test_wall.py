"""The wall: PostgreSQL decides who reads and writes, and fails closed."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from accounts.models import ApiToken, Membership
from evidence.models import Source
from ledger.acting import acting_as, as_owner
from ledger.kinds import kinds
from ledger.models import LedgerEntry
from tests import making
from tests.subcases import from_one_world

TABLES = [model._meta.db_table for model in kinds().values()] + ["ledger_entry"]
DENIED = (ProgrammingError, IntegrityError)


@from_one_world(["table"], [[each] for each in TABLES], TABLES)
def test_without_a_user_every_table_is_empty(approved, as_app, table):
    assert as_app(f"SELECT 1 FROM {table}") == []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("name", ["stranger", "nobody"])
def test_a_stranger_sees_nothing_in_any_table(approved, cast, as_app, name):
    for table in TABLES:
        assert as_app(f"SELECT 1 FROM {table}", user=getattr(cast, name)) == []


@pytest.mark.parametrize("table", TABLES)
def test_every_record_table_has_row_level_security(db, as_app, table):
    assert as_app("SELECT relrowsecurity FROM pg_class WHERE relname = %s", [table]) == [(True,)]


@pytest.mark.parametrize("model", kinds().values(), ids=kinds().keys())
def test_every_record_table_is_stamped_kept_and_never_emptied(db, as_app, model):
    found = as_app(
        "SELECT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = %s::regclass",
        [model._meta.db_table],
    )
    assert {("record_stamp",), ("ledger_write",), ("record_refuse",)} <= set(found)


@pytest.mark.parametrize("model", kinds().values(), ids=kinds().keys())
def test_new_rows_enter_the_ledger_a_statement_at_a_time_and_changed_ones_one_by_one(db, as_app, model):
    found = as_app(
        "SELECT p.proname, t.tgtype & 29 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE t.tgrelid = %s::regclass AND p.proname IN ('ledger_add', 'ledger_write', 'search_add', 'search_write')",
        [model._meta.db_table],
    )
    of_statement_on_insert, of_row_on_update = 4, 1 + 16
    wanted = {("ledger_add", of_statement_on_insert), ("ledger_write", of_row_on_update)}
    if model.searched:
        wanted |= {("search_add", of_statement_on_insert), ("search_write", of_row_on_update)}
    assert set(found) == wanted


@pytest.mark.parametrize("model", [each for each in kinds().values() if each.scoped_by])
def test_a_childs_scope_is_taken_by_a_function_of_its_own(db, as_app, model):
    found = as_app(
        "SELECT tgtype & 23 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgfoid = %s::regproc",
        [model._meta.db_table, f"scope_inherit_of_{model._meta.db_table}"],
    )
    assert found == [(1 + 2 + 4 + 16,)]  # of each row, before, on insert and on update


def test_the_serving_role_owns_nothing_and_is_no_superuser(db, as_app):
    assert as_app("SELECT current_user") == [("attest_app",)]
    assert as_app("SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = 'attest_app'") == []
    assert as_app("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == [(False,)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_whose_first_use_is_the_owners_becomes_the_serving_roles(cast, east):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east)
    connection.close()
    with as_owner():
        assert Source.objects.count() == 1
    with acting_as(None), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert (cursor.fetchone(), Source.objects.count()) == (("attest_app",), 0)


def test_clearance_decides_what_a_member_sees(cast, east):
    with acting_as(cast.ana):
        for marking in ("green", "amber", "red"):
            making.a_source(by=cast.ana, workspace=east, marking=marking)
    with acting_as(cast.vera):
        assert set(Source.objects.values_list("marking", flat=True)) == {"green", "amber"}


def test_a_membership_that_ended_opens_nothing(cast, east):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east)
    cast.vera.memberships.get().end(by=cast.sofia)
    with acting_as(cast.vera):
        assert not Source.objects.exists()


def test_a_token_opens_only_its_own_room(cast, east, west, draft):
    Membership.objects.create(user=cast.ana, workspace=west, role="analyst", clearance="red")
    token, _ = ApiToken.issue(
        by=cast.ana,
        membership=cast.ana.memberships.get(workspace=west),
        name="sync",
        scope="write",
        expires_at=draft.created_at.replace(year=2100),
    )
    with acting_as(cast.ana, token=token):
        assert not Source.objects.exists()


@pytest.mark.parametrize("name", ["vera", "stranger", "nobody"])
def test_who_may_not_write_adds_nothing_by_raw_sql(cast, east, as_app, name):
    adding = """INSERT INTO evidence_source (id, workspace_id, marking, state_note, status, name, source_class, country,
                homepage, description, reliability, reliability_reason)
                VALUES (gen_random_uuid(), %s, 'green', '', 'active', 'Mine', 'court', '', '', '', 'F', '')"""
    with pytest.raises(ProgrammingError, match="row-level security"):
        as_app(adding, [east.pk], user=getattr(cast, name))


def test_a_viewer_changes_nothing_by_raw_sql(cast, east, as_app):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east, marking="green")
    as_app("UPDATE evidence_source SET name = 'Mine'", user=cast.vera)
    with acting_as(cast.ana):
        assert Source.objects.get().name == source.name


def test_nothing_is_deleted_not_even_by_the_owner(cast, east, as_app):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east)
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_app("DELETE FROM evidence_source", user=cast.ana)
    with pytest.raises(IntegrityError, match="Nothing is deleted"), as_owner():
        Source.objects.all().delete()


@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET reason = 'x'", "DELETE FROM ledger_entry"])
def test_the_ledger_is_only_ever_added_to(cast, east, as_app, statement):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east)
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_app(statement, user=cast.ana)
    with pytest.raises(IntegrityError, match="only ever added to"), as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_entry_is_forged_by_calling_the_ledgers_own_function(cast, as_app):
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_app("SELECT ledger_append(NULL::ledger_entry)", user=cast.ana)


def test_no_setting_switches_the_triggers_off(cast, east, as_app):
    with acting_as(cast.ana):
        source = making.a_source(by=cast.ana, workspace=east)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pgtrigger.ignore', array_agg(tgname)::text, true) FROM pg_trigger")
        source.change(by=cast.ana, name="Renamed")
        assert LedgerEntry.objects.filter(object_id=source.pk).count() == 2


def test_acting_returns_to_the_outer_person_and_ends(cast, east):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east)
        with acting_as(cast.stranger):
            assert not Source.objects.exists()
        assert Source.objects.exists()
    assert not Source.objects.exists()


def test_acting_ends_with_an_error_too(cast, east):
    with pytest.raises(ZeroDivisionError), acting_as(cast.ana):
        1 / 0  # noqa: B018
    assert not Source.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('attest.user', true)")
        assert cursor.fetchone() in [("attest_app", ""), ("attest_app", None)]


def test_a_record_of_another_room_is_not_referred_to(cast, east, west):
    with acting_as(cast.stranger):
        foreign = making.a_source(by=cast.stranger, workspace=west)
    with acting_as(cast.ana), pytest.raises(Exception, match=r"does not exist|another workspace"):
        making.an_item(by=cast.ana, workspace=east, source=foreign)
