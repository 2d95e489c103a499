"""How far the reading of a file has come is told to whoever may read the file, and written by whoever has it read.

Custody tells of those who look at the original, whoever they are.
"""

from django.db import migrations

RULES = """
ALTER TABLE evidence_readingprogress ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON evidence_readingprogress FOR SELECT TO attest_app
    USING (EXISTS (SELECT 1 FROM evidence_storedfile f WHERE f.id = file_id));
CREATE POLICY adding ON evidence_readingprogress FOR INSERT TO attest_app
    WITH CHECK (EXISTS (SELECT 1 FROM evidence_storedfile f
        WHERE f.id = file_id AND (f.workspace_id, f.marking) IN (SELECT w.workspace_id, w.marking FROM writable() w)));
CREATE POLICY changing ON evidence_readingprogress FOR UPDATE TO attest_app
    USING (EXISTS (SELECT 1 FROM evidence_storedfile f
        WHERE f.id = file_id AND (f.workspace_id, f.marking) IN (SELECT w.workspace_id, w.marking FROM writable() w)));

-- As `custody_of_download`, for what is looked at: once for each person and day.
CREATE FUNCTION custody_of_viewing(event uuid, wanted uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO evidence_custodyevent (id, workspace_id, marking, state_note, file_id, action, note)
    SELECT event, f.workspace_id, f.marking, '', f.id, 'viewed_original', ''
    FROM evidence_storedfile f
    WHERE f.id = wanted AND attest_user() IS NOT NULL
      AND (f.workspace_id, f.marking) IN (SELECT r.workspace_id, r.marking FROM readable() r)
      AND NOT EXISTS (SELECT 1 FROM evidence_custodyevent e WHERE e.file_id = wanted AND e.action = 'viewed_original'
                      AND e.created_by_id = attest_user() AND e.created_at > now() - interval '1 day');
END $$;
"""

UNDO = """
DROP FUNCTION custody_of_viewing(uuid, uuid);
DROP POLICY changing ON evidence_readingprogress;
DROP POLICY adding ON evidence_readingprogress;
DROP POLICY reading ON evidence_readingprogress;
ALTER TABLE evidence_readingprogress DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0018_readings_parts_and_proposals")]
    operations = [migrations.RunSQL(RULES, UNDO)]
