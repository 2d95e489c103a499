"""What no path around the code may bring about: sharing beyond what was agreed, or what was not approved."""

from django.db import migrations

RULES = """
SET LOCAL check_function_bodies = off;  -- the table comes with the next migration
CREATE FUNCTION sharing_keeps_to_what_was_agreed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF marking_level(NEW.marking) < marking_level(NEW.under) THEN
        RAISE EXCEPTION 'A sharing is marked at least as what was shared.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.status <> OLD.status AND OLD.status <> 'shared' THEN
            RAISE EXCEPTION 'What was recalled stays recalled.' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.status <> OLD.status THEN
            PERFORM sharing_is_for_those_who_may(NEW.response_id);
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.status <> 'shared' THEN
        RAISE EXCEPTION 'A sharing begins as shared.' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM sharing_is_for_those_who_may(NEW.response_id);
    PERFORM sharing_is_agreed(NEW.response_id, NEW.partner, NEW.under);
    PERFORM sharing_holds_nothing_above(NEW.response_id, NEW.included, NEW.under);
    RETURN NEW;
END $$;

CREATE FUNCTION sharing_is_for_those_who_may(response uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF attest_client() IS NOT NULL THEN
        RAISE EXCEPTION 'A token never shares or recalls.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM policy_policyresponse r
        JOIN accounts_membership m ON m.workspace_id = r.workspace_id AND m.ended_at IS NULL
        WHERE r.id = response AND m.user_id = attest_user()
          AND (m.role = 'supervisor' OR m.user_id IN (r.author_id, r.owner_id))) THEN
        RAISE EXCEPTION 'Its author, its owner or a supervisor shares it.' USING ERRCODE = 'check_violation';
    END IF;
END $$;

-- Waits for a step of the response under way (the row lock), then looks at where it stands.
CREATE FUNCTION sharing_is_agreed(response uuid, partner text, under text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    r policy_policyresponse;
    agreed policy_intelligencecooperation;
BEGIN
    SELECT * INTO r FROM policy_policyresponse WHERE id = response FOR SHARE;
    SELECT * INTO agreed FROM policy_intelligencecooperation a WHERE a.response_id = response AND a.status = 'active';
    IF r.response_kind IS DISTINCT FROM 'intelligence_cooperation' OR agreed.id IS NULL THEN
        RAISE EXCEPTION 'Only an intelligence cooperation shares a product.' USING ERRCODE = 'check_violation';
    END IF;
    IF r.is_on_record OR r.status NOT IN ('approved', 'in_force') OR r.basis = 'in_question' THEN
        RAISE EXCEPTION 'Only what is approved or in force, on a basis that stands, is shared.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT partner = ANY (agreed.partners) THEN
        RAISE EXCEPTION 'It is shared with partners that the response names.' USING ERRCODE = 'check_violation';
    END IF;
    IF marking_level(under) > marking_level(agreed.highest_marking) THEN
        RAISE EXCEPTION 'Nothing is shared above the marking that was agreed.' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION sharing_holds_nothing_above(response uuid, included jsonb, under text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    room uuid := (SELECT workspace_id FROM policy_policyresponse WHERE id = response);
    told record;
    theirs record;
BEGIN
    IF jsonb_typeof(included) <> 'array' OR included = '[]' THEN
        RAISE EXCEPTION 'A sharing says what is in it.' USING ERRCODE = 'check_violation';
    END IF;
    FOR told IN SELECT * FROM jsonb_to_recordset(included) AS x (kind text, id uuid) LOOP
        IF record_table(told.kind) IS NULL THEN
            RAISE EXCEPTION 'There is no such kind: %.', told.kind USING ERRCODE = 'check_violation';
        END IF;
        EXECUTE format('SELECT workspace_id, marking FROM %I WHERE id = $1', record_table(told.kind))
            INTO theirs USING told.id;
        IF theirs.workspace_id IS DISTINCT FROM room OR marking_level(theirs.marking) > marking_level(under) THEN
            RAISE EXCEPTION 'What is shared lies in its workspace, at or under its marking.'
                USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
END $$;
"""

UNDO = """
DROP FUNCTION sharing_keeps_to_what_was_agreed();
DROP FUNCTION sharing_holds_nothing_above(uuid, jsonb, text);
DROP FUNCTION sharing_is_agreed(uuid, text, text);
DROP FUNCTION sharing_is_for_those_who_may(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_releases"), ("policy", "0003_responses_follow_what_they_rest_on")]
    operations = [migrations.RunSQL(RULES, UNDO)]
