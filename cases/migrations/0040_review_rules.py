"""What holds while a version is in review: who reviews it, that it stays, and that it is what is approved."""

from django.db import migrations

RULES = """
SET LOCAL check_function_bodies = off;  -- the tables come with the next migration
-- One who may review and is no author holds a claim; what has ended stays ended.
CREATE FUNCTION review_claim_is_by_another() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    claim cases_attribution;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.status, NEW.due_on) IS NOT DISTINCT FROM (OLD.status, OLD.due_on) THEN
        RETURN NEW;  -- marked anew with its attribution, or told of
    END IF;
    IF attest_client() IS NOT NULL THEN
        RAISE EXCEPTION 'A token never reviews.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status <> 'open' THEN
            RAISE EXCEPTION 'This review claim has ended.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO claim FROM cases_attribution WHERE id = NEW.attribution_id FOR SHARE;
    IF NEW.status <> 'open' OR claim.status <> 'in_review' OR claim.round <> NEW.round THEN
        RAISE EXCEPTION 'Only the review of a version in review is claimed.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.reviewer_id = claim.author_id
       OR EXISTS (SELECT 1 FROM cases_coauthor c WHERE c.attribution_id = claim.id AND c.person_id = NEW.reviewer_id) THEN
        RAISE EXCEPTION 'Nobody reviews their own work.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM accounts_membership m
                   WHERE m.user_id = NEW.reviewer_id AND m.workspace_id = claim.workspace_id AND m.ended_at IS NULL
                     AND m.role IN ('reviewer', 'supervisor')
                     AND marking_level(m.clearance) >= marking_level(claim.marking)) THEN
        RAISE EXCEPTION 'A reviewer or supervisor whose clearance covers it reviews.' USING ERRCODE = 'check_violation';
    END IF;
    IF attest_user() IS NOT NULL AND NEW.reviewer_id <> attest_user()
       AND NOT EXISTS (SELECT 1 FROM accounts_membership m
                       WHERE m.user_id = attest_user() AND m.workspace_id = claim.workspace_id AND m.ended_at IS NULL
                         AND m.role = 'supervisor') THEN
        RAISE EXCEPTION 'Only a supervisor gives a review to another.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION review_waits_for_the_claim() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM cases_reviewclaim c
               WHERE c.attribution_id = NEW.attribution_id AND c.round = NEW.round AND c.status = 'open'
                 AND c.reviewer_id <> NEW.reviewer_id) THEN
        RAISE EXCEPTION 'Another reviewer has claimed this review.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- What is marked, where it lies and which round it is stay, too, while it is in review.
CREATE FUNCTION attribution_stays_as_submitted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.round <> OLD.round + (NEW.status = 'in_review' AND OLD.status <> 'in_review')::int THEN
        RAISE EXCEPTION 'A round begins with a submission, and only so.' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status = 'in_review' AND (NEW.marking, NEW.workspace_id, NEW.submitted_at)
                                    IS DISTINCT FROM (OLD.marking, OLD.workspace_id, OLD.submitted_at) THEN
        RAISE EXCEPTION 'The attribution is in review: nothing in it can be changed.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- Waits for a submission under way (the row lock).
CREATE FUNCTION co_author_joins_in_the_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    stands text;
BEGIN
    SELECT status INTO stands FROM cases_attribution WHERE id = NEW.attribution_id FOR SHARE;
    IF stands NOT IN ('draft', 'returned', 'stale') THEN
        RAISE EXCEPTION 'The attribution is %: nobody joins its authors now.', stands USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION return_item_moves_only_in_the_open() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    claim cases_attribution;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.outcome, NEW.word, NEW.answered_by_id)
                            IS NOT DISTINCT FROM (OLD.outcome, OLD.word, OLD.answered_by_id) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO claim FROM cases_attribution WHERE id = NEW.attribution_id FOR SHARE;
    IF TG_OP = 'INSERT' AND (claim.status <> 'returned' OR claim.round <> NEW.round OR NEW.outcome <> '') THEN
        RAISE EXCEPTION 'What is to be mended is said when it is returned.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' AND attest_user() IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM accounts_membership m
                       WHERE m.user_id = attest_user() AND m.workspace_id = claim.workspace_id AND m.ended_at IS NULL
                         AND m.role = 'supervisor') THEN
        RAISE EXCEPTION 'A supervisor says what is to be mended.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (claim.status NOT IN ('draft', 'returned', 'stale') OR claim.round <> NEW.round) THEN
        RAISE EXCEPTION 'The attribution is %: what was mended is said before it is submitted.', claim.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- An approval seals the claim and the citations that were submitted, and no others.
CREATE FUNCTION packet_is_as_submitted(attribution uuid, the_round integer, packet text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    sealed jsonb := packet::jsonb;
    submitted jsonb := (SELECT v.canonical::jsonb FROM cases_submittedversion v
                        WHERE v.attribution_id = attribution AND v.round = the_round);
BEGIN
    IF submitted IS NULL THEN
        RAISE EXCEPTION 'Only a version that was submitted is approved.' USING ERRCODE = 'check_violation';
    END IF;
    IF sealed -> 'attribution' IS DISTINCT FROM submitted -> 'attribution' THEN
        RAISE EXCEPTION 'The claim that is sealed is not the one that was submitted.' USING ERRCODE = 'check_violation';
    END IF;
    IF (SELECT array_agg(c ->> 'id' ORDER BY c ->> 'id') FROM jsonb_array_elements(sealed -> 'citations') c)
       IS DISTINCT FROM
       (SELECT array_agg(c ->> 'id' ORDER BY c ->> 'id') FROM jsonb_array_elements(submitted -> 'citations') c) THEN
        RAISE EXCEPTION 'The citations that are sealed are not those that were submitted.'
            USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION attribution_may_be_approved(document jsonb) RETURNS void
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
    PERFORM packet_is_as_submitted(claim.id, claim.round, packet);
END $$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION attribution_may_be_approved(document jsonb) RETURNS void
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

DROP FUNCTION packet_is_as_submitted(uuid, integer, text);
DROP FUNCTION return_item_moves_only_in_the_open();
DROP FUNCTION co_author_joins_in_the_open();
DROP FUNCTION attribution_stays_as_submitted();
DROP FUNCTION review_waits_for_the_claim();
DROP FUNCTION review_claim_is_by_another();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0030_watches")]
    operations = [migrations.RunSQL(RULES, UNDO)]
