"""Who sees and writes ratings, and the matrix as the gate counts it."""

from django.db import migrations

RULES = """
SET LOCAL check_function_bodies = off;  -- the tables come with the next migration
-- One's own ratings, and others' once one's own row on the item is whole. Who cannot rate sees all.
CREATE FUNCTION rating_is_shown(room uuid, hypothesis uuid, item uuid, analyst uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT analyst = attest_user()
        OR NOT EXISTS (SELECT 1 FROM accounts_membership m
                       WHERE m.user_id = attest_user() AND m.workspace_id = room AND m.ended_at IS NULL
                         AND m.role IN ('analyst', 'reviewer', 'supervisor', 'steward'))
        OR NOT EXISTS (SELECT 1 FROM cases_hypothesis asked
                       JOIN cases_hypothesis h ON h.incident_id = asked.incident_id AND h.status = 'active'
                       WHERE asked.id = hypothesis
                         AND NOT EXISTS (SELECT 1 FROM cases_rating mine
                                         WHERE mine.hypothesis_id = h.id AND mine.item_id = item
                                           AND mine.analyst_id = attest_user()))
$$;

CREATE FUNCTION rating_is_ones_own() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.rating IS NOT DISTINCT FROM OLD.rating THEN
        RETURN NEW;  -- moved or marked anew with its incident
    END IF;
    IF attest_user() IS NOT NULL AND NEW.analyst_id <> attest_user() THEN
        RAISE EXCEPTION 'Each evaluator rates for themselves.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM cases_hypothesis h JOIN evidence_evidenceitem i ON i.workspace_id = h.workspace_id
                   WHERE h.id = NEW.hypothesis_id AND i.id = NEW.item_id AND h.status = 'active') THEN
        RAISE EXCEPTION 'An item is rated against an active hypothesis of its workspace.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- Hypotheses of incidents and every rating, past blindness: the gate must not depend on who asks.
CREATE FUNCTION matrix_cells(incidents uuid[])
RETURNS TABLE (incident_id uuid, hypothesis_id uuid, hypothesis_kind text, name text,
               item_id uuid, analyst_id uuid, rating text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT h.incident_id, h.id, h.hypothesis_kind, h.name, r.item_id, r.analyst_id, r.rating
    FROM cases_hypothesis h LEFT JOIN cases_rating r ON r.hypothesis_id = h.id
    WHERE h.incident_id = ANY (incidents) AND h.status = 'active'
    ORDER BY h.id, r.item_id, r.analyst_id
$$;

-- What weighs an item, and nothing that it says.
CREATE FUNCTION weighed(items uuid[])
RETURNS TABLE (item_id uuid, source_id uuid, reliability text, credibility int, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT i.id, i.source_id, s.reliability, i.credibility::int, i.status = 'active'
    FROM evidence_evidenceitem i JOIN evidence_source s ON s.id = i.source_id
    WHERE i.id = ANY (items)
$$;
"""

UNDO = """
DROP FUNCTION weighed(uuid[]);
DROP FUNCTION matrix_cells(uuid[]);
DROP FUNCTION rating_is_ones_own();
DROP FUNCTION rating_is_shown(uuid, uuid, uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_incidents_actors_attributions")]
    operations = [migrations.RunSQL(RULES, UNDO)]
