"""Keep a record that hangs on one of several others in their workspace and at least as strictly marked."""

from django.db import migrations

BOUND = """
-- Arguments are pairs of a table and the column that refers to it. The parents are locked, so that one
-- that is just being marked anew is waited for.
CREATE FUNCTION scope_bound() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    named uuid;
    room uuid;
    their_room uuid;
    their_marking text;
BEGIN
    FOR i IN 0 .. TG_NARGS / 2 - 1 LOOP
        named := (to_jsonb(NEW) ->> TG_ARGV[2 * i + 1])::uuid;
        IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) ->> TG_ARGV[2 * i + 1])::uuid IS DISTINCT FROM named THEN
            RAISE EXCEPTION 'This stays with what it was recorded for.' USING ERRCODE = 'restrict_violation';
        END IF;
        CONTINUE WHEN named IS NULL;
        EXECUTE format('SELECT workspace_id, marking FROM %I WHERE id = $1 FOR SHARE', TG_ARGV[2 * i])
            INTO their_room, their_marking USING named;
        room := coalesce(room, their_room);
        IF marking_level(NEW.marking) < marking_level(their_marking) THEN
            NEW.marking := their_marking;
        END IF;
    END LOOP;
    NEW.workspace_id := coalesce(room, NEW.workspace_id);
    RETURN NEW;
END $$;

-- An update that changes nothing by itself: the trigger above then sets what must follow.
CREATE FUNCTION scope_press_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    EXECUTE format(
        'UPDATE %I SET marking = marking WHERE %I = $1 '
        'AND (workspace_id <> $2 OR marking_level(marking) < marking_level($3))', TG_ARGV[0], TG_ARGV[1])
        USING NEW.id, NEW.workspace_id, NEW.marking;
    RETURN NULL;
END $$;
"""

UNDO = """
DROP FUNCTION scope_press_on();
DROP FUNCTION scope_bound();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_comments_tasks_notifications")]
    operations = [migrations.RunSQL(BOUND, UNDO)]
