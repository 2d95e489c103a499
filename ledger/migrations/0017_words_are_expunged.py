"""One narrow way in which what the ledger keeps may be blanked, so that every chain still verifies."""

from django.db import migrations, models

EVENTS = [
    ("attribution_stale", "Approval became stale"),
    ("review_claimed", "Review claimed"),
    ("review_released", "Review released"),
    ("review_due", "Waits for your review"),
    ("concluded", "Review concluded"),
    ("dissent", "Dissent"),
    ("answered", "Dissent answered"),
    ("returned", "Returned"),
    ("declined", "Declined"),
    ("approved", "Approved"),
    ("submitted", "Submitted"),
    ("reassigned", "Reassigned"),
    ("mentioned", "Mentions you"),
    ("commented", "New comment"),
    ("task_assigned", "Task for you"),
    ("task_due", "Task due"),
    ("watch_fired", "Watch fired"),
    ("review_date_passed", "Review date passed"),
    ("basis_in_question", "Basis in question"),
    ("response_due", "Response due"),
    ("measure_ends", "Measure ends"),
    ("expunging_asked", "Expunging asked for"),
    ("expunging_decided", "Expunging decided"),
]

# What is set aside, and for how long: the records named here, in the transaction that named them. The table is the
# owner's alone, so no session of the serving role can name one: only the functions of expunging do.
PERMIT = r"""
CREATE TABLE ledger_expunging_now (
    record_id uuid NOT NULL, transaction bigint NOT NULL, PRIMARY KEY (record_id, transaction)
);

CREATE FUNCTION being_expunged(record uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (SELECT 1 FROM ledger_expunging_now n WHERE n.record_id = record
                   AND n.transaction = pg_current_xact_id_if_assigned()::text::bigint)
$$;

CREATE OR REPLACE FUNCTION record_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    names text[] := string_to_array(TG_ARGV[0], ',');
BEGIN
    IF (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(OLD)) WHERE key = ANY (names))
       IS DISTINCT FROM
       (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW)) WHERE key = ANY (names))
       AND NOT being_expunged(OLD.id) THEN
        RAISE EXCEPTION '%', TG_ARGV[1] USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION ledger_is_kept() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    blanked ledger_entry := OLD;
BEGIN
    blanked.document := NULL;
    IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM blanked AND being_expunged(OLD.object_id) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The ledger is only ever added to.' USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;
DROP TRIGGER ledger_is_append_only ON ledger_entry;
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_is_kept();
"""

# Words are found whatever their case, and whatever white space stands between them, also where a text is JSON.
WORDS = r"""
CREATE FUNCTION words_pattern(words text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN btrim(words) ~ '^\w' THEN '\y' ELSE '' END
        || string_agg(replace(regexp_replace(word, '([^[:alnum:]_])', '\\\1', 'g'), '\"', '\\?"'),
                      '(?:\s|\\[nrtf])+' ORDER BY place)
        || CASE WHEN btrim(words) ~ '\w$' THEN '\y' ELSE '' END
    FROM regexp_split_to_table(btrim(words), '\s+') WITH ORDINALITY each (word, place)
$$;

CREATE FUNCTION words_gone(told text, patterns text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    pattern text;
BEGIN
    FOREACH pattern IN ARRAY patterns LOOP
        told := regexp_replace(told, pattern, '[expunged]', 'gi');
    END LOOP;
    RETURN told;
END $$;

CREATE FUNCTION json_gone(told jsonb, patterns text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE jsonb_typeof(told)
        WHEN 'object' THEN coalesce((SELECT jsonb_object_agg(key, json_gone(value, patterns)) FROM jsonb_each(told)), told)
        WHEN 'array' THEN coalesce((SELECT jsonb_agg(json_gone(value, patterns) ORDER BY place)
                                    FROM jsonb_array_elements(told) WITH ORDINALITY each (value, place)), told)
        WHEN 'string' THEN to_jsonb(words_gone(told #>> '{}', patterns))
        ELSE told END
$$;

-- RFC 8785, for what our packets hold: names in ASCII, whole numbers.
CREATE FUNCTION json_canonical(told jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE jsonb_typeof(told)
        WHEN 'object' THEN '{' || coalesce((SELECT string_agg(to_json(key)::text || ':' || json_canonical(value), ','
                                                              ORDER BY key COLLATE "C") FROM jsonb_each(told)), '') || '}'
        WHEN 'array' THEN '[' || coalesce((SELECT string_agg(json_canonical(value), ',' ORDER BY place)
                                           FROM jsonb_array_elements(told) WITH ORDINALITY each (value, place)), '') || ']'
        WHEN 'string' THEN to_json(told #>> '{}')::text
        ELSE told::text END
$$;

-- The columns in which copies of others' words stand: what was submitted or sealed, and notes on what moved.
CREATE FUNCTION copied_texts(kind text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT c FROM unnest(record_texts(kind)) c
                 WHERE c IN ('canonical', 'gate_result', 'state_note', 'basis_note'))
$$;

CREATE FUNCTION record_words(columns text[], document jsonb) RETURNS text
LANGUAGE sql STABLE AS $$ SELECT string_agg(document ->> c, E'\n') FROM unnest(columns) c $$;

-- A document without the words that patterns match; without any words where there are none.
CREATE FUNCTION record_without(columns text[], document jsonb, patterns text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    c text;
    told jsonb;
BEGIN
    FOREACH c IN ARRAY columns LOOP
        told := document -> c;
        told := CASE
            WHEN patterns IS NULL AND jsonb_typeof(told) = 'string' THEN
                CASE WHEN c IN ('url', 'homepage', 'prefix', 'suffix') OR told = '""' THEN '""' ELSE '"[expunged]"' END::jsonb
            WHEN patterns IS NULL AND jsonb_typeof(told) = 'object' THEN '{}'
            WHEN patterns IS NULL AND jsonb_typeof(told) = 'array' THEN '[]'
            WHEN patterns IS NULL THEN told
            WHEN c = 'canonical' AND (told #>> '{}') ~* ANY (patterns)
                THEN to_jsonb(json_canonical(json_gone((told #>> '{}')::jsonb, patterns)))
            WHEN c = 'canonical' THEN told
            ELSE json_gone(told, patterns) END;
        document := jsonb_set(document, ARRAY[c], told);
    END LOOP;
    RETURN document;
END $$;

CREATE FUNCTION fitted(holder text, wanted jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT wanted || coalesce(jsonb_object_agg(a.attname, left(wanted ->> a.attname, a.atttypmod - 4)), '{}')
    FROM pg_attribute a
    WHERE a.attrelid = holder::regclass AND a.atttypid = 'varchar'::regtype AND a.atttypmod > 4
      AND length(wanted ->> a.attname) > a.atttypmod - 4
$$;
"""

# An entry `expunged` comes before the record's next version and shares its number with it, as `moved` does: who holds
# the record forgets it, and is given what is left. Not to be called from outside.
EXPUNGE = r"""
CREATE FUNCTION ledger_expunge(of_kind text, record uuid, columns text[], patterns text[], also jsonb, is_whole boolean)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET timezone = 'UTC' AS $$
DECLARE
    holder text := record_table(of_kind);
    was jsonb;
    wanted jsonb;
    changed text[];
    blanked int;
    entry ledger_entry;
BEGIN
    EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE id = $1 FOR NO KEY UPDATE', holder) INTO was USING record;
    wanted := fitted(holder, record_without(columns, was, patterns) || also);
    INSERT INTO ledger_expunging_now VALUES (record, pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
    UPDATE ledger_entry e SET document = NULL
        WHERE e.object_id = record AND e.kind = of_kind AND e.document IS NOT NULL
          AND (is_whole OR record_words(columns, e.document) ~* ANY (patterns));
    GET DIAGNOSTICS blanked = ROW_COUNT;
    IF blanked > 0 OR wanted <> was THEN
        SELECT e.entry_hash, e.epoch, e.transaction, e.version + 1
            INTO entry.previous_hash, entry.epoch, entry.transaction, entry.version
            FROM ledger_entry e WHERE e.object_id = record ORDER BY e.sequence DESC LIMIT 1;
        entry.kind := of_kind;
        entry.object_id := record;
        entry.operation := 'expunged';
        entry.workspace_id := was ->> 'workspace_id';
        entry.marking := was ->> 'marking';
        PERFORM ledger_append(entry);
        changed := ARRAY(SELECT key FROM jsonb_each(wanted) WHERE value IS DISTINCT FROM was -> key);
        IF changed = '{}' THEN
            changed := '{updated_at}';
        END IF;
        EXECUTE format('UPDATE %I t SET (%s) = (SELECT %s FROM jsonb_populate_record(t, $2) p) WHERE id = $1', holder,
                       (SELECT string_agg(format('%I', c), ', ') FROM unnest(changed) c),
                       (SELECT string_agg(format('p.%I', c), ', ') FROM unnest(changed) c))
            USING record, wanted;
    END IF;
    DELETE FROM ledger_expunging_now WHERE record_id = record;
    RETURN blanked > 0 OR wanted <> was;
END $$;
REVOKE EXECUTE ON FUNCTION ledger_expunge(text, uuid, text[], text[], jsonb, boolean) FROM PUBLIC;

-- Records of a workspace, up to a marking, in which words stand now or stood in a version that is kept.
CREATE FUNCTION records_with(room uuid, upto text, patterns text[], only_copies boolean) RETURNS TABLE (kind text, id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET timezone = 'UTC' AS $$
DECLARE
    each text;
    columns text[];
BEGIN
    FOREACH each IN ARRAY record_kinds() LOOP
        columns := CASE WHEN only_copies THEN copied_texts(each) ELSE record_texts(each) END;
        CONTINUE WHEN columns = '{}' OR each = 'expunging';
        RETURN QUERY EXECUTE format($sql$
            SELECT $4, t.id FROM %I t
            WHERE t.workspace_id = $1 AND marking_level(t.marking) <= marking_level($2)
              AND (record_words($5, to_jsonb(t)) ~* ANY ($3) OR t.version > 1 AND EXISTS (
                  SELECT 1 FROM ledger_entry e WHERE e.object_id = t.id AND e.kind = $4 AND e.document IS NOT NULL
                  AND e.version < t.version AND record_words($5, e.document) ~* ANY ($3)))
        $sql$, record_table(each)) USING room, upto, patterns, each, columns;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION records_with(uuid, text, text[], boolean) FROM PUBLIC;

-- What is kept beside the records: what people were told, and answers kept for a day, which lose their body.
CREATE FUNCTION kept_copies_expunge(room uuid, upto text, patterns text[], mentioned text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    told int;
    answers int;
BEGIN
    UPDATE ledger_notification n SET sentence = words_gone(n.sentence, patterns)
        WHERE n.workspace_id = room AND marking_level(n.marking) <= marking_level(upto) AND n.sentence ~* ANY (patterns);
    GET DIAGNOSTICS told = ROW_COUNT;
    UPDATE ledger_keptanswer k SET body = NULL
        WHERE k.body IS NOT NULL AND coalesce(k.workspace_id, room) = room
          AND (convert_from(k.body, 'UTF8') ~* ANY (patterns)
               OR EXISTS (SELECT 1 FROM unnest(mentioned) m WHERE position(convert_to(m, 'UTF8') IN k.body) > 0));
    GET DIAGNOSTICS answers = ROW_COUNT;
    RETURN jsonb_build_object('notifications', told, 'kept_answers', answers);
END $$;
REVOKE EXECUTE ON FUNCTION kept_copies_expunge(uuid, text, text[], text[]) FROM PUBLIC;
"""

UNDO = r"""
DROP FUNCTION kept_copies_expunge(uuid, text, text[], text[]);
DROP FUNCTION records_with(uuid, text, text[], boolean);
DROP FUNCTION ledger_expunge(text, uuid, text[], text[], jsonb, boolean);
DROP FUNCTION fitted(text, jsonb);
DROP FUNCTION record_without(text[], jsonb, text[]);
DROP FUNCTION record_words(text[], jsonb);
DROP FUNCTION copied_texts(text);
DROP FUNCTION json_canonical(jsonb);
DROP FUNCTION json_gone(jsonb, text[]);
DROP FUNCTION words_gone(text, text[]);
DROP FUNCTION words_pattern(text);
DROP TRIGGER ledger_is_append_only ON ledger_entry;
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION record_refuse('The ledger is only ever added to.');
DROP FUNCTION ledger_is_kept();
CREATE OR REPLACE FUNCTION record_keep() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    names text[] := string_to_array(TG_ARGV[0], ',');
BEGIN
    IF (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(OLD)) WHERE key = ANY (names))
       IS DISTINCT FROM
       (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW)) WHERE key = ANY (names)) THEN
        RAISE EXCEPTION '%', TG_ARGV[1] USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION being_expunged(uuid);
DROP TABLE ledger_expunging_now;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0016_new_rows_enter_together")]
    operations = [
        migrations.RunSQL("SET LOCAL check_function_bodies = off;" + PERMIT + WORDS + EXPUNGE, UNDO),
        migrations.RemoveConstraint(model_name="notification", name="event_is_known"),
        migrations.AlterField(
            model_name="notification", name="event", field=models.CharField(choices=EVENTS, max_length=30)
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                condition=models.Q(("event__in", [event for event, _ in EVENTS])), name="event_is_known"
            ),
        ),
    ]
