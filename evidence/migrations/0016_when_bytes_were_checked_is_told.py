"""When bytes were looked at again is told to whoever may read the file, and written by the owner alone."""

from django.db import migrations

RULES = """
ALTER TABLE evidence_bytecheck ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON evidence_bytecheck FOR SELECT TO attest_app
    USING (EXISTS (SELECT 1 FROM evidence_storedfile f WHERE f.id = file_id));
"""

UNDO = """
DROP POLICY reading ON evidence_bytecheck;
ALTER TABLE evidence_bytecheck DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0015_bytes_are_checked_and_stamped")]
    operations = [migrations.RunSQL(RULES, UNDO)]
