"""Write the ledger by trigger, chain its entries, and search through one function."""

from django.db import migrations

LEDGER = """
INSERT INTO ledger_epoch (id, number) VALUES (1, 1);

CREATE FUNCTION ledger_canonical(e ledger_entry) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_array(
        e.sequence, e.epoch, e.transaction,
        to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        e.user_id, e.client_id, e.step, e.reason, e.kind, e.object_id, e.version, e.operation,
        e.workspace_id, e.marking, encode(e.document_sha256, 'hex'), encode(e.previous_hash, 'hex')
    )::text
$$;

CREATE FUNCTION ledger_append(entry ledger_entry) RETURNS bytea
LANGUAGE plpgsql AS $$
BEGIN
    entry.sequence := nextval('ledger_entry_sequence_seq');
    entry.epoch := (SELECT number FROM ledger_epoch);
    entry.transaction := pg_current_xact_id()::text::bigint;
    entry.at := clock_timestamp();
    entry.user_id := attest_user();
    entry.client_id := attest_client();
    entry.step := coalesce(current_setting('attest.step', true), '');
    entry.reason := coalesce(current_setting('attest.reason', true), '');
    entry.document_sha256 := sha256(convert_to(entry.document::text, 'UTF8'));
    entry.entry_hash := sha256(convert_to(ledger_canonical(entry), 'UTF8'));
    INSERT INTO ledger_entry SELECT entry.*;
    RETURN entry.entry_hash;
END $$;
REVOKE EXECUTE ON FUNCTION ledger_append(ledger_entry) FROM PUBLIC;

-- The index plan is forced: a sequential plan, once cached, makes a long transaction quadratic.
CREATE FUNCTION ledger_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public SET timezone = 'UTC' SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    entry ledger_entry;
BEGIN
    entry.kind := TG_ARGV[0];
    entry.object_id := NEW.id;
    entry.version := NEW.version;
    entry.operation := 'created';
    IF TG_OP = 'UPDATE' THEN
        entry.operation := 'updated';
        SELECT e.entry_hash INTO entry.previous_hash FROM ledger_entry e
            WHERE e.object_id = NEW.id ORDER BY e.sequence DESC LIMIT 1;
        IF (OLD.workspace_id, OLD.marking) IS DISTINCT FROM (NEW.workspace_id, NEW.marking) THEN
            entry.operation := 'moved';
            entry.workspace_id := OLD.workspace_id;
            entry.marking := OLD.marking;
            entry.previous_hash := ledger_append(entry);
            entry.operation := 'updated';
        END IF;
    END IF;
    entry.workspace_id := NEW.workspace_id;
    entry.marking := NEW.marking;
    entry.document := to_jsonb(NEW);
    IF TG_OP = 'UPDATE' AND entry.document ->> 'status' = 'withdrawn' AND to_jsonb(OLD) ->> 'status' <> 'withdrawn' THEN
        entry.operation := 'withdrawn';
    END IF;
    PERFORM ledger_append(entry);
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION record_refuse('The ledger is only ever added to.');
"""

SEARCH = """
ALTER TABLE ledger_search ADD COLUMN vector tsvector NOT NULL
    GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') || to_tsvector('english', body)
    ) STORED;
CREATE INDEX search_by_words ON ledger_search USING gin (vector);

-- A tsvector holds 1 MB at most, and only the first 16,383 positions count: what is searched of
-- one row is its first 400,000 characters.
CREATE FUNCTION search_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    document jsonb := to_jsonb(NEW);
    words text;
BEGIN
    SELECT coalesce(string_agg(document ->> c, E'\\n'), '') INTO words
        FROM unnest(string_to_array(TG_ARGV[3], ',')) c;
    INSERT INTO ledger_search (record_id, kind, anchor_id, workspace_id, marking, title, body)
    VALUES (NEW.id, TG_ARGV[0], (document ->> TG_ARGV[1])::uuid, NEW.workspace_id, NEW.marking,
            coalesce(document ->> TG_ARGV[2], ''), left(words, 400000))
    ON CONFLICT (record_id) DO UPDATE SET
        anchor_id = excluded.anchor_id, workspace_id = excluded.workspace_id, marking = excluded.marking,
        title = excluded.title, body = excluded.body;
    RETURN NULL;
END $$;

-- One door to text search. Row-level security would keep these operators from their index, so the
-- function owns the table and applies readable() itself.
CREATE FUNCTION search_matches(query text, kinds text[] DEFAULT NULL)
RETURNS TABLE (record_id uuid, kind text, anchor_id uuid, title text, workspace_id uuid, marking text, rank real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT s.record_id, s.kind, s.anchor_id, s.title, s.workspace_id, s.marking,
           ts_rank_cd(s.vector, websearch_to_tsquery('english', query))
    FROM ledger_search s
    WHERE s.vector @@ websearch_to_tsquery('english', query)
      AND (kinds IS NULL OR s.kind = ANY (kinds))
      AND (s.workspace_id, s.marking) IN (SELECT r.workspace_id, r.marking FROM readable() r)
$$;

CREATE FUNCTION search(query text, kinds text[] DEFAULT NULL, most int DEFAULT 20, after int DEFAULT 0)
RETURNS TABLE (record_id uuid, kind text, anchor_id uuid, title text, workspace_id uuid, marking text,
               rank real, headline text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT hit.*, ts_headline('english', s.body, websearch_to_tsquery('english', query),
                              'StartSel=' || chr(57344) || ', StopSel=' || chr(57345) || ', MaxWords=40, MinWords=20')
    FROM (SELECT * FROM search_matches(query, kinds) m ORDER BY m.rank DESC, m.record_id LIMIT most OFFSET after) hit
    JOIN ledger_search s ON s.record_id = hit.record_id
    ORDER BY hit.rank DESC, hit.record_id
$$;
"""

UNDO = """
DROP FUNCTION search(text, text[], int, int);
DROP FUNCTION search_matches(text, text[]);
DROP FUNCTION search_write();
ALTER TABLE ledger_search DROP COLUMN vector;
DROP TRIGGER ledger_is_append_only ON ledger_entry;
DROP FUNCTION ledger_write();
DROP FUNCTION ledger_append(ledger_entry);
DROP FUNCTION ledger_canonical(ledger_entry);
DELETE FROM ledger_epoch;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_ledger_and_search")]
    operations = [migrations.RunSQL(LEDGER + SEARCH, UNDO)]
