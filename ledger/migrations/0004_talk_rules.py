"""What is about a record lies where it lies and follows it; telling people past the wall, narrowly."""

from django.db import migrations

FOLLOWING = """
-- The row is locked, so that nobody moves or marks the record anew between this look and the commit.
CREATE FUNCTION about_scope_inherit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    holder text := record_table(NEW.about_kind);
    lock text := '';
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.about_kind, OLD.about_id) IS DISTINCT FROM (NEW.about_kind, NEW.about_id) THEN
        RAISE EXCEPTION 'This stays with what it is about.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.about_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        lock := 'FOR SHARE';
    END IF;
    IF holder IS NOT NULL THEN
        EXECUTE format('SELECT workspace_id, marking FROM %I WHERE id = $1 %s', holder, lock)
            INTO NEW.workspace_id, NEW.marking USING NEW.about_id;
    END IF;
    IF holder IS NULL OR NEW.workspace_id IS NULL THEN
        RAISE EXCEPTION 'There is no such record.' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION scope_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    follower text;
BEGIN
    FOREACH follower IN ARRAY TG_ARGV[1:] LOOP
        EXECUTE format('UPDATE %I SET workspace_id = $1, marking = $2 WHERE about_id = $3 AND about_kind = $4', follower)
            USING NEW.workspace_id, NEW.marking, NEW.id, TG_ARGV[0];
    END LOOP;
    RETURN NULL;
END $$;
"""

TELLING = """
-- Writes notifications for others, and nothing else: left out are who acts, and who may not read the record.
CREATE FUNCTION notice_write(
    ids uuid[], receivers uuid[], kinds text[], abouts uuid[], events text[], sentences text[], keys text[]
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    each_kind text;
    added int;
    told int := 0;
BEGIN
    FOR each_kind IN SELECT DISTINCT kind FROM unnest(kinds) kind WHERE record_table(kind) IS NOT NULL LOOP
        EXECUTE format($sql$
            INSERT INTO ledger_notification (id, receiver_id, about_kind, about_id, workspace_id, marking,
                                             event, sentence, key, created_at)
            SELECT n.id, n.receiver, n.kind, n.about, t.workspace_id, t.marking, n.event, n.sentence, n.key, now()
            FROM unnest($1, $2, $3, $4, $5, $6, $7) n (id, receiver, kind, about, event, sentence, key)
            JOIN %I t ON t.id = n.about
            JOIN accounts_user u ON u.id = n.receiver AND u.is_active
            JOIN accounts_membership m ON m.user_id = n.receiver AND m.workspace_id = t.workspace_id
             AND m.ended_at IS NULL AND marking_level(t.marking) <= marking_level(m.clearance)
            WHERE n.kind = $8 AND n.receiver IS DISTINCT FROM attest_user()
            ON CONFLICT (receiver_id, about_id, event, key) WHERE NOT (key = '') DO NOTHING
        $sql$, record_table(each_kind))
        USING ids, receivers, kinds, abouts, events, sentences, keys, each_kind;
        GET DIAGNOSTICS added = ROW_COUNT;
        told := told + added;
    END LOOP;
    RETURN told;
END $$;
"""

UNDO = """
DROP FUNCTION notice_write(uuid[], uuid[], text[], uuid[], text[], text[], text[]);
DROP FUNCTION scope_follow() CASCADE;
DROP FUNCTION about_scope_inherit();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_ledger_and_search_rules")]
    operations = [migrations.RunSQL(FOLLOWING + TELLING, UNDO)]
