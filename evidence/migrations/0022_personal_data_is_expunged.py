"""A steward's expunging: who takes which step, what it reaches, and the one function that carries it out."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.ids
from ledger.setting_aside import setting_aside

LIFE = r"""
SET LOCAL check_function_bodies = off;  -- the tables come below
CREATE FUNCTION expunging_in_charge(room uuid, roles text[] DEFAULT '{steward,supervisor}') RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT attest_client() IS NULL AND EXISTS (
        SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
        WHERE m.user_id = attest_user() AND m.workspace_id = room AND m.ended_at IS NULL AND m.role = ANY (roles))
$$;

-- A steward asks; a second person decides; that it is done is said by the function that does it. With the decision the
-- words are gone.
CREATE FUNCTION expunging_keeps_its_life() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    decided CONSTANT text[] := ARRAY['status', 'decided_by_id', 'decided_at', 'outcome', 'state_note'];
    scope CONSTANT text[] := ARRAY['version', 'updated_at', 'updated_by_id', 'marking', 'workspace_id'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'asked' OR NEW.outcome <> '{}' THEN
            RAISE EXCEPTION 'An expunging is asked for first.' USING ERRCODE = 'check_violation';
        END IF;
        IF attest_user() IS NOT NULL AND NOT expunging_in_charge(NEW.workspace_id, '{steward}') THEN
            RAISE EXCEPTION 'A steward in person asks for an expunging.' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - scope - decided IS DISTINCT FROM to_jsonb(NEW) - scope - decided THEN
        RAISE EXCEPTION 'What was asked stays as it was asked.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(OLD) - scope IS NOT DISTINCT FROM to_jsonb(NEW) - scope THEN
        RETURN NEW;
    END IF;
    IF OLD.status <> 'asked' OR NOT (CASE NEW.status
        WHEN 'done' THEN being_expunged(OLD.id)
        WHEN 'refused' THEN NEW.outcome = '{}' AND NEW.decided_by_id = attest_user()
            AND attest_user() <> OLD.created_by_id AND expunging_in_charge(OLD.workspace_id)
        WHEN 'withdrawn' THEN NEW.outcome = '{}' AND attest_client() IS NULL AND attest_user() = OLD.created_by_id
        ELSE false END) THEN
        RAISE EXCEPTION 'Two people expunge: a steward asks, and another steward or a supervisor decides, once.'
            USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM evidence_soughtwords WHERE expunging_id = OLD.id;
    RETURN NEW;
END $$;
"""

LIFE_UNDONE = """
DROP FUNCTION expunging_keeps_its_life();
DROP FUNCTION expunging_in_charge(uuid, text[]);
"""

# The words are read by those who decide and by who asked, and taken by who asks.
SOUGHT = r"""
ALTER TABLE evidence_soughtwords ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON evidence_soughtwords FOR SELECT TO attest_app USING (EXISTS (
    SELECT 1 FROM evidence_expunging x WHERE x.id = expunging_id AND expunging_in_charge(x.workspace_id)));
CREATE POLICY adding ON evidence_soughtwords FOR INSERT TO attest_app WITH CHECK (EXISTS (
    SELECT 1 FROM evidence_expunging x WHERE x.id = expunging_id AND x.status = 'asked' AND x.extent = 'words'
    AND x.created_by_id = attest_user()));
"""

SOUGHT_UNDONE = """
DROP POLICY adding ON evidence_soughtwords;
DROP POLICY reading ON evidence_soughtwords;
ALTER TABLE evidence_soughtwords DISABLE ROW LEVEL SECURITY;
"""

# A passage that is marked at the same moment waits for who expunges its page, and then sees the page as it is.
WAITING = r"""
DO $do$
BEGIN
    EXECUTE replace(pg_get_functiondef('passage_stands_in_its_page'::regproc),
                    'WHERE id = NEW.page_id;', 'WHERE id = NEW.page_id FOR KEY SHARE;');
END $do$;
"""

WAITING_UNDONE = WAITING.replace(
    "'WHERE id = NEW.page_id;', 'WHERE id = NEW.page_id FOR KEY SHARE;'",
    "'WHERE id = NEW.page_id FOR KEY SHARE;', 'WHERE id = NEW.page_id;'",
)

GUARDS = ("item_is_graded_openly", "bytes_are_looked_at")

REACH = r"""
-- What is looked for: the words that were given; or, of what goes as a whole, the words that others may have copied.
CREATE FUNCTION expunging_patterns(x evidence_expunging) RETURNS text[]
LANGUAGE sql STABLE SET search_path = public AS $$
    WITH files AS (
        SELECT f.id, f.item_id FROM evidence_storedfile f
        WHERE x.extent = 'whole' AND x.about_id IN (f.id, f.item_id)
    ), told (words) AS (
        SELECT s.words FROM evidence_soughtwords s WHERE s.expunging_id = x.id
        UNION
        SELECT w FROM evidence_evidenceitem i, unnest(ARRAY[i.title, i.summary, i.url, i.reference_number]) w
            WHERE x.extent = 'whole' AND i.id = x.about_id
        UNION
        SELECT w FROM evidence_passage s JOIN evidence_textpage p ON p.id = s.page_id JOIN files ON files.id = p.file_id,
            unnest(ARRAY[s.quote, left(s.quote, 77), s.note]) w
    )
    SELECT coalesce(array_agg(words_pattern(words) ORDER BY length(words) DESC), '{}') FROM told
    WHERE words NOT IN ('', '[expunged]') AND (x.extent = 'words' OR length(btrim(words)) >= 8)
$$;
REVOKE EXECUTE ON FUNCTION expunging_patterns(evidence_expunging) FROM PUBLIC;

-- Every record that an expunging concerns; for those in charge who may read it, and for nobody else.
CREATE FUNCTION expunging_reach(wanted uuid) RETURNS TABLE (kind text, id uuid, is_copy boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    x evidence_expunging;
BEGIN
    SELECT e.* INTO x FROM evidence_expunging e
        WHERE e.id = wanted AND expunging_in_charge(e.workspace_id)
          AND (e.workspace_id, e.marking) IN (SELECT r.workspace_id, r.marking FROM readable() r);
    IF x.extent = 'words' THEN
        RETURN QUERY SELECT r.kind, r.id, false FROM records_with(x.workspace_id, x.marking, expunging_patterns(x), false) r;
    ELSIF x.extent = 'whole' THEN
        RETURN QUERY
        WITH files AS (
            SELECT f.id FROM evidence_storedfile f WHERE x.about_id IN (f.id, f.item_id)
        ), pages AS (
            SELECT p.id FROM evidence_textpage p JOIN files ON files.id = p.file_id
        ), own (kind, id) AS (
            SELECT 'evidence_item', i.id FROM evidence_evidenceitem i WHERE i.id = x.about_id
            UNION ALL SELECT 'stored_file', files.id FROM files
            UNION ALL SELECT 'text_page', pages.id FROM pages
            UNION ALL SELECT 'passage', s.id FROM evidence_passage s JOIN pages ON pages.id = s.page_id
            UNION ALL SELECT 'grading', g.id FROM evidence_grading g WHERE g.item_id = x.about_id
            UNION ALL SELECT 'derivation', d.id FROM evidence_derivation d
                WHERE x.about_id IN (d.item_id, d.original_id) AND marking_level(d.marking) <= marking_level(x.marking)
            UNION ALL SELECT 'confirmation', c.id FROM evidence_confirmation c
                WHERE x.about_id IN (c.item_id, c.confirming_id) AND marking_level(c.marking) <= marking_level(x.marking)
            UNION ALL SELECT 'capture', c.id FROM evidence_capture c WHERE c.item_id = x.about_id
            UNION ALL SELECT 'container_part', c.id FROM evidence_containerpart c
                WHERE (c.item_id = x.about_id OR c.container_id IN (SELECT files.id FROM files))
                  AND marking_level(c.marking) <= marking_level(x.marking)
        ), hanging (kind, id) AS (
            SELECT own.kind, own.id FROM own
            UNION ALL SELECT 'comment', c.id FROM ledger_comment c JOIN own ON (own.kind, own.id) = (c.about_kind, c.about_id)
            UNION ALL SELECT 'task', t.id FROM ledger_task t JOIN own ON (own.kind, own.id) = (t.about_kind, t.about_id)
        )
        SELECT h.kind, h.id, false FROM hanging h
        UNION ALL
        SELECT r.kind, r.id, true FROM records_with(x.workspace_id, x.marking, expunging_patterns(x), true) r
            WHERE NOT EXISTS (SELECT 1 FROM hanging h WHERE h.id = r.id);
    END IF;
END $$;
"""

# Offsets count code points: those of a passage behind words that went move with the text. A passage on such words is
# an orphan, out of use. Versions of a passage whose surroundings held some of the words are blanked as well.
PASSAGES = r"""
CREATE FUNCTION passages_follow(of_page uuid, before text, patterns text[], is_whole boolean) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    now_there text := (SELECT p.text FROM evidence_textpage p WHERE p.id = of_page);
    mark CONSTANT int := length('[expunged]');
    starts int[] := '{}';
    ends int[] := '{}';
    place int := 1;
    s evidence_passage;
    a int;
    b int;
    also jsonb;
    orphans uuid[] := '{}';
    gone CONSTANT jsonb := '{"anchor_state": "orphan", "status": "withdrawn", "state_note": "Expunged.",
        "proposed_page_id": null, "proposed_start": null, "proposed_end": null, "likeness": null}';
BEGIN
    IF is_whole THEN
        starts := '{0}';
        ends := ARRAY[length(before)];
    ELSE
        LOOP
            a := regexp_instr(before, patterns[1], place, 1, 0, 'i');
            EXIT WHEN a = 0;
            place := regexp_instr(before, patterns[1], place, 1, 1, 'i');
            starts := starts || a - 1;
            ends := ends || place - 1;
        END LOOP;
    END IF;
    UPDATE evidence_passage p SET proposed_page_id = NULL, proposed_start = NULL, proposed_end = NULL, likeness = NULL
        WHERE p.proposed_page_id = of_page;
    FOR s IN SELECT * FROM evidence_passage p WHERE p.page_id = of_page AND p.fragment <> '' AND is_whole FOR UPDATE LOOP
        orphans := orphans || s.id;
        PERFORM ledger_expunge('passage', s.id, '{note,state_note}', NULL, gone, true);
    END LOOP;
    FOR s IN SELECT * FROM evidence_passage p WHERE p.page_id = of_page AND p.fragment = ''
             ORDER BY p.start * CASE WHEN length(now_there) > length(before) THEN -1 ELSE 1 END FOR UPDATE LOOP
        SELECT s.start + coalesce(sum(CASE WHEN m.b <= s.start THEN mark - (m.b - m.a)
                                           WHEN m.a < s.start THEN m.a - s.start ELSE 0 END), 0),
               s."end" + coalesce(sum(CASE WHEN m.b <= s."end" THEN mark - (m.b - m.a)
                                           WHEN m.a < s."end" THEN m.a + mark - s."end" ELSE 0 END), 0)
            INTO a, b FROM unnest(starts, ends) m (a, b);
        also := jsonb_build_object(
            'start', a, 'end', b, 'quote', substring(now_there FROM a + 1 FOR b - a),
            'prefix', substring(now_there FROM greatest(a - 64, 0) + 1 FOR least(a, 64)),
            'suffix', substring(now_there FROM b + 1 FOR 64));
        IF EXISTS (SELECT 1 FROM unnest(starts, ends) m (a, b) WHERE m.a < s."end" AND m.b > s.start) THEN
            orphans := orphans || s.id;
            also := also || gone;
        ELSIF s.start <> a AND s.anchor_state = 'exact' THEN
            also := also || '{"anchor_state": "moved"}';
        END IF;
        IF EXISTS (SELECT 1 FROM unnest(starts, ends) m (a, b) WHERE m.a < s."end" + 64 AND m.b > s.start - 64) THEN
            PERFORM ledger_expunge('passage', s.id, '{note,state_note}', CASE WHEN NOT is_whole THEN patterns END, also, true);
        ELSIF s.start <> a THEN
            UPDATE evidence_passage p SET start = a, "end" = b, anchor_state = also ->> 'anchor_state'
                WHERE p.id = s.id AND also ? 'anchor_state';
            UPDATE evidence_passage p SET start = a, "end" = b WHERE p.id = s.id AND NOT also ? 'anchor_state';
        END IF;
    END LOOP;
    RETURN orphans;
END $$;
REVOKE EXECUTE ON FUNCTION passages_follow(uuid, text, text[], boolean) FROM PUBLIC;
"""

# All in one transaction, or nothing of it. A record whose own rules refuse is left as it is, and named in the outcome;
# not so what is expunged as a whole.
CARRY_OUT = r"""
CREATE FUNCTION expunging_touch(x evidence_expunging, of_kind text, record uuid, is_copy boolean, patterns text[])
RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    is_whole CONSTANT boolean := x.extent = 'whole' AND NOT is_copy;
    columns CONSTANT text[] := CASE WHEN is_copy THEN copied_texts(of_kind) ELSE record_texts(of_kind) END;
    before text;
    also jsonb := '{}';
BEGIN
    IF of_kind = 'passage' AND is_whole THEN
        RETURN '{}';  -- with its page
    ELSIF of_kind = 'passage' THEN
        PERFORM ledger_expunge(of_kind, record, '{note,state_note}', patterns, also, false);
        RETURN '{}';
    ELSIF of_kind = 'text_page' THEN
        SELECT p.text INTO before FROM evidence_textpage p WHERE p.id = record FOR UPDATE;
    ELSIF of_kind = 'stored_file' AND is_whole THEN
        also := '{"extraction": "empty", "extraction_note": "Expunged.", "bytes_state": "expunged"}';
    ELSIF of_kind = 'evidence_item' AND is_whole THEN
        also := jsonb_build_object('state_note', 'Expunged.', 'status', (
            SELECT CASE i.status WHEN 'active' THEN 'withdrawn' ELSE i.status END
            FROM evidence_evidenceitem i WHERE i.id = record));
    END IF;
    PERFORM ledger_expunge(of_kind, record, columns, CASE WHEN NOT is_whole THEN patterns END, also, is_whole);
    IF of_kind = 'text_page' AND NOT is_whole THEN  -- the places of its words no longer fit
        UPDATE evidence_storedfile f SET layout = '' FROM evidence_textpage p
            WHERE p.id = record AND f.id = p.file_id AND f.layout <> '' AND p.text <> before;
    END IF;
    RETURN CASE WHEN of_kind = 'text_page' AND NOT is_copy THEN passages_follow(record, before, patterns, is_whole)
                ELSE '{}' END;
END $$;
REVOKE EXECUTE ON FUNCTION expunging_touch(evidence_expunging, text, uuid, boolean, text[]) FROM PUBLIC;

CREATE FUNCTION expunging_carry_out(wanted uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET timezone = 'UTC' AS $$
DECLARE
    x evidence_expunging;
    patterns text[];
    hit record;
    lies_under text;
    done jsonb := '{}';
    refused jsonb := '[]';
    orphans uuid[] := '{}';
    told jsonb;
BEGIN
    SELECT e.* INTO x FROM evidence_expunging e
        WHERE e.id = wanted AND (e.workspace_id, e.marking) IN (SELECT w.workspace_id, w.marking FROM writable() w)
        FOR UPDATE;
    IF NOT FOUND OR attest_user() = x.created_by_id OR NOT expunging_in_charge(x.workspace_id) THEN
        RAISE EXCEPTION 'A second person in charge carries an expunging out.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF x.status <> 'asked' THEN
        RETURN NULL;
    END IF;
    IF x.extent = 'whole' THEN  -- who reads the file now ends first, and nobody begins
        PERFORM 1 FROM evidence_storedfile f WHERE x.about_id IN (f.id, f.item_id) ORDER BY f.id FOR UPDATE;
        PERFORM 1 FROM evidence_evidenceitem i WHERE i.id = x.about_id FOR NO KEY UPDATE;
    END IF;
    patterns := expunging_patterns(x);
    FOR hit IN SELECT r.* FROM expunging_reach(wanted) r
               ORDER BY array_position('{evidence_item,stored_file,text_page}', r.kind) NULLS LAST, r.id LOOP
        EXECUTE format('SELECT marking FROM %I WHERE id = $1', record_table(hit.kind)) INTO lies_under USING hit.id;
        PERFORM set_config('attest.reason', CASE WHEN marking_level(lies_under) < marking_level(x.marking)
                                                 THEN 'Personal data was expunged.' ELSE x.reason END, true);
        BEGIN
            orphans := orphans || expunging_touch(x, hit.kind, hit.id, hit.is_copy, patterns);
            done := jsonb_set(done, ARRAY[hit.kind], coalesce(done -> hit.kind, '[]') || to_jsonb(hit.id));
        EXCEPTION WHEN integrity_constraint_violation THEN
            IF x.extent = 'whole' AND NOT hit.is_copy THEN
                RAISE;
            END IF;
            refused := refused || jsonb_build_object('kind', hit.kind, 'id', hit.id);
        END;
    END LOOP;
    done := jsonb_set(done, '{passage}', (
        SELECT coalesce(jsonb_agg(DISTINCT p), '[]')
        FROM (SELECT jsonb_array_elements(coalesce(done -> 'passage', '[]')) UNION SELECT to_jsonb(o) FROM unnest(orphans) o) a (p)));
    told := jsonb_build_object('expunged', done, 'refused', refused, 'orphans', to_jsonb(orphans))
        || kept_copies_expunge(x.workspace_id, x.marking, patterns,
                               CASE WHEN x.extent = 'whole' THEN ARRAY[x.about_id::text] ELSE '{}' END)
        || jsonb_build_object('reasons', (
               SELECT count(*) FROM ledger_entry e WHERE e.workspace_id = x.workspace_id
               AND marking_level(e.marking) <= marking_level(x.marking) AND e.reason ~* ANY (patterns)));
    PERFORM set_config('attest.reason', x.reason, true);
    INSERT INTO ledger_expunging_now VALUES (x.id, pg_current_xact_id()::text::bigint);
    UPDATE evidence_expunging e SET status = 'done', decided_by_id = attest_user(), decided_at = now(), outcome = told
        WHERE e.id = x.id;
    DELETE FROM ledger_expunging_now n WHERE n.record_id = x.id;
    RETURN told;
END $$;
"""

UNDO = r"""
DROP FUNCTION expunging_carry_out(uuid);
DROP FUNCTION expunging_touch(evidence_expunging, text, uuid, boolean, text[]);
DROP FUNCTION passages_follow(uuid, text, text[], boolean);
DROP FUNCTION expunging_reach(uuid);
DROP FUNCTION expunging_patterns(evidence_expunging);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_requests_are_counted"),
        ("evidence", "0021_uploads_and_captures"),
        ("ledger", "0017_words_are_expunged"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(LIFE, LIFE_UNDONE),
        migrations.CreateModel(
            name="Expunging",
            fields=[
                (
                    "id",
                    models.UUIDField(default=accounts.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "marking",
                    models.CharField(
                        choices=[
                            ("clear", "TLP:CLEAR"),
                            ("green", "TLP:GREEN"),
                            ("amber", "TLP:AMBER"),
                            ("amber_strict", "TLP:AMBER+STRICT"),
                            ("red", "TLP:RED"),
                        ],
                        default="amber",
                        max_length=20,
                    ),
                ),
                ("version", models.PositiveIntegerField(db_default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("state_note", models.TextField(blank=True, default="", editable=False)),
                ("about_kind", models.CharField(blank=True, default="", max_length=40)),
                ("about_id", models.UUIDField(blank=True, null=True)),
                (
                    "extent",
                    models.CharField(
                        choices=[
                            ("whole", "All of it"),
                            ("words", "Certain words, wherever they stand in its workspace"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("asked_by_person", "A person asked for it (GDPR art. 17, LED art. 16)"),
                            ("never_needed", "It should never have stood here (GDPR art. 5, LED art. 4)"),
                            ("ordered", "A court or a supervisory authority ordered it"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        help_text="Which data, in general words, and why it must go. Never the data itself."
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "Waits for a second person"),
                            ("done", "Carried out"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                (
                    "outcome",
                    models.JSONField(
                        default=dict,
                        editable=False,
                        help_text="By kind the ids of what was expunged, and of what still holds words.",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.AlterField(
            model_name="custodyevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("hashed", "Hashed"),
                    ("read", "Read for its text"),
                    ("stamped", "Time-stamped"),
                    ("altered", "Found altered"),
                    ("missing", "Found missing"),
                    ("restored", "Found whole again"),
                    ("viewed_original", "Original viewed"),
                    ("copied", "Copied"),
                    ("exported", "Exported"),
                    ("shared", "Shared with a partner"),
                    ("redacted", "Redacted"),
                    ("sealed", "Sealed"),
                    ("expunged", "Expunged"),
                    ("removed", "Bytes removed"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="storedfile",
            name="bytes_state",
            field=models.CharField(
                blank=True,
                choices=[("", "Whole"), ("altered", "Altered"), ("missing", "Missing"), ("expunged", "Expunged")],
                default="",
                editable=False,
                help_text="Empty: whole, when last seen.",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="SoughtWords",
            fields=[
                (
                    "expunging",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="evidence.expunging",
                    ),
                ),
                ("words", models.TextField()),
            ],
        ),
        migrations.AddIndex(
            model_name="expunging",
            index=models.Index(fields=["about_id"], name="expunging_by_about"),
        ),
        migrations.AddIndex(
            model_name="expunging",
            index=models.Index(fields=["workspace", "marking", "-id"], name="expunging_list"),
        ),
        migrations.AddConstraint(
            model_name="expunging",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("about_id", None), ("about_kind", "")),
                    models.Q(models.Q(("about_kind", ""), _negated=True), ("about_id__isnull", False)),
                    _connector="OR",
                ),
                name="expunging_names_kind_and_id_of_what_it_is_about",
            ),
        ),
        migrations.AddConstraint(
            model_name="expunging",
            constraint=models.CheckConstraint(
                condition=models.Q(("about_kind", ""), _negated=True), name="expunging_is_about_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="expunging",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="expunging_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="expunging",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("extent", "words"),
                    models.Q(("about_kind__in", ("evidence_item", "stored_file")), ("extent", "whole")),
                    _connector="OR",
                ),
                name="only_items_and_files_are_expunged_whole",
                violation_error_message="Items and files are expunged as a whole; elsewhere, name the words.",
            ),
        ),
        migrations.AddConstraint(
            model_name="expunging",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("status", "asked")),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("status__in", ["done", "refused"]),
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("created_by")), _negated=True),
                    ),
                    models.Q(
                        ("decided_at__isnull", False), ("decided_by", models.F("created_by")), ("status", "withdrawn")
                    ),
                    _connector="OR",
                ),
                name="a_second_person_expunges",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expunging",
            trigger=pgtrigger.compiler.Trigger(
                name="stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_stamp()",
                    func="RETURN NULL;",
                    hash="dc8d41d2ee811e8cb1f1d02d111855f826db45e2",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stamp_de7e3",
                    table="evidence_expunging",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expunging",
            trigger=pgtrigger.compiler.Trigger(
                name="write_ledger",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="ledger_write('expunging')",
                    func="RETURN NULL;",
                    hash="89eea72d80a127ce42f7f5cd265f255f85f6bfde",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_ledger_290fc",
                    table="evidence_expunging",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expunging",
            trigger=pgtrigger.compiler.Trigger(
                name="refuse_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_refuse('Nothing is deleted here.')",
                    func="RETURN NULL;",
                    hash="63497e743a3d06e0e0b884d3275d6a7b8271a12f",
                    operation="DELETE",
                    pgid="pgtrigger_refuse_deletion_c0c71",
                    table="evidence_expunging",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expunging",
            trigger=pgtrigger.compiler.Trigger(
                name="inherit_about_scope",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="about_scope_inherit()",
                    func="RETURN NULL;",
                    hash="15d5dea4bd7f60ae7df782df4c710a25856a6e4f",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_inherit_about_scope_ac71f",
                    table="evidence_expunging",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="expunging",
            trigger=pgtrigger.compiler.Trigger(
                name="keeps_its_life",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="expunging_keeps_its_life()",
                    func="RETURN NULL;",
                    hash="4976c9ba4c5f30e7973ea8c7b53f08acef2f8419",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_keeps_its_life_b5b8c",
                    table="evidence_expunging",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(SOUGHT, SOUGHT_UNDONE),
        migrations.RunSQL(WAITING, WAITING_UNDONE),
        setting_aside(*GUARDS),
        migrations.RunSQL("SET LOCAL check_function_bodies = off;" + REACH + PASSAGES + CARRY_OUT, UNDO),
    ]
