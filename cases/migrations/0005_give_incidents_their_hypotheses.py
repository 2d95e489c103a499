"""Incidents recorded before there were matrices get the four hypotheses that every incident starts with."""

from django.db import migrations

GIVE = """
SELECT set_config('attest.step', 'add', true),
       set_config('attest.reason', 'Every incident is weighed against four hypotheses.', true);
INSERT INTO cases_hypothesis (id, workspace_id, marking, version, created_at, updated_at, state_note, status,
                              incident_id, hypothesis_kind, name, description)
SELECT gen_random_uuid(), i.workspace_id, i.marking, 1, now(), now(), '', 'active', i.id, core.kind, core.name, ''
FROM cases_incident i
CROSS JOIN (VALUES ('state_strategy', 'State strategy'), ('criminal_profit', 'Criminal profit'),
                   ('humanitarian_movement', 'Humanitarian movement'), ('lawful_mobility', 'Lawful mobility'))
           AS core (kind, name)
WHERE NOT EXISTS (SELECT 1 FROM cases_hypothesis h WHERE h.incident_id = i.id AND h.hypothesis_kind = core.kind)
ORDER BY i.id, core.kind DESC;
SELECT set_config('attest.step', '', true), set_config('attest.reason', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_hypotheses_ratings_and_policies")]
    # Nothing is deleted: going back drops the table with its rows in the migration before.
    operations = [migrations.RunSQL(GIVE, migrations.RunSQL.noop)]
