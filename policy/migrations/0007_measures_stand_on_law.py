"""A measure is approved only on a provision that permits it, each test of it answered; the library's safeguards say so."""

from django.db import migrations

MARK = """
SELECT set_config('attest.step', 'change', true),
       set_config('attest.reason', 'It permits no measure by itself.', true);
UPDATE policy_legalprovision SET is_safeguard_only = true
WHERE key IN ('refugee-convention-31', 'refugee-convention-33', 'us-8-1158') AND NOT is_safeguard_only;
SELECT set_config('attest.step', '', true), set_config('attest.reason', '', true);
"""

RULES = """
CREATE FUNCTION response_stands_on_law() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.response_kind IN ('sanctions', 'border_enforcement', 'prosecution') AND NOT EXISTS (
        SELECT 1 FROM policy_reliedprovision r JOIN policy_legalprovision p ON p.id = r.provision_id
        WHERE r.response_id = NEW.id AND r.status = 'active' AND NOT p.is_safeguard_only) THEN
        RAISE EXCEPTION 'Nothing that it relies on permits the measure.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.response_kind = 'border_enforcement' AND EXISTS (
        SELECT 1 FROM policy_reliedprovision r JOIN policy_legalprovision p ON p.id = r.provision_id
        CROSS JOIN unnest(p.tests) AS asked (test)
        WHERE r.response_id = NEW.id AND r.status = 'active' AND NOT EXISTS (
            SELECT 1 FROM policy_provisiontestanswer a WHERE a.response_id = NEW.id AND a.provision_id = p.id
            AND a.test = asked.test AND a.status = 'active' AND a.text <> ''
            AND (a.answer = 'not_assessed' OR a.passage_id IS NOT NULL))) THEN
        RAISE EXCEPTION 'A test that the law sets has no answer.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stands_on_law BEFORE UPDATE OF status ON policy_policyresponse
    FOR EACH ROW WHEN (NEW.status = 'approved' AND OLD.status <> 'approved') EXECUTE FUNCTION response_stands_on_law();
"""

UNDO = """
DROP TRIGGER stands_on_law ON policy_policyresponse;
DROP FUNCTION response_stands_on_law();
"""


class Migration(migrations.Migration):
    dependencies = [("policy", "0004_safeguards_and_tests_of_the_law")]
    # The mark goes with its column: going back drops it in the migration before.
    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop), migrations.RunSQL(RULES, UNDO)]
