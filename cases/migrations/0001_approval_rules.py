"""What no path around the code may bring about: the database's own part of the approval."""

from django.db import migrations

RULES = """
SET LOCAL check_function_bodies = off;  -- the tables come with the next migration
-- The claim moves only while it is open to edit; an approval needs all that the gate promises.
CREATE FUNCTION attribution_keeps_its_life() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    open_to_edit CONSTANT text[] := ARRAY['draft', 'returned', 'stale'];
    lifecycle CONSTANT text[] := ARRAY['status', 'round', 'submitted_at', 'approver_id', 'approved_at', 'gate_result',
        'seal', 'state_note', 'version', 'updated_at', 'updated_by_id', 'marking', 'workspace_id'];
    steps CONSTANT jsonb := '{"draft": ["in_review", "withdrawn"], "returned": ["in_review", "withdrawn"],
        "stale": ["in_review", "withdrawn", "superseded"],
        "in_review": ["approved", "returned", "withdrawn"], "approved": ["stale", "superseded", "withdrawn"],
        "withdrawn": [], "superseded": []}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION 'An attribution begins as a draft.' USING ERRCODE = 'check_violation';
        END IF;
        IF attest_user() IS NOT NULL AND NEW.author_id <> attest_user() THEN
            RAISE EXCEPTION 'Who begins an attribution is its author.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT OLD.status = ANY (open_to_edit) AND to_jsonb(OLD) - lifecycle IS DISTINCT FROM to_jsonb(NEW) - lifecycle THEN
        RAISE EXCEPTION 'The attribution is %: nothing in it can be changed.', OLD.status USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = 'approved' AND OLD.status = 'approved'
       AND (OLD.approver_id, OLD.seal, OLD.gate_result, OLD.approved_at, OLD.round)
           IS DISTINCT FROM (NEW.approver_id, NEW.seal, NEW.gate_result, NEW.approved_at, NEW.round) THEN
        RAISE EXCEPTION 'An approval stays as it was given.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status <> OLD.status THEN
        IF NOT (steps -> OLD.status) ? NEW.status THEN
            RAISE EXCEPTION 'An attribution does not go from % to %.', OLD.status, NEW.status
                USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.status = 'approved' THEN
            PERFORM attribution_may_be_approved(to_jsonb(NEW));
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION attribution_may_be_approved(document jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    claim cases_attribution := jsonb_populate_record(NULL::cases_attribution, document);
    is_state boolean := (SELECT actor_kind IN ('state', 'state_organ', 'intelligence_service')
                         FROM cases_actor WHERE id = claim.actor_id);
    packet text := (SELECT canonical FROM cases_sealedpacket
                    WHERE attribution_id = claim.id AND round = claim.round AND sha256 = claim.seal);
BEGIN
    IF attest_client() IS NOT NULL THEN
        RAISE EXCEPTION 'A token never approves.' USING ERRCODE = 'check_violation';
    END IF;
    IF claim.approver_id IS NULL OR claim.approver_id IS DISTINCT FROM attest_user() THEN
        RAISE EXCEPTION 'Who approves is who acts.' USING ERRCODE = 'check_violation';
    END IF;
    IF claim.approver_id = claim.author_id
       OR EXISTS (SELECT 1 FROM cases_coauthor c WHERE c.attribution_id = claim.id AND c.person_id = claim.approver_id) THEN
        RAISE EXCEPTION 'Nobody approves their own work.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.user_id = claim.approver_id AND m.ended_at IS NULL
                   AND m.workspace_id = claim.workspace_id AND m.role = 'supervisor') THEN
        RAISE EXCEPTION 'A supervisor of the workspace approves.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM cases_citation c
                   JOIN evidence_passage p ON p.id = c.passage_id AND p.status = 'active'
                   JOIN evidence_evidenceitem i ON i.id = p.item_id AND i.status = 'active'
                   WHERE c.attribution_id = claim.id AND c.status = 'active') THEN
        RAISE EXCEPTION 'Nothing is approved without a citation of an active item.' USING ERRCODE = 'check_violation';
    END IF;
    IF is_state AND NOT EXISTS (
        SELECT 1 FROM cases_review r
        WHERE r.attribution_id = claim.id AND r.round = claim.round
          AND r.reviewer_id NOT IN (claim.author_id, claim.approver_id)
          AND r.reviewer_id NOT IN (SELECT c.person_id FROM cases_coauthor c WHERE c.attribution_id = claim.id)) THEN
        RAISE EXCEPTION 'A state is named only after a third person has reviewed.' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM cases_dissent d JOIN cases_review r ON r.id = d.review_id
               WHERE r.attribution_id = claim.id AND r.round = claim.round AND d.answer = '') THEN
        RAISE EXCEPTION 'A dissent has no answer.' USING ERRCODE = 'check_violation';
    END IF;
    IF packet IS NULL OR encode(sha256(convert_to(packet, 'UTF8')), 'hex') IS DISTINCT FROM claim.seal THEN
        RAISE EXCEPTION 'The seal does not fit what is sealed.' USING ERRCODE = 'check_violation';
    END IF;
END $$;

-- Waits for an approval under way (the row lock), then refuses if nothing may move any more.
CREATE FUNCTION citation_moves_only_in_the_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    claim cases_attribution;
    passage_room uuid;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.status, NEW.supports, NEW.intent_basis, NEW.note, NEW.passage_id)
                            IS NOT DISTINCT FROM (OLD.status, OLD.supports, OLD.intent_basis, OLD.note, OLD.passage_id) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO claim FROM cases_attribution WHERE id = NEW.attribution_id FOR SHARE;
    IF claim.status NOT IN ('draft', 'returned', 'stale') THEN
        RAISE EXCEPTION 'The attribution is %: its citations cannot be changed.', claim.status
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT workspace_id INTO passage_room FROM evidence_passage WHERE id = NEW.passage_id;
    IF passage_room IS DISTINCT FROM claim.workspace_id THEN
        RAISE EXCEPTION 'A citation stays within its workspace.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION review_is_by_another() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    claim cases_attribution;
BEGIN
    SELECT * INTO claim FROM cases_attribution WHERE id = NEW.attribution_id;
    IF claim.status <> 'in_review' OR claim.round <> NEW.round THEN
        RAISE EXCEPTION 'Only the version in review is reviewed.' USING ERRCODE = 'check_violation';
    END IF;
    IF attest_user() IS NOT NULL AND NEW.reviewer_id <> attest_user() THEN
        RAISE EXCEPTION 'Who reviews is who acts.' USING ERRCODE = 'check_violation';
    END IF;
    IF attest_client() IS NOT NULL THEN
        RAISE EXCEPTION 'A token never reviews.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reviewer_id = claim.author_id
       OR EXISTS (SELECT 1 FROM cases_coauthor c WHERE c.attribution_id = claim.id AND c.person_id = NEW.reviewer_id) THEN
        RAISE EXCEPTION 'Nobody reviews their own work.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

UNDO = """
DROP FUNCTION review_is_by_another();
DROP FUNCTION citation_moves_only_in_the_open();
DROP FUNCTION attribution_may_be_approved(jsonb);
DROP FUNCTION attribution_keeps_its_life();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("evidence", "0002_sources_items_files_passages")]
    operations = [migrations.RunSQL(RULES, UNDO)]
