"""A passage's words stand in its page, whoever writes the row; lineage is seen whole."""

from django.db import migrations

RULES = """
SET LOCAL check_function_bodies = off;  -- the tables come with the next migration
CREATE FUNCTION passage_stands_in_its_page() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    page evidence_textpage;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.page_id, NEW.start, NEW."end", NEW.quote, NEW.item_id)
                            IS NOT DISTINCT FROM (OLD.page_id, OLD.start, OLD."end", OLD.quote, OLD.item_id) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO page FROM evidence_textpage WHERE id = NEW.page_id;
    IF substring(page.text FROM NEW.start + 1 FOR NEW."end" - NEW.start) IS DISTINCT FROM NEW.quote THEN
        RAISE EXCEPTION 'These words are not in the text of this page.' USING ERRCODE = 'check_violation';
    END IF;
    IF page.item_id IS DISTINCT FROM NEW.item_id THEN
        RAISE EXCEPTION 'The passage and its page belong to one item.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- What a set of items repeats, at any depth, and whose voice each is. It looks past the wall,
-- because the number of independent origins must not depend on who counts; it answers with ids alone.
CREATE FUNCTION lineage(items uuid[]) RETURNS TABLE (item_id uuid, repeats uuid, voice uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE reached (id) AS (
        SELECT i.id FROM evidence_evidenceitem i WHERE i.id = ANY (items)
        UNION
        SELECT d.original_id FROM evidence_derivation d
        JOIN reached ON d.item_id = reached.id AND d.status = 'active'
    ), owners (source, above) AS (
        SELECT s.id, s.owner_id FROM evidence_source s
        WHERE s.id IN (SELECT i.source_id FROM evidence_evidenceitem i JOIN reached ON i.id = reached.id)
        UNION
        SELECT o.source, s.owner_id FROM owners o JOIN evidence_source s ON s.id = o.above
    ), voices (source, voice) AS (
        SELECT o.source, coalesce(
            (SELECT top.above FROM owners top JOIN evidence_source s ON s.id = top.above
             WHERE top.source = o.source AND s.owner_id IS NULL LIMIT 1), o.source)
        FROM owners o GROUP BY o.source
    )
    SELECT i.id, d.original_id, v.voice
    FROM reached
    JOIN evidence_evidenceitem i ON i.id = reached.id
    JOIN voices v ON v.source = i.source_id
    LEFT JOIN evidence_derivation d ON d.item_id = i.id AND d.status = 'active';
END $$;
"""

UNDO = """
DROP FUNCTION lineage(uuid[]);
DROP FUNCTION passage_stands_in_its_page();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("ledger", "0003_ledger_and_search_rules")]
    operations = [migrations.RunSQL(RULES, UNDO)]
