"""Blind gradings, what confirms an item, and the grade that something was said."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_requests_are_counted"),
        ("evidence", "0012_blind_grading_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Confirmation",
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
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("withdrawn", "Withdrawn")],
                        default="active",
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", help_text="What it confirms.", max_length=500)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Grading",
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
                    "question",
                    models.CharField(
                        choices=[("said", "It was said"), ("so", "It is so")], default="so", max_length=10
                    ),
                ),
                (
                    "reliability",
                    models.CharField(
                        choices=[
                            ("A", "A - completely reliable"),
                            ("B", "B - usually reliable"),
                            ("C", "C - fairly reliable"),
                            ("D", "D - not usually reliable"),
                            ("E", "E - unreliable"),
                            ("F", "F - reliability cannot be judged"),
                        ],
                        max_length=1,
                        verbose_name="reliability of the source in this",
                    ),
                ),
                (
                    "credibility",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "1 - confirmed by independent sources"),
                            (2, "2 - probably true"),
                            (3, "3 - possibly true"),
                            (4, "4 - doubtful"),
                            (5, "5 - improbable"),
                            (6, "6 - truth cannot be judged"),
                        ]
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits for a second"),
                            ("agree", "Both agree"),
                            ("differ", "They differ"),
                            ("settled", "Differed, settled since"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=10,
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="evidenceitem",
            name="said_credibility",
            field=models.PositiveSmallIntegerField(
                blank=True,
                choices=[
                    (1, "1 - confirmed by independent sources"),
                    (2, "2 - probably true"),
                    (3, "3 - possibly true"),
                    (4, "4 - doubtful"),
                    (5, "5 - improbable"),
                    (6, "6 - truth cannot be judged"),
                ],
                help_text="Null: not graded.",
                null=True,
                verbose_name="it was said: credibility",
            ),
        ),
        migrations.AddField(
            model_name="evidenceitem",
            name="said_credibility_reason",
            field=models.TextField(blank=True, default="", verbose_name="it was said: reason"),
        ),
        migrations.AddField(
            model_name="evidenceitem",
            name="said_reliability",
            field=models.CharField(
                blank=True,
                choices=[
                    ("A", "A - completely reliable"),
                    ("B", "B - usually reliable"),
                    ("C", "C - fairly reliable"),
                    ("D", "D - not usually reliable"),
                    ("E", "E - unreliable"),
                    ("F", "F - reliability cannot be judged"),
                ],
                default="",
                max_length=1,
                verbose_name="it was said: reliability",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="pass_to_evidence_confirmation",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."marking" IS DISTINCT FROM (NEW."marking") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))',
                    execute="scope_pass_on('evidence_confirmation', 'item_id')",
                    func="RETURN NULL;",
                    hash="12e3d95ce405fe08ddc78fc31cc48423e56198a2",
                    operation='UPDATE OF "workspace_id", "marking"',
                    pgid="pgtrigger_pass_to_evidence_confirmation_bbdfa",
                    table="evidence_evidenceitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="graded_openly",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="item_is_graded_openly()",
                    func="RETURN NULL;",
                    hash="99b544cc527053e0037897dfd3bd0b50a4b056ad",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_graded_openly_3bcbf",
                    table="evidence_evidenceitem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="pass_to_evidence_grading",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."marking" IS DISTINCT FROM (NEW."marking") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))',
                    execute="scope_pass_on('evidence_grading', 'item_id')",
                    func="RETURN NULL;",
                    hash="a0a1d03c40dd0e3fc3006fc9746c1dc78c1378f0",
                    operation='UPDATE OF "workspace_id", "marking"',
                    pgid="pgtrigger_pass_to_evidence_grading_3575d",
                    table="evidence_evidenceitem",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("said_credibility__isnull", True), ("said_reliability", "")),
                    models.Q(
                        ("said_credibility__gte", 1),
                        ("said_credibility__lte", 6),
                        ("said_reliability__in", ["A", "B", "C", "D", "E", "F"]),
                    ),
                    _connector="OR",
                ),
                name="said_grade_is_whole_or_absent",
                violation_error_message="That it was said is graded by reliability and credibility together.",
            ),
        ),
        migrations.AddField(
            model_name="confirmation",
            name="confirming",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="confirms", to="evidence.evidenceitem"
            ),
        ),
        migrations.AddField(
            model_name="confirmation",
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
            model_name="confirmation",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="confirmations", to="evidence.evidenceitem"
            ),
        ),
        migrations.AddField(
            model_name="confirmation",
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
            model_name="confirmation",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AddField(
            model_name="grading",
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
            model_name="grading",
            name="first",
            field=models.OneToOneField(
                editable=False,
                help_text="The grading it met.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="second",
                to="evidence.grading",
            ),
        ),
        migrations.AddField(
            model_name="grading",
            name="grader",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="grading",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="gradings", to="evidence.evidenceitem"
            ),
        ),
        migrations.AddField(
            model_name="grading",
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
            model_name="grading",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "active")),
                fields=("item", "confirming"),
                name="confirmation_is_recorded_once",
                violation_error_message="This link is recorded already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.CheckConstraint(
                condition=models.Q(("item", models.F("confirming")), _negated=True),
                name="item_does_not_confirm_itself",
                violation_error_message="An item cannot confirm itself.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="confirmation",
            trigger=pgtrigger.compiler.Trigger(
                name="stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_stamp()",
                    func="RETURN NULL;",
                    hash="3bef77484b1c9e7b153e689801a7371dcb5cec08",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stamp_92e87",
                    table="evidence_confirmation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="confirmation",
            trigger=pgtrigger.compiler.Trigger(
                name="write_ledger",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="ledger_write('confirmation')",
                    func="RETURN NULL;",
                    hash="fbba510d7c325309ffe53769a01ae529a9f58150",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_ledger_13ad9",
                    table="evidence_confirmation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="confirmation",
            trigger=pgtrigger.compiler.Trigger(
                name="refuse_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_refuse('Nothing is deleted here.')",
                    func="RETURN NULL;",
                    hash="ebb2d20c1a9376edd79077ca1d62f24ec18a9e5a",
                    operation="DELETE",
                    pgid="pgtrigger_refuse_deletion_48870",
                    table="evidence_confirmation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="confirmation",
            trigger=pgtrigger.compiler.Trigger(
                name="inherit_scope",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="scope_inherit('evidence_evidenceitem', 'item_id')",
                    func="RETURN NULL;",
                    hash="e008e16958ab6d032a02b35ea6f1085e2baeb452",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_inherit_scope_89108",
                    table="evidence_confirmation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="grading",
            constraint=models.CheckConstraint(
                condition=models.Q(("credibility__gte", 1), ("credibility__lte", 6)),
                name="blind_credibility_is_one_to_six",
            ),
        ),
        migrations.AddConstraint(
            model_name="grading",
            constraint=models.CheckConstraint(
                condition=models.Q(("reliability__in", ["A", "B", "C", "D", "E", "F"])),
                name="blind_reliability_is_a_to_f",
            ),
        ),
        migrations.AddConstraint(
            model_name="grading",
            constraint=models.CheckConstraint(
                condition=models.Q(("question__in", ["said", "so"])), name="grading_answers_a_question"
            ),
        ),
        migrations.AddConstraint(
            model_name="grading",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="grading_gives_its_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="grading",
            constraint=models.CheckConstraint(
                condition=models.Q(("first", models.F("id")), _negated=True), name="grading_does_not_meet_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="grading",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "withdrawn"), _negated=True),
                fields=("item", "question", "grader"),
                name="analyst_grades_blind_once",
                violation_error_message="You have given your grading already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="grading",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "waiting")),
                fields=("item", "question"),
                name="one_first_grading_waits",
                violation_error_message="A first grading waits already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grading",
            trigger=pgtrigger.compiler.Trigger(
                name="stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_stamp()",
                    func="RETURN NULL;",
                    hash="65094af71d55fdce0c59db7ced4f7db044d30374",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stamp_dff2f",
                    table="evidence_grading",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grading",
            trigger=pgtrigger.compiler.Trigger(
                name="write_ledger",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="ledger_write('grading')",
                    func="RETURN NULL;",
                    hash="7446c9603c276f6f64d367ab968b2259097e8211",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_ledger_c8ac4",
                    table="evidence_grading",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grading",
            trigger=pgtrigger.compiler.Trigger(
                name="refuse_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_refuse('Nothing is deleted here.')",
                    func="RETURN NULL;",
                    hash="f29b2a6fcd96bf837760ad2cc64c77c74e3958bf",
                    operation="DELETE",
                    pgid="pgtrigger_refuse_deletion_02e88",
                    table="evidence_grading",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grading",
            trigger=pgtrigger.compiler.Trigger(
                name="inherit_scope",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="scope_inherit('evidence_evidenceitem', 'item_id')",
                    func="RETURN NULL;",
                    hash="f0a420d5c625365b0bfb4566025edcee3f403b91",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_inherit_scope_7c4d2",
                    table="evidence_grading",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grading",
            trigger=pgtrigger.compiler.Trigger(
                name="keep",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_keep('item_id,grader_id,question,reliability,credibility,reason', 'A grading stays as it was given.')",
                    func="RETURN NULL;",
                    hash="0d3345dfb5a1a9c385ede523d24cca318dd79e08",
                    operation="UPDATE",
                    pgid="pgtrigger_keep_8f782",
                    table="evidence_grading",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grading",
            trigger=pgtrigger.compiler.Trigger(
                name="is_blind",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="grading_is_blind()",
                    func="RETURN NULL;",
                    hash="8a3f2bb91cf73b49ed5d5bce325949a1d5095474",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_is_blind_06011",
                    table="evidence_grading",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grading",
            trigger=pgtrigger.compiler.Trigger(
                name="pairs",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="grading_pairs()",
                    func="RETURN NULL;",
                    hash="b7590cbfe359b226beaab160964465c8094b7d3b",
                    operation="INSERT",
                    pgid="pgtrigger_pairs_505ae",
                    table="evidence_grading",
                    when="AFTER",
                ),
            ),
        ),
    ]
