"""A download is told of by custody, whoever it is: also who may write nothing."""

from django.db import migrations

RULES = """
SET LOCAL check_function_bodies = off;
-- The one thing that a reader without the right to write leaves behind: that they took a copy of bytes they may read.
-- Nothing of it is theirs to choose but the event's id. On a connection that only reads it is refused, and so is the copy.
CREATE FUNCTION custody_of_download(event uuid, wanted uuid, is_api boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO evidence_custodyevent (id, workspace_id, marking, state_note, file_id, action, note)
    SELECT event, f.workspace_id, f.marking, '', f.id, 'exported',
           CASE WHEN is_api THEN 'Through the API' ELSE 'Downloaded' END
    FROM evidence_storedfile f
    WHERE f.id = wanted AND attest_user() IS NOT NULL
      AND (f.workspace_id, f.marking) IN (SELECT r.workspace_id, r.marking FROM readable() r);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such file that you may read.' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

CREATE FUNCTION bytes_are_looked_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.bytes_state <> OLD.bytes_state AND attest_user() IS NOT NULL THEN
        RAISE EXCEPTION 'Whether bytes are whole is said only by looking at them.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

UNDO = """
DROP FUNCTION bytes_are_looked_at();
DROP FUNCTION custody_of_download(uuid, uuid, boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0013_gradings_and_confirmations")]
    operations = [migrations.RunSQL(RULES, UNDO)]
