"""Near copies, how one item repeats another, and no circle of owners or of what repeats what."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.ids

RULES = """
SET LOCAL check_function_bodies = off;

-- One at a time in a workspace, so that of two who close a circle from both sides the later is refused.
CREATE FUNCTION derivation_has_no_cycle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NEW.status <> 'active' OR (TG_OP = 'UPDATE' AND (NEW.status, NEW.item_id, NEW.original_id)
                                  IS NOT DISTINCT FROM (OLD.status, OLD.item_id, OLD.original_id)) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(format('derivations %s', NEW.workspace_id), 0));
    IF EXISTS (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.original_id
            UNION
            SELECT d.original_id FROM evidence_derivation d JOIN above a ON d.item_id = a.id AND d.status = 'active'
        ) SELECT 1 FROM above WHERE id = NEW.item_id) THEN
        RAISE EXCEPTION 'That item repeats this one already, itself or through others: say which came first.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION source_has_no_cycle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.owner_id IS NULL OR NEW.owner_id IS NOT DISTINCT FROM OLD.owner_id THEN
        RETURN NULL;  -- nobody is owned yet by one that is new
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(format('owners %s', NEW.workspace_id), 0));
    IF EXISTS (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.owner_id
            UNION
            SELECT s.owner_id FROM evidence_source s JOIN above a ON s.id = a.id WHERE s.owner_id IS NOT NULL
        ) SELECT 1 FROM above WHERE id = NEW.id) THEN
        RAISE EXCEPTION 'This would make the source an owner of its own owner.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

UNDO = """
DROP FUNCTION source_has_no_cycle();
DROP FUNCTION derivation_has_no_cycle();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_requests_are_counted"),
        ("evidence", "0022_personal_data_is_expunged"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(RULES, UNDO),
        migrations.CreateModel(
            name="Fingerprint",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hash", "item_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("hash", models.BigIntegerField()),
                ("item_id", models.UUIDField()),
            ],
        ),
        migrations.CreateModel(
            name="NearCopy",
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
                (
                    "similarity",
                    models.PositiveSmallIntegerField(
                        editable=False, help_text="Percent of all runs of five words of both texts that both have."
                    ),
                ),
                (
                    "containment",
                    models.PositiveSmallIntegerField(
                        editable=False,
                        help_text="Percent of the shorter text's runs of five words that the longer one has.",
                    ),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[("alike", "Alike as a whole"), ("inside", "One stands inside the other")],
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("suggested", "Suggested"), ("confirmed", "Confirmed"), ("dismissed", "Dismissed")],
                        default="suggested",
                        editable=False,
                        max_length=20,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "near copies",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="TextSignature",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="evidence.evidenceitem",
                    ),
                ),
                ("shingles", models.PositiveIntegerField(help_text="0: too short to be compared.")),
                ("signature", models.BinaryField()),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="derivation",
            name="nature",
            field=models.CharField(
                choices=[
                    ("repeats", "Repeats it"),
                    ("mirror", "Mirrors it"),
                    ("wire_copy", "Carries it as a wire story"),
                    ("translation", "Translates it"),
                    ("excerpt", "Quotes or excerpts it"),
                ],
                db_default="repeats",
                default="repeats",
                help_text="How it repeats it.",
                max_length=20,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="derivation",
            trigger=pgtrigger.compiler.Trigger(
                name="no_cycle",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="derivation_has_no_cycle()",
                    func="RETURN NULL;",
                    hash="f22904e5dcca030291a3a7a6deeb570190839463",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_no_cycle_4f878",
                    table="evidence_derivation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="bound_item_id_of_evidence_nearcopy",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."marking" IS DISTINCT FROM (NEW."marking") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))',
                    execute="scope_press_on('evidence_nearcopy', 'item_id')",
                    func="RETURN NULL;",
                    hash="68704af0209e73c660c2f115791d94e57b74df36",
                    operation='UPDATE OF "workspace_id", "marking"',
                    pgid="pgtrigger_bound_item_id_of_evidence_nearcopy_51009",
                    table="evidence_evidenceitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="bound_other_id_of_evidence_nearcopy",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."marking" IS DISTINCT FROM (NEW."marking") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))',
                    execute="scope_press_on('evidence_nearcopy', 'other_id')",
                    func="RETURN NULL;",
                    hash="5c396f5b25030ea40c47084ab25b13f988d50baa",
                    operation='UPDATE OF "workspace_id", "marking"',
                    pgid="pgtrigger_bound_other_id_of_evidence_nearcopy_d4842",
                    table="evidence_evidenceitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="source",
            trigger=pgtrigger.compiler.Trigger(
                name="no_cycle",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="source_has_no_cycle()",
                    func="RETURN NULL;",
                    hash="efd850fcc18677f40fcb8e64cd7d4e2355adccad",
                    operation='INSERT OR UPDATE OF "owner_id"',
                    pgid="pgtrigger_no_cycle_f2833",
                    table="evidence_source",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="derivation",
            constraint=models.CheckConstraint(
                condition=models.Q(("nature__in", ["repeats", "mirror", "wire_copy", "translation", "excerpt"])),
                name="nature_of_a_link_is_known",
            ),
        ),
        migrations.AddField(
            model_name="nearcopy",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="nearcopy",
            name="derivation",
            field=models.ForeignKey(
                editable=False,
                help_text="What confirming recorded.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="evidence.derivation",
            ),
        ),
        migrations.AddField(
            model_name="nearcopy",
            name="item",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="near_copies",
                to="evidence.evidenceitem",
            ),
        ),
        migrations.AddField(
            model_name="nearcopy",
            name="other",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="near_copies_of",
                to="evidence.evidenceitem",
            ),
        ),
        migrations.AddField(
            model_name="nearcopy",
            name="updated_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="nearcopy",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AddIndex(
            model_name="nearcopy",
            index=models.Index(fields=["workspace", "marking", "-id"], name="near_copy_list"),
        ),
        migrations.AddConstraint(
            model_name="nearcopy",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Least("item", "other"),
                django.db.models.functions.comparison.Greatest("item", "other"),
                name="two_items_are_suggested_as_copies_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="nearcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("item", models.F("other")), _negated=True), name="item_is_no_near_copy_of_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="nearcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("containment__lte", 100), ("similarity__lte", 100)), name="likeness_is_in_percent"
            ),
        ),
        migrations.AddConstraint(
            model_name="nearcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("ground__in", ["alike", "inside"])), name="copy_ground_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="nearcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["suggested", "confirmed", "dismissed"])), name="copy_status_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="nearcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("derivation__isnull", False), ("status", "confirmed")),
                    models.Q(models.Q(("status", "confirmed"), _negated=True), ("derivation__isnull", True)),
                    _connector="OR",
                ),
                name="confirmed_copy_names_its_link",
            ),
        ),
        migrations.AddConstraint(
            model_name="nearcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "dismissed"), _negated=True),
                    models.Q(("state_note", ""), _negated=True),
                    _connector="OR",
                ),
                name="dismissed_copy_says_why",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nearcopy",
            trigger=pgtrigger.compiler.Trigger(
                name="stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_stamp()",
                    func="RETURN NULL;",
                    hash="80cbeb659e700d2da2f9984583ef7cff900a806b",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stamp_d231b",
                    table="evidence_nearcopy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nearcopy",
            trigger=pgtrigger.compiler.Trigger(
                name="write_ledger",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="ledger_write('near_copy')",
                    func="RETURN NULL;",
                    hash="7df8478970c94565aa272feef4bb803c22b67d82",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_ledger_f1774",
                    table="evidence_nearcopy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nearcopy",
            trigger=pgtrigger.compiler.Trigger(
                name="refuse_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_refuse('Nothing is deleted here.')",
                    func="RETURN NULL;",
                    hash="6d5e495b03f2fe3a70e00ded5abef6e22178f919",
                    operation="DELETE",
                    pgid="pgtrigger_refuse_deletion_7efa4",
                    table="evidence_nearcopy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nearcopy",
            trigger=pgtrigger.compiler.Trigger(
                name="bound_scope",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="scope_bound('evidence_evidenceitem', 'item_id', 'evidence_evidenceitem', 'other_id')",
                    func="RETURN NULL;",
                    hash="468cc878ff03f9c8881110b4e617cb3582472ade",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_bound_scope_ec78b",
                    table="evidence_nearcopy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nearcopy",
            trigger=pgtrigger.compiler.Trigger(
                name="keep",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_keep('item_id,other_id,similarity,containment,ground', 'What was found stays as it was found.')",
                    func="RETURN NULL;",
                    hash="7eed954bae6248202a89b7ed7a746963108a5c4b",
                    operation="UPDATE",
                    pgid="pgtrigger_keep_5104a",
                    table="evidence_nearcopy",
                    when="BEFORE",
                ),
            ),
        ),
    ]
