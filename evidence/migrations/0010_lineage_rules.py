"""Lineage downwards, what no longer has ground, and how lineage is held still."""

from django.db import migrations

RULES = """
-- Some items, what some sources and those they own gave us, and all that repeats any of it: at any depth,
-- past the wall, ids alone (as with lineage: what falls must not depend on who asks).
CREATE FUNCTION reached_by(items uuid[], sources uuid[]) RETURNS TABLE (item_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH RECURSIVE voices (id) AS (
        SELECT s.id FROM evidence_source s WHERE s.id = ANY (sources)
        UNION
        SELECT s.id FROM evidence_source s JOIN voices v ON s.owner_id = v.id
    ), given (id) AS (
        SELECT i.id FROM evidence_evidenceitem i WHERE i.id = ANY (items)
        UNION
        SELECT i.id FROM evidence_evidenceitem i JOIN voices v ON i.source_id = v.id
    ), reached (id) AS (
        SELECT g.id FROM given g
        UNION
        SELECT d.item_id FROM evidence_derivation d JOIN reached ON d.original_id = reached.id AND d.status = 'active'
    )
    SELECT reached.id FROM reached
$$;

-- Of these items, those that repeat, at any depth, what was withdrawn or what a withdrawn source gave us.
CREATE FUNCTION groundless(items uuid[]) RETURNS TABLE (item_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH RECURSIVE above (item, id) AS (
        SELECT d.item_id, d.original_id FROM evidence_derivation d
        WHERE d.item_id = ANY (items) AND d.status = 'active'
        UNION
        SELECT above.item, d.original_id FROM above
        JOIN evidence_derivation d ON d.item_id = above.id AND d.status = 'active'
    )
    SELECT DISTINCT above.item
    FROM above
    JOIN evidence_evidenceitem i ON i.id = above.id
    JOIN evidence_source s ON s.id = i.source_id
    WHERE i.status = 'withdrawn' OR s.status = 'withdrawn'
$$;

-- Keep items and sources, all that they repeat and all that owns them from changing until the transaction
-- ends. While it waited for a lock the lineage may have grown, so it looks again until nothing is new.
CREATE FUNCTION hold_lineage(items uuid[], sources uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    held uuid[] := '{}';
    voices uuid[];
    wanted uuid[];
BEGIN
    LOOP
        wanted := ARRAY(
            WITH RECURSIVE reached (id) AS (
                SELECT given.id FROM unnest(items) AS given (id)
                UNION
                SELECT d.original_id FROM evidence_derivation d
                JOIN reached ON d.item_id = reached.id AND d.status = 'active'
            )
            SELECT reached.id FROM reached);
        voices := ARRAY(
            WITH RECURSIVE owners (id) AS (
                SELECT i.source_id FROM evidence_evidenceitem i WHERE i.id = ANY (wanted)
                UNION
                SELECT given.id FROM unnest(sources) AS given (id)
                UNION
                SELECT s.owner_id FROM evidence_source s JOIN owners o ON s.id = o.id WHERE s.owner_id IS NOT NULL
            )
            SELECT owners.id FROM owners);
        EXIT WHEN (wanted || voices) <@ held;
        PERFORM 1 FROM evidence_evidenceitem i WHERE i.id = ANY (wanted) ORDER BY i.id FOR SHARE;
        PERFORM 1 FROM evidence_source s WHERE s.id = ANY (voices) ORDER BY s.id FOR SHARE;
        held := wanted || voices;
    END LOOP;
END $$;
"""

UNDO = """
DROP FUNCTION hold_lineage(uuid[], uuid[]);
DROP FUNCTION groundless(uuid[]);
DROP FUNCTION reached_by(uuid[], uuid[]);
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_sources_items_files_passages")]
    operations = [migrations.RunSQL(RULES, UNDO)]
