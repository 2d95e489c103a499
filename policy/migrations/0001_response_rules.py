"""What no path around the code may bring about: the database's own part in the life of a response."""

from django.db import migrations

RULES = """
SET LOCAL check_function_bodies = off;  -- the tables come with the next migration
CREATE FUNCTION response_keeps_its_life() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    movable CONSTANT text[] := ARRAY['status', 'basis', 'basis_note', 'round', 'submitted_at', 'approver_id',
        'approved_at', 'gate_result', 'seal', 'state_note', 'version', 'updated_at', 'updated_by_id', 'marking',
        'workspace_id', 'owner_id', 'due', 'place', 'package'];
    steps CONSTANT jsonb := '{"proposed": ["in_review", "withdrawn"],
        "in_review": ["approved", "proposed", "declined", "withdrawn"], "approved": ["in_force", "withdrawn"],
        "in_force": ["completed", "lifted"], "completed": [], "declined": [], "lifted": [], "withdrawn": []}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT NEW.is_on_record AND NEW.status <> 'proposed' THEN
            RAISE EXCEPTION 'A response begins as a proposal.' USING ERRCODE = 'check_violation';
        END IF;
        IF attest_user() IS NOT NULL AND NEW.author_id <> attest_user() THEN
            RAISE EXCEPTION 'Who proposes a response is its author.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.is_on_record <> OLD.is_on_record THEN
        RAISE EXCEPTION 'A measure on record stays one.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT OLD.is_on_record AND OLD.status <> 'proposed'
       AND to_jsonb(OLD) - movable IS DISTINCT FROM to_jsonb(NEW) - movable THEN
        RAISE EXCEPTION 'The response is %: nothing in it can be changed.', OLD.status USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.seal <> '' AND (OLD.approver_id, OLD.seal, OLD.gate_result, OLD.approved_at)
           IS DISTINCT FROM (NEW.approver_id, NEW.seal, NEW.gate_result, NEW.approved_at) THEN
        RAISE EXCEPTION 'An approval stays as it was given.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status <> OLD.status THEN
        IF NOT (steps -> OLD.status) ? NEW.status THEN
            RAISE EXCEPTION 'A response does not go from % to %.', OLD.status, NEW.status
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.status = 'approved' THEN
            PERFORM response_may_be_approved(to_jsonb(NEW));
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION response_may_be_approved(document jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    r policy_policyresponse := jsonb_populate_record(NULL::policy_policyresponse, document);
    packet text := (SELECT canonical FROM policy_sealedresponse
                    WHERE response_id = r.id AND round = r.round AND sha256 = r.seal);
    measure policy_borderenforcement;
BEGIN
    IF attest_client() IS NOT NULL THEN
        RAISE EXCEPTION 'A token never approves.' USING ERRCODE = 'check_violation';
    END IF;
    IF r.approver_id IS NULL OR r.approver_id IS DISTINCT FROM attest_user() THEN
        RAISE EXCEPTION 'Who approves is who acts.' USING ERRCODE = 'check_violation';
    END IF;
    IF r.approver_id = r.author_id THEN
        RAISE EXCEPTION 'Nobody approves their own response.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.user_id = r.approver_id AND m.ended_at IS NULL
                   AND m.workspace_id = r.workspace_id AND m.role = 'supervisor') THEN
        RAISE EXCEPTION 'A supervisor of the workspace approves.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM policy_responsereview v WHERE v.response_id = r.id AND v.round = r.round
                   AND v.reviewer_id NOT IN (r.author_id, r.approver_id)) THEN
        RAISE EXCEPTION 'A response is approved only after a third person has reviewed.' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM policy_responsereview v WHERE v.response_id = r.id AND v.round = r.round
               AND v.conclusion = 'dissent' AND v.answer = '') THEN
        RAISE EXCEPTION 'A dissent has no answer.' USING ERRCODE = 'check_violation';
    END IF;
    IF packet IS NULL OR encode(sha256(convert_to(packet, 'UTF8')), 'hex') IS DISTINCT FROM r.seal THEN
        RAISE EXCEPTION 'The seal does not fit what is sealed.' USING ERRCODE = 'check_violation';
    END IF;
    IF r.response_kind IN ('sanctions', 'border_enforcement', 'prosecution') AND NOT EXISTS (
        SELECT 1 FROM policy_reliedprovision p WHERE p.response_id = r.id AND p.status = 'active') THEN
        RAISE EXCEPTION 'It relies on no legal provision.' USING ERRCODE = 'check_violation';
    END IF;
    IF r.response_kind = 'border_enforcement' THEN
        SELECT * INTO measure FROM policy_borderenforcement b WHERE b.response_id = r.id AND b.status = 'active';
        IF measure.ends IS NULL THEN
            RAISE EXCEPTION 'A border measure has an end date.' USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM policy_rightsanswer a WHERE a.response_id = r.id AND a.status = 'active'
                       AND a.question = 'asylum_access' AND a.answer <> '' AND a.passage_id IS NOT NULL) THEN
            RAISE EXCEPTION 'A border measure says how access to asylum stays open, with a citation.'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF r.response_kind = 'sanctions' AND (
        NOT EXISTS (SELECT 1 FROM policy_sanctiontarget t WHERE t.response_id = r.id AND t.status = 'active')
        OR EXISTS (
            SELECT 1 FROM policy_sanctiontarget t WHERE t.response_id = r.id AND t.status = 'active' AND NOT EXISTS (
                SELECT 1 FROM policy_responseground g JOIN cases_attribution a ON a.id = g.attribution_id
                WHERE g.response_id = r.id AND g.status = 'active' AND a.actor_id = t.actor_id AND a.status = 'approved'
                  AND a.likelihood IN ('very_likely', 'almost_certain') AND a.confidence IN ('moderate', 'high')))) THEN
        RAISE EXCEPTION 'Each actor listed stands in an approved attribution of the label attributed.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF r.response_kind = 'prosecution' AND (
        EXISTS (SELECT 1 FROM policy_responseground g JOIN cases_actor a ON a.id = g.actor_id
                WHERE g.response_id = r.id AND g.status = 'active'
                  AND a.actor_kind IN ('state', 'state_organ', 'intelligence_service'))
        OR NOT EXISTS (
            SELECT 1 FROM policy_responseground g
            LEFT JOIN cases_attribution t ON t.id = g.attribution_id
            JOIN cases_actor a ON a.id = coalesce(g.actor_id, t.actor_id)
            WHERE g.response_id = r.id AND g.status = 'active'
              AND a.actor_kind NOT IN ('state', 'state_organ', 'intelligence_service'))) THEN
        RAISE EXCEPTION 'A prosecution is of an actor that is no state.' USING ERRCODE = 'check_violation';
    END IF;
END $$;

-- Waits for an approval under way (the row lock), then refuses if nothing may move any more.
CREATE FUNCTION response_part_moves_only_in_the_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    r policy_policyresponse;
    scope CONSTANT text[] := ARRAY['version', 'updated_at', 'updated_by_id', 'marking', 'workspace_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - scope IS NOT DISTINCT FROM to_jsonb(NEW) - scope THEN
        RETURN NEW;
    END IF;
    SELECT * INTO r FROM policy_policyresponse WHERE id = NEW.response_id FOR SHARE;
    IF NOT r.is_on_record AND r.status <> 'proposed' THEN
        RAISE EXCEPTION 'The response is %: nothing in it can be changed.', r.status USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION response_review_is_by_another() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    r policy_policyresponse;
BEGIN
    SELECT * INTO r FROM policy_policyresponse WHERE id = NEW.response_id;
    IF r.status <> 'in_review' OR r.round <> NEW.round THEN
        RAISE EXCEPTION 'Only the version in review is reviewed.' USING ERRCODE = 'check_violation';
    END IF;
    IF attest_client() IS NOT NULL THEN
        RAISE EXCEPTION 'A token never reviews.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reviewer_id = r.author_id OR (attest_user() IS NOT NULL AND NEW.reviewer_id <> attest_user()) THEN
        RAISE EXCEPTION 'Nobody reviews their own work, and who reviews is who acts.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

UNDO = """
DROP FUNCTION response_review_is_by_another();
DROP FUNCTION response_part_moves_only_in_the_open();
DROP FUNCTION response_may_be_approved(jsonb);
DROP FUNCTION response_keeps_its_life();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("cases", "0050_reliance_rules")]
    operations = [migrations.RunSQL(RULES, UNDO)]
