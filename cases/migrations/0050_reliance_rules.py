"""What rests on what, how an approval holds its ground still, and weights that follow what fell."""

from django.db import migrations

RULES = """
-- Attributions that cite some items, or whose matrix weighs them: as submitted, or as it stands while
-- open to edit. For reliance, which looks past the wall; nobody else may call it.
CREATE FUNCTION resting(items uuid[]) RETURNS TABLE (attribution_id uuid)
LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT c.attribution_id
    FROM evidence_passage p JOIN cases_citation c ON c.passage_id = p.id AND c.status = 'active'
    WHERE p.item_id = ANY (items)
    UNION
    SELECT a.id
    FROM (SELECT h.incident_id, min(r.created_at) AS rated_at
          FROM cases_rating r JOIN cases_hypothesis h ON h.id = r.hypothesis_id
          WHERE r.item_id = ANY (items) GROUP BY h.incident_id) weighed
    JOIN cases_attribution a ON a.incident_id = weighed.incident_id
    WHERE a.status IN ('draft', 'returned', 'stale') OR weighed.rated_at <= a.submitted_at
$$;
REVOKE EXECUTE ON FUNCTION resting(uuid[]) FROM PUBLIC;

-- Of those, the ones that the reader may read, though they may not see every item or rating between.
CREATE FUNCTION resting_on(items uuid[]) RETURNS TABLE (attribution_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT a.id FROM resting(items) JOIN cases_attribution a ON a.id = attribution_id
    WHERE (a.workspace_id, a.marking) IN (SELECT r.workspace_id, r.marking FROM readable() r)
$$;

-- Whether anything rests on items and sources of the reader that they may not read. Never what, nor how many.
CREATE FUNCTION rests_unseen(items uuid[], sources uuid[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH reader AS MATERIALIZED (SELECT r.workspace_id, r.marking FROM readable() r), said AS MATERIALIZED (
        SELECT ARRAY(SELECT i.id FROM evidence_evidenceitem i
                     WHERE i.id = ANY (items) AND (i.workspace_id, i.marking) IN (SELECT * FROM reader)) AS items,
               ARRAY(SELECT s.id FROM evidence_source s
                     WHERE s.id = ANY (sources) AND (s.workspace_id, s.marking) IN (SELECT * FROM reader)) AS sources
    )
    SELECT EXISTS (
        SELECT 1
        FROM said, resting(ARRAY(SELECT reached.item_id FROM reached_by(said.items, said.sources) reached)) one
        JOIN cases_attribution a ON a.id = one.attribution_id
        WHERE a.status NOT IN ('withdrawn', 'superseded')
          AND (a.workspace_id, a.marking) NOT IN (SELECT * FROM reader))
$$;

-- Incident, actor, passages and items, cited or weighed, with all that these lean on. See hold_lineage.
CREATE FUNCTION hold_ground(claim uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    held cases_attribution;
BEGIN
    SELECT * INTO held FROM cases_attribution a WHERE a.id = claim;
    PERFORM 1 FROM cases_incident i WHERE i.id = held.incident_id FOR SHARE;
    PERFORM 1 FROM cases_actor a WHERE a.id = held.actor_id FOR SHARE;
    PERFORM 1 FROM evidence_passage p
        WHERE p.id IN (SELECT c.passage_id FROM cases_citation c WHERE c.attribution_id = claim AND c.status = 'active')
        ORDER BY p.id FOR SHARE;
    PERFORM hold_lineage(ARRAY(
        SELECT p.item_id FROM cases_citation c JOIN evidence_passage p ON p.id = c.passage_id
        WHERE c.attribution_id = claim AND c.status = 'active'
        UNION
        SELECT r.item_id FROM cases_rating r JOIN cases_hypothesis h ON h.id = r.hypothesis_id
        WHERE h.incident_id = held.incident_id), '{}');
END $$;

-- As before, and no weight is left to what a withdrawn source gave us, nor to what repeats something withdrawn.
CREATE OR REPLACE FUNCTION weighed(items uuid[])
RETURNS TABLE (item_id uuid, source_id uuid, reliability text, credibility int, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT i.id, i.source_id, s.reliability, i.credibility::int,
           i.status = 'active' AND s.status = 'active' AND i.id NOT IN (SELECT g.item_id FROM groundless(items) g)
    FROM evidence_evidenceitem i JOIN evidence_source s ON s.id = i.source_id
    WHERE i.id = ANY (items)
$$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION weighed(items uuid[])
RETURNS TABLE (item_id uuid, source_id uuid, reliability text, credibility int, is_active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT i.id, i.source_id, s.reliability, i.credibility::int, i.status = 'active'
    FROM evidence_evidenceitem i JOIN evidence_source s ON s.id = i.source_id
    WHERE i.id = ANY (items)
$$;
DROP FUNCTION hold_ground(uuid);
DROP FUNCTION rests_unseen(uuid[], uuid[]);
DROP FUNCTION resting_on(uuid[]);
DROP FUNCTION resting(uuid[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0041_review_claims_and_return_items"),
        ("evidence", "0010_lineage_rules"),
    ]
    operations = [migrations.RunSQL(RULES, UNDO)]
