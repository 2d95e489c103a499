"""What has moved the matrix of an incident, version by version, for the history of its ranking."""

from django.db import migrations

RULES = """
-- Like `matrix_cells` it looks past blindness and wall, and gives ids, ratings and grades, nothing that is said.
CREATE FUNCTION ranking_entries(incident uuid)
RETURNS TABLE (at timestamptz, kind text, object_id uuid, told jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH hypotheses AS (SELECT id FROM cases_hypothesis WHERE incident_id = incident),
         ratings AS (SELECT r.id, r.item_id FROM cases_rating r JOIN hypotheses h ON h.id = r.hypothesis_id),
         items AS (SELECT id, source_id FROM evidence_evidenceitem WHERE id IN (SELECT item_id FROM ratings)),
         moved AS (SELECT id FROM hypotheses UNION ALL SELECT id FROM ratings
                   UNION ALL SELECT id FROM items UNION ALL SELECT source_id FROM items)
    SELECT e.at, e.kind, e.object_id, CASE e.kind
        WHEN 'hypothesis' THEN jsonb_build_object('status', e.document -> 'status')
        WHEN 'rating' THEN jsonb_build_object('hypothesis', e.document -> 'hypothesis_id',
            'item', e.document -> 'item_id', 'analyst', e.document -> 'analyst_id', 'rating', e.document -> 'rating')
        WHEN 'evidence_item' THEN jsonb_build_object('source', e.document -> 'source_id',
            'credibility', e.document -> 'credibility', 'status', e.document -> 'status')
        WHEN 'source' THEN jsonb_build_object('reliability', e.document -> 'reliability') END
    FROM ledger_entry e
    WHERE e.object_id IN (SELECT id FROM moved) AND e.document IS NOT NULL
    ORDER BY e.sequence
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0041_review_claims_and_return_items")]
    operations = [migrations.RunSQL(RULES, "DROP FUNCTION ranking_entries(uuid);")]
