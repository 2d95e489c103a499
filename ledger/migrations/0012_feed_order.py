"""Order the ledger so that each record's versions follow one another in the feed, and find a workspace's part fast."""

from django.db import migrations, models

APPEND = """
CREATE OR REPLACE FUNCTION ledger_append(entry ledger_entry) RETURNS bytea
LANGUAGE plpgsql AS $$
{declared}BEGIN
    entry.sequence := nextval('ledger_entry_sequence_seq');
{placed}
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
"""

WRITE = """
CREATE OR REPLACE FUNCTION ledger_write() RETURNS trigger
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
        {before}
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
"""

# `entry` comes with epoch and transaction of the entry before it of the same record. A transaction that began
# earlier may write the later version; its place is then that of the one it waited for.
PLACED = """    running := (SELECT number FROM ledger_epoch);
    entry.transaction := greatest(pg_current_xact_id()::text::bigint,
                                  CASE WHEN entry.epoch = running THEN entry.transaction END);
    entry.epoch := running;"""
BEFORE = """SELECT e.entry_hash, e.epoch, e.transaction
            INTO entry.previous_hash, entry.epoch, entry.transaction FROM ledger_entry e"""

UNPLACED = """    entry.epoch := (SELECT number FROM ledger_epoch);
    entry.transaction := pg_current_xact_id()::text::bigint;"""
HASH_ONLY = "SELECT e.entry_hash INTO entry.previous_hash FROM ledger_entry e"

ORDERED = APPEND.format(declared="DECLARE\n    running int;\n", placed=PLACED) + WRITE.format(before=BEFORE)
AS_IT_WAS = APPEND.format(declared="", placed=UNPLACED) + WRITE.format(before=HASH_ONLY)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_events_of_reminders")]
    operations = [
        migrations.RunSQL(ORDERED, AS_IT_WAS),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                fields=["workspace_id", "epoch", "transaction", "sequence"], name="ledger_by_room_in_feed_order"
            ),
        ),
    ]
