"""For migrations: let guards of records stand aside for what is being expunged, and for nothing else."""

from django.db.migrations import RunSQL

ASIDE = "    IF TG_OP = 'UPDATE' AND being_expunged(OLD.id) THEN RETURN NEW; END IF;"

EDITED = """
DO $do$
DECLARE
    guard text;
BEGIN
    FOREACH guard IN ARRAY ARRAY[{guards}] LOOP
        EXECUTE {edit};
    END LOOP;
END $do$;
"""


def setting_aside(*guards: str) -> RunSQL:
    """Begin each of these trigger functions by letting through rows that are being expunged."""
    names = ", ".join(f"'{guard}'" for guard in guards)
    line = ASIDE.replace("'", "''")
    there = "pg_get_functiondef(guard::regproc)"
    begun = f"regexp_replace({there}, '\\nBEGIN\\n', E'\\nBEGIN\\n{line}\\n')"
    return RunSQL(
        EDITED.format(guards=names, edit=begun),
        EDITED.format(guards=names, edit=f"replace({there}, E'{line}\\n', '')"),
    )
