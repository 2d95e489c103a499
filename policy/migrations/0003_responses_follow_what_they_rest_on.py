"""When an attribution stops being approved, or a claim is withdrawn, responses resting on it are in question."""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION response_basis_falls() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    is_attribution boolean := TG_TABLE_NAME = 'cases_attribution';
    before_step text := coalesce(current_setting('attest.step', true), '');
    before_reason text := coalesce(current_setting('attest.reason', true), '');
    why text := CASE WHEN is_attribution THEN 'An attribution that it rests on is now ' || NEW.status || '.'
                     ELSE 'A public claim that it repeats was withdrawn.' END;
BEGIN
    PERFORM set_config('attest.step', 'question_basis', true), set_config('attest.reason', why, true);
    UPDATE policy_policyresponse r SET basis = 'in_question', basis_note = why
    WHERE NOT r.is_on_record AND r.status IN ('proposed', 'in_review', 'approved', 'in_force')
      AND r.id IN (SELECT g.response_id FROM policy_responseground g WHERE g.status = 'active'
                   AND CASE WHEN is_attribution THEN g.attribution_id ELSE g.claim_id END = NEW.id);
    PERFORM set_config('attest.step', before_step, true), set_config('attest.reason', before_reason, true);
    RETURN NULL;
END $$;
CREATE TRIGGER responses_follow AFTER UPDATE OF status ON cases_attribution
    FOR EACH ROW WHEN (OLD.status = 'approved' AND NEW.status <> 'approved') EXECUTE FUNCTION response_basis_falls();
CREATE TRIGGER responses_follow AFTER UPDATE OF status ON cases_publicclaim
    FOR EACH ROW WHEN (OLD.status = 'active' AND NEW.status <> 'active') EXECUTE FUNCTION response_basis_falls();
"""

UNDO = """
DROP TRIGGER responses_follow ON cases_publicclaim;
DROP TRIGGER responses_follow ON cases_attribution;
DROP FUNCTION response_basis_falls();
"""


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_responses_and_the_legal_library")]
    operations = [migrations.RunSQL(FOLLOW, UNDO)]
