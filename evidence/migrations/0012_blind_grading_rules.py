"""Blind gradings are paired and kept apart by the database, and credibility 1 is confirmed by two origins."""

from django.db import migrations

RULES = """
SET LOCAL check_function_bodies = off;  -- the tables come with the next migration

-- Of how many origins, other than its own, an item's confirming items are. Past the wall, as with lineage: it must not
-- depend on who grades. What is out of use, repeats something withdrawn, or is graded E or 5 confirms nothing.
CREATE FUNCTION confirming_origins(wanted uuid) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    items uuid[] := ARRAY(
        SELECT c.confirming_id FROM evidence_confirmation c
        JOIN evidence_evidenceitem i ON i.id = c.confirming_id AND i.status = 'active' AND i.credibility <> 5
        JOIN evidence_source s ON s.id = i.source_id AND s.status = 'active' AND s.reliability <> 'E'
        WHERE c.item_id = wanted AND c.status = 'active');
BEGIN
    items := ARRAY(SELECT each FROM unnest(items) each EXCEPT SELECT g.item_id FROM groundless(items) g);
    RETURN (
        WITH RECURSIVE told AS (
            SELECT l.item_id, l.repeats, l.voice FROM lineage(items || wanted) l
        ), edges (a, b) AS (
            SELECT item_id, voice FROM told
            UNION SELECT voice, item_id FROM told
            UNION SELECT item_id, repeats FROM told WHERE repeats IS NOT NULL
            UNION SELECT repeats, item_id FROM told WHERE repeats IS NOT NULL
        ), reached (start, node) AS (
            SELECT each, each FROM unnest(items || wanted) each
            UNION
            SELECT r.start, e.b FROM reached r JOIN edges e ON e.a = r.node
        ), origins AS (
            SELECT start, min(node::text) AS origin FROM reached GROUP BY start
        )
        SELECT count(DISTINCT o.origin)::int FROM origins o
        WHERE o.origin <> (SELECT own.origin FROM origins own WHERE own.start = wanted));
END $$;

-- Whether a person graded an item in the open: each version of it in the ledger whose grade or reason is new is theirs.
CREATE FUNCTION graded_openly(item uuid, question text, person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (
        SELECT 1 FROM (
            SELECT e.user_id, told.grade, lag(told.grade) OVER (ORDER BY e.sequence) AS before
            FROM ledger_entry e
            CROSS JOIN LATERAL (SELECT CASE question
                WHEN 'so' THEN jsonb_build_array(e.document -> 'credibility', e.document -> 'credibility_reason')
                ELSE jsonb_build_array(coalesce(e.document ->> 'said_reliability', ''),
                                       e.document -> 'said_credibility',
                                       coalesce(e.document ->> 'said_credibility_reason', ''))
                END AS grade) told
            WHERE e.object_id = item AND e.document IS NOT NULL
        ) versions
        WHERE versions.user_id = person AND versions.grade IS DISTINCT FROM coalesce(
            versions.before, CASE question WHEN 'so' THEN '[6, ""]'::jsonb ELSE '["", null, ""]'::jsonb END))
$$;

-- Why a person gives no blind grading: 'given' already, or 'graded' in the open; nothing if they may.
CREATE FUNCTION grading_hindrance(item uuid, asked text, person uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT CASE
        WHEN EXISTS (SELECT 1 FROM evidence_grading g WHERE g.item_id = item AND g.question = asked
                     AND g.grader_id = person AND g.outcome <> 'withdrawn') THEN 'given'
        WHEN graded_openly(item, asked, person) THEN 'graded'
        ELSE '' END
$$;
REVOKE EXECUTE ON FUNCTION graded_openly(uuid, text, uuid), grading_hindrance(uuid, text, uuid) FROM PUBLIC;

-- How blind grading of a readable item stands to its reader, and nothing of what was found.
CREATE FUNCTION grading_standing(wanted uuid) RETURNS TABLE (question text, is_waiting boolean, hindrance text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT asked,
           EXISTS (SELECT 1 FROM evidence_grading g
                   WHERE g.item_id = i.id AND g.question = asked AND g.outcome = 'waiting'),
           grading_hindrance(i.id, asked, attest_user())
    FROM evidence_evidenceitem i CROSS JOIN unnest(ARRAY['said', 'so']) asked
    WHERE i.id = wanted AND (i.workspace_id, i.marking) IN (SELECT r.workspace_id, r.marking FROM readable() r)
$$;

-- Readable items with a first grading that waits for its second.
CREATE FUNCTION awaiting_second() RETURNS TABLE (item_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT g.item_id FROM evidence_grading g
    WHERE g.outcome = 'waiting' AND (g.workspace_id, g.marking) IN (SELECT r.workspace_id, r.marking FROM readable() r)
$$;

-- Who grades in the open while their own blind grading waits would show it to the second.
CREATE FUNCTION item_is_graded_openly() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.credibility = 1 AND (TG_OP = 'INSERT' OR OLD.credibility <> 1) AND confirming_origins(NEW.id) < 2 THEN
        RAISE EXCEPTION 'Credibility 1 needs two linked items that confirm this one, of two other independent origins: '
            'link them first, or grade it 2.' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND EXISTS (
        SELECT 1 FROM evidence_grading g
        WHERE g.item_id = NEW.id AND g.grader_id = attest_user() AND g.outcome = 'waiting'
          AND CASE g.question
              WHEN 'so' THEN (NEW.credibility, NEW.credibility_reason)
                             IS DISTINCT FROM (OLD.credibility, OLD.credibility_reason)
              ELSE (NEW.said_reliability, NEW.said_credibility, NEW.said_credibility_reason)
                   IS DISTINCT FROM (OLD.said_reliability, OLD.said_credibility, OLD.said_credibility_reason) END) THEN
        RAISE EXCEPTION 'Your blind grading waits for a second: take it back before you grade in the open.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- One at a time for each item and question, so that of two at once the later is the second of the earlier.
CREATE FUNCTION grading_is_blind() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    met evidence_grading;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.outcome = OLD.outcome AND NEW.first_id IS NOT DISTINCT FROM OLD.first_id THEN
            RETURN NEW;  -- moved or marked anew with its item
        END IF;
        IF NEW.first_id IS NOT DISTINCT FROM OLD.first_id AND (
            (OLD.outcome = 'waiting' AND NEW.outcome IN ('agree', 'differ') AND EXISTS (
                SELECT 1 FROM evidence_grading g WHERE g.first_id = NEW.id AND g.outcome = NEW.outcome))
            OR (OLD.outcome = 'waiting' AND NEW.outcome = 'withdrawn' AND NEW.grader_id = attest_user())
            OR (OLD.outcome = 'differ' AND NEW.outcome = 'settled')) THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'What becomes of a grading follows from the other one.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF attest_user() IS NOT NULL AND NEW.grader_id <> attest_user() THEN
        RAISE EXCEPTION 'Each analyst grades for themselves.' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(format('grading %s %s', NEW.item_id, NEW.question), 0));
    CASE grading_hindrance(NEW.item_id, NEW.question, NEW.grader_id)
        WHEN 'given' THEN
            RAISE EXCEPTION 'You have given your grading already.' USING ERRCODE = 'check_violation';
        WHEN 'graded' THEN
            RAISE EXCEPTION 'You graded this item yourself: another analyst gives the blind grading.'
                USING ERRCODE = 'check_violation';
        ELSE NULL;
    END CASE;
    IF NOT EXISTS (SELECT 1 FROM evidence_evidenceitem i WHERE i.id = NEW.item_id AND i.status = 'active') THEN
        RAISE EXCEPTION 'Only an item in use is graded.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.question = 'so' AND NEW.credibility = 1 AND confirming_origins(NEW.item_id) < 2 THEN
        RAISE EXCEPTION 'Credibility 1 needs two linked items that confirm this one, of two other independent origins: '
            'link them first, or grade it 2.' USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO met FROM evidence_grading g
        WHERE g.item_id = NEW.item_id AND g.question = NEW.question AND g.outcome = 'waiting' FOR NO KEY UPDATE;
    NEW.first_id := met.id;
    NEW.outcome := CASE
        WHEN met.id IS NULL THEN 'waiting'
        WHEN (met.reliability, met.credibility) = (NEW.reliability, NEW.credibility) THEN 'agree'
        ELSE 'differ' END;
    RETURN NEW;
END $$;

-- With its second given, the first is shown: that it changed tells the feed so.
CREATE FUNCTION grading_pairs() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE evidence_grading SET outcome = NEW.outcome WHERE id = NEW.first_id;
    RETURN NULL;
END $$;
"""

UNDO = """
DROP FUNCTION grading_pairs();
DROP FUNCTION grading_is_blind();
DROP FUNCTION item_is_graded_openly();
DROP FUNCTION awaiting_second();
DROP FUNCTION grading_standing(uuid);
DROP FUNCTION grading_hindrance(uuid, text, uuid);
DROP FUNCTION graded_openly(uuid, text, uuid);
DROP FUNCTION confirming_origins(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0011_shared_with_a_partner"), ("ledger", "0015_last_writes")]
    operations = [migrations.RunSQL(RULES, UNDO)]
