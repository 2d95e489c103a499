"""The wall: row-level security and grants on every table, raised after each migration.

It is derived from the models each time, so that no table can be forgotten: record tables and the
ledger show what `readable()` covers, record tables take what `writable()` covers, nothing is
deleted, and what is closed (`is_closed`: the search table, for one) answers only through functions
of the owner's. What is kept for one person only (`kept_for`) is that person's. Derived as well:
which table holds which kind, where words may stand in it, and the trigger by which all that is
about a record follows it into another workspace or under another marking.

Triggers that the models declare are raised in a form that costs less: new rows enter ledger and
search a statement at a time, and a child takes its parent's scope by a function of its own. What a
migration has just installed works as it was declared until the wall is raised again.
"""

from django.apps import apps
from django.db import connection, models, transaction

from ledger import triggers
from ledger.acting import APP_ROLE
from ledger.bounded import BoundedRecord
from ledger.expunging import texts_of
from ledger.models import AboutRecord, LedgerEntry, Record

WRITTEN_BY_TRIGGER_ONLY = {LedgerEntry._meta.db_table}
CLOSED = {"ledger_expunging_now"}
"""Of the owner alone, without a model."""

READ_ONLY = {"django_migrations", "ledger_epoch", "ledger_checkpoint"}

WRITES = "current_setting('attest.writes', true) = 'yes'"
COVERED = "(workspace_id, marking) IN (SELECT r.workspace_id, r.marking FROM {}() r)"


def record_models() -> list[type[Record]]:
    """Every kind of record, in a stable order."""
    return sorted(
        (model for model in apps.get_models() if issubclass(model, Record)), key=lambda model: model._meta.db_table
    )


def kept_models() -> dict[str, type[models.Model]]:
    """By table, what is kept for one person only: `kept_for` names the column, `grants` what may be done."""
    return {model._meta.db_table: model for model in apps.get_models() if hasattr(model, "kept_for")}


def appended_models() -> dict[str, type[models.Model]]:
    """By table, what is written but never changed: `grants` says what may be done."""
    return {m._meta.db_table: m for m in apps.get_models() if hasattr(m, "grants") and not hasattr(m, "kept_for")}


def closed_tables() -> set[str]:
    """Tables that nobody reads but the owner, and functions of the owner's (`is_closed`)."""
    return CLOSED | {model._meta.db_table for model in apps.get_models() if getattr(model, "is_closed", False)}


def following_tables() -> list[str]:
    """Tables whose rows lie where the record lies that they are about."""
    following = (m for m in apps.get_models() if issubclass(m, AboutRecord) or hasattr(m, "follows_about"))
    return sorted(model._meta.db_table for model in following)


def declare_triggers() -> None:
    """Give every record table its triggers, so that none can be forgotten."""
    for model in record_models():
        if model.scoped_by:
            parent = model._meta.get_field(model.scoped_by)
            triggers.pass_scope_on(model._meta.db_table, parent.column).register(parent.related_model)
        for bound in _bounds_of(model):
            triggers.press_scope_on(model._meta.db_table, bound.column).register(bound.related_model)
        for trigger in _triggers_of(model):
            trigger.register(model)


def _triggers_of(model: type[Record]) -> list[triggers.Call]:
    declared = [triggers.stamp(), triggers.write_ledger(model.kind), triggers.refuse_deletion()]
    if model.searched:
        declared.append(triggers.write_search(model.kind, **{"anchor": "id", **model.searched}))
    if model.scoped_by:
        parent = model._meta.get_field(model.scoped_by)
        declared.append(triggers.inherit_scope(parent.related_model._meta.db_table, parent.column))
    if bounds := _bounds_of(model):
        declared.append(triggers.bound_scope([(each.related_model._meta.db_table, each.column) for each in bounds]))
    return [*declared, *model.extra_triggers]


def _bounds_of(model: type[Record]) -> list:
    """The references that bound a record's scope."""
    names = model.bounded_by if issubclass(model, BoundedRecord) else ()
    return [model._meta.get_field(name) for name in names]


def raise_walls(sender=None, **kwargs) -> None:
    """Set policies and grants for every table. Safe to repeat."""
    with transaction.atomic(), connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        if LedgerEntry._meta.db_table not in present:
            return
        records = {model._meta.db_table: model for model in record_models() if model._meta.db_table in present}
        for table in sorted(present):
            cursor.execute(_statements(table, records))
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
        cursor.execute("SELECT to_regproc('scope_follow') IS NOT NULL")
        if cursor.fetchone()[0]:  # not while migrating backwards past it
            cursor.execute(_following({m.kind: m._meta.db_table for m in record_models()}, present))
        cursor.execute("SELECT to_regproc('ledger_expunge') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute(_worded(list(records.values())))
        cursor.execute("SELECT to_regproc('ledger_add') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
            installed = {name for (name,) in cursor.fetchall()}
            for model in records.values():
                cursor.execute(_cheaper(model, installed))


NEW_ROWS = '"new rows"'
"""As the functions call them: by a name that no column has."""

ADDED_BY = {"ledger_write": "ledger_add", "search_write": "search_add"}
"""What writes of a row into ledger and search, and what writes of all rows of a statement that are new."""


def _cheaper(model: type[Record], installed: set[str]) -> str:
    """The triggers of a record table in the form that costs least, as far as migrations have installed them."""
    lines: list[str] = []
    for trigger in _triggers_of(model):
        if trigger.get_pgid(model) not in installed:
            continue
        if trigger.function in ADDED_BY:
            lines += _entering_together(model, trigger)
        elif trigger.function == "scope_inherit":
            lines += _inheriting(model, trigger)
    return ";\n".join(lines)


def _entering_together(model: type[Record], trigger: triggers.Call) -> list[str]:
    """The row's trigger keeps what is changed; what is new is written for the whole statement."""
    table = connection.ops.quote_name(model._meta.db_table)
    return [
        f"CREATE OR REPLACE TRIGGER {trigger.get_pgid(model)} AFTER UPDATE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {trigger.render_execute(model)}",
        f"CREATE OR REPLACE TRIGGER {trigger.name}_of_new AFTER INSERT ON {table} REFERENCING NEW TABLE AS {NEW_ROWS} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {ADDED_BY[trigger.function]}({trigger.render_arguments()})",
    ]


def _inheriting(model: type[Record], trigger: triggers.Call) -> list[str]:
    """`scope_inherit` with its query written out. No sequential plan is kept: the parent's table may grow under it."""
    table, (parent, column) = model._meta.db_table, trigger.arguments
    taking = f"""
        CREATE OR REPLACE FUNCTION scope_inherit_of_{table}() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET enable_seqscan = off AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND OLD.{column} IS DISTINCT FROM NEW.{column} THEN
                RAISE EXCEPTION 'This stays with what it was recorded for.' USING ERRCODE = 'restrict_violation';
            END IF;
            SELECT p.workspace_id, p.marking INTO NEW.workspace_id, NEW.marking FROM {parent} p
                WHERE p.id = NEW.{column};
            RETURN NEW;
        END $$"""  # noqa: S608 - names of ours
    return [
        taking,
        f"CREATE OR REPLACE TRIGGER {trigger.get_pgid(model)} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION scope_inherit_of_{table}({trigger.render_arguments()})",  # as declared, to go back
    ]


def _following(tables: dict[str, str], present: set[str]) -> str:
    """The table of each kind, and the trigger by which what is about a record follows it."""
    tables = {kind: table for kind, table in tables.items() if table in present}
    cases = " ".join(f"WHEN '{kind}' THEN '{table}'" for kind, table in tables.items())
    following = ", ".join(f"'{table}'" for table in following_tables() if table in present)
    lines = [
        "CREATE OR REPLACE FUNCTION record_table(kind text) RETURNS text LANGUAGE sql IMMUTABLE AS "
        f"$$ SELECT CASE kind {cases} END $$"
    ]
    lines += [
        f"CREATE OR REPLACE TRIGGER followed AFTER UPDATE ON {connection.ops.quote_name(table)} FOR EACH ROW "
        "WHEN ((OLD.workspace_id, OLD.marking) IS DISTINCT FROM (NEW.workspace_id, NEW.marking)) "
        f"EXECUTE FUNCTION scope_follow('{kind}', {following})"
        for kind, table in tables.items()
    ]
    return ";\n".join(lines)


def _worded(models: list[type[Record]]) -> str:
    """Which kinds there are, and in which columns of each words may stand."""
    kinds = ", ".join(f"'{model.kind}'" for model in models)
    texts = {model.kind: ", ".join(f"'{column}'" for column in texts_of(model)) for model in models}
    cases = " ".join(f"WHEN '{kind}' THEN ARRAY[{columns}]::text[]" for kind, columns in texts.items())
    return (
        "CREATE OR REPLACE FUNCTION record_kinds() RETURNS text[] LANGUAGE sql IMMUTABLE AS "
        f"$$ SELECT ARRAY[{kinds}] $$;"
        "CREATE OR REPLACE FUNCTION record_texts(kind text) RETURNS text[] LANGUAGE sql IMMUTABLE AS "
        f"$$ SELECT CASE kind {cases} END $$"
    )


def _statements(table: str, records: dict[str, type[Record]]) -> str:
    name = connection.ops.quote_name(table)
    lines = [f"REVOKE ALL ON {name} FROM {APP_ROLE}"]
    if table in closed_tables():
        pass
    elif table in READ_ONLY:
        lines.append(f"GRANT SELECT ON {name} TO {APP_ROLE}")
    elif table in WRITTEN_BY_TRIGGER_ONLY:
        lines += [*_policies(name, ["reading"], _as_their_records(records)), f"GRANT SELECT ON {name} TO {APP_ROLE}"]
    elif table in kept_models():
        model = kept_models()[table]
        lines += [*_kept_policies(name, model), f"GRANT {model.grants} ON {name} TO {APP_ROLE}"]
    elif table in appended_models():
        lines.append(f"GRANT {appended_models()[table].grants} ON {name} TO {APP_ROLE}")
    elif table in records:
        lines += [
            *_policies(name, ["reading", "adding", "changing"], records[table].shown_if),
            f"GRANT SELECT, INSERT, UPDATE ON {name} TO {APP_ROLE}",
        ]
    else:
        lines.append(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {APP_ROLE}")
    return ";\n".join(lines)


def _as_their_records(records: dict[str, type[Record]]) -> str:
    """The ledger shows a version of a record that PostgreSQL shows under a condition only with that record.

    That it has gone from here says nothing of it, and must be told although the record is no longer seen.
    """
    return " AND ".join(
        f"(kind <> '{model.kind}' OR operation IN ('moved', 'expunged') OR "  # noqa: S608 - names of ours
        f"EXISTS (SELECT 1 FROM {table} r WHERE r.id = object_id))"
        for table, model in records.items()
        if model.shown_if
    )


def _policies(name: str, kinds: list[str], shown_if: str = "") -> list[str]:
    read, write = COVERED.format("readable"), COVERED.format("writable")
    read = f"{read} AND {shown_if}" if shown_if else read
    rules = {
        "reading": f"FOR SELECT TO {APP_ROLE} USING ({read})",
        "adding": f"FOR INSERT TO {APP_ROLE} WITH CHECK ({write})",
        "changing": f"FOR UPDATE TO {APP_ROLE} USING ({write}) WITH CHECK ({write})",
    }
    return _raised(name, {kind: rules[kind] for kind in kinds})


def _kept_policies(name: str, model: type[models.Model]) -> list[str]:
    """Only whom it is kept for; and of what follows a record, only while they may read that.

    `shown_if` narrows what is shown, `added_if` says instead of the scope of writing who may add.
    """
    own = f"{model.kept_for} = attest_user()"
    read = f"{own} AND {COVERED.format('readable')}" if hasattr(model, "follows_about") else own
    read = f"{read} AND {model.shown_if}" if hasattr(model, "shown_if") else read
    rules = {
        "reading": f"FOR SELECT TO {APP_ROLE} USING ({read})",
        "adding": f"FOR INSERT TO {APP_ROLE} WITH CHECK ({own} AND {getattr(model, 'added_if', WRITES)})",
        "changing": f"FOR UPDATE TO {APP_ROLE} USING ({own} AND {WRITES}) WITH CHECK ({own})",
    }
    if "DELETE" in model.grants:
        rules["removing"] = f"FOR DELETE TO {APP_ROLE} USING ({own})"
    return _raised(name, rules)


def _raised(name: str, rules: dict[str, str]) -> list[str]:
    lines = [f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"]
    for kind, rule in rules.items():
        lines += [f"DROP POLICY IF EXISTS {kind} ON {name}", f"CREATE POLICY {kind} ON {name} {rule}"]
    return lines
