"""A measure is approved only on a provision that permits it; provisions of the library that only set limits say so."""

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
    dependencies = [("policy", "0004_safeguards")]
    # The mark goes with its column: going back drops it in the migration before.
    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop), migrations.RunSQL(RULES, UNDO)]
