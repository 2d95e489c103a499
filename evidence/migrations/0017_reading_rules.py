"""A file may be read more than once: what counts is searched. A passage may be a part of a picture or recording."""

from django.db import migrations

RULES = """
SET LOCAL check_function_bodies = off;  -- the columns come with the next migration
CREATE OR REPLACE FUNCTION passage_stands_in_its_page() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    page evidence_textpage;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.page_id, NEW.start, NEW."end", NEW.quote, NEW.item_id, NEW.fragment)
            IS NOT DISTINCT FROM (OLD.page_id, OLD.start, OLD."end", OLD.quote, OLD.item_id, OLD.fragment) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.fragment <> OLD.fragment THEN
        RAISE EXCEPTION 'A part stays the part that was marked.' USING ERRCODE = 'check_violation';
    END IF;
    SELECT * INTO page FROM evidence_textpage WHERE id = NEW.page_id;
    IF NEW.fragment = ''
       AND substring(page.text FROM NEW.start + 1 FOR NEW."end" - NEW.start) IS DISTINCT FROM NEW.quote THEN
        RAISE EXCEPTION 'These words are not in the text of this page.' USING ERRCODE = 'check_violation';
    END IF;
    IF page.item_id IS DISTINCT FROM NEW.item_id THEN
        RAISE EXCEPTION 'The passage and its page belong to one item.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- Pages of an earlier reading, and of a file that a later version replaces, are kept and no longer found.
CREATE FUNCTION past_pages_leave_search() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    DELETE FROM ledger_search s USING evidence_textpage p
    WHERE s.record_id = p.id
      AND (p.file_id = NEW.id AND p.reading <> NEW.reading OR p.file_id = NEW.replaces_id);
    RETURN NULL;
END $$;

CREATE FUNCTION past_page_leaves_search() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.reading <> (SELECT f.reading FROM evidence_storedfile f WHERE f.id = NEW.file_id)
       OR EXISTS (SELECT 1 FROM evidence_storedfile later JOIN evidence_textpage p ON p.file_id = later.id
                  WHERE later.replaces_id = NEW.file_id) THEN
        DELETE FROM ledger_search WHERE record_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
"""

UNDO = """
DROP FUNCTION past_page_leaves_search();
DROP FUNCTION past_pages_leave_search();
CREATE OR REPLACE FUNCTION passage_stands_in_its_page() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    page evidence_textpage;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.page_id, NEW.start, NEW."end", NEW.quote, NEW.item_id)
                            IS NOT DISTINCT FROM (OLD.page_id, OLD.start, OLD."end", OLD.quote, OLD.item_id) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO page FROM evidence_textpage WHERE id = NEW.page_id;
    IF substring(page.text FROM NEW.start + 1 FOR NEW."end" - NEW.start) IS DISTINCT FROM NEW.quote THEN
        RAISE EXCEPTION 'These words are not in the text of this page.' USING ERRCODE = 'check_violation';
    END IF;
    IF page.item_id IS DISTINCT FROM NEW.item_id THEN
        RAISE EXCEPTION 'The passage and its page belong to one item.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0016_when_bytes_were_checked_is_told")]
    operations = [migrations.RunSQL(RULES, UNDO)]
