"""How far the reading of a file has come is told to whoever may read the file, and written by whoever has it read."""

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
"""

UNDO = """
DROP POLICY changing ON evidence_readingprogress;
DROP POLICY adding ON evidence_readingprogress;
DROP POLICY reading ON evidence_readingprogress;
ALTER TABLE evidence_readingprogress DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0018_readings_parts_and_proposals")]
    operations = [migrations.RunSQL(RULES, UNDO)]
