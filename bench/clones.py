"""Many approved attributions, cloned from one by SQL: as many dependents as a measurement needs."""

from uuid import UUID

from django.db import connection

from accounts.ids import new_id

PARTS = ("cases_citation", "cases_review", "cases_submittedversion", "cases_coauthor")
LIFE = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'cases_attribution'::regclass AND tgname LIKE 'pgtrigger_life_%'"


def clone(attribution: UUID, count: int) -> list[UUID]:
    """So many copies of an approved attribution, with what it cites and its submitted version. As owner.

    Approvals are given one by one by people; here the trigger that insists on it is off meanwhile.
    The parts of a clone get no ledger entries, the clone itself does.
    """
    clones = [new_id() for _ in range(count)]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(LIFE)
        (life,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE cases_attribution DISABLE TRIGGER "{life}"')
        cursor.execute(
            "INSERT INTO cases_attribution SELECT (jsonb_populate_record(a, jsonb_build_object('id', n))).*"
            " FROM cases_attribution a, unnest(%s::uuid[]) n WHERE a.id = %s",
            [clones, attribution],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'ALTER TABLE cases_attribution ENABLE TRIGGER "{life}"')
        for table in PARTS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(part, jsonb_build_object("
                " 'id', gen_random_uuid(), 'attribution_id', n))).*"
                f" FROM {table} part, unnest(%s::uuid[]) n WHERE part.attribution_id = %s",
                [clones, attribution],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return clones
