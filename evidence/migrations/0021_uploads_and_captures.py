"""Uploads that come in pieces, kept for their sender alone, and addresses that are fetched for an item."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_requests_are_counted"),
        ("evidence", "0020_a_file_says_what_it_holds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Capture",
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
                    "requested_url",
                    models.CharField(
                        help_text="It begins with http:// or https://.", max_length=2000, verbose_name="address"
                    ),
                ),
                (
                    "final_url",
                    models.CharField(
                        blank=True, default="", editable=False, help_text="Where redirections led.", max_length=2000
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits to be fetched"),
                            ("done", "Fetched"),
                            ("failed", "Could not be fetched"),
                        ],
                        default="waiting",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True, default="", editable=False, help_text="What came of it, or why nothing did."
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(default=accounts.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("client_id", models.UUIDField(null=True)),
                ("name", models.CharField(max_length=255)),
                ("length", models.BigIntegerField(help_text="Bytes in all.")),
                ("received", models.BigIntegerField(default=0, help_text="Bytes that are here.")),
                ("begun_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("touched_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="pass_to_evidence_capture",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."marking" IS DISTINCT FROM (NEW."marking") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))',
                    execute="scope_pass_on('evidence_capture', 'item_id')",
                    func="RETURN NULL;",
                    hash="db60372897c0d48c33c6a223fc6df65644680872",
                    operation='UPDATE OF "workspace_id", "marking"',
                    pgid="pgtrigger_pass_to_evidence_capture_19782",
                    table="evidence_evidenceitem",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="capture",
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
            model_name="capture",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="captures", to="evidence.evidenceitem"
            ),
        ),
        migrations.AddField(
            model_name="capture",
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
            model_name="capture",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="capture",
            trigger=pgtrigger.compiler.Trigger(
                name="stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_stamp()",
                    func="RETURN NULL;",
                    hash="c2cc3c788371526caa37cf5b42cdeae487761f88",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stamp_47307",
                    table="evidence_capture",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="capture",
            trigger=pgtrigger.compiler.Trigger(
                name="write_ledger",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="ledger_write('capture')",
                    func="RETURN NULL;",
                    hash="22f3c168da87a6b7cf1b5879fc5e9e0924798f8c",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_ledger_1ceb5",
                    table="evidence_capture",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="capture",
            trigger=pgtrigger.compiler.Trigger(
                name="refuse_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_refuse('Nothing is deleted here.')",
                    func="RETURN NULL;",
                    hash="63d08012d88af5ee35e34387fa4e9b5e07881695",
                    operation="DELETE",
                    pgid="pgtrigger_refuse_deletion_7c2a3",
                    table="evidence_capture",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="capture",
            trigger=pgtrigger.compiler.Trigger(
                name="inherit_scope",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="scope_inherit('evidence_evidenceitem', 'item_id')",
                    func="RETURN NULL;",
                    hash="0f7a4ef152674630123b3dd4f39e86fba7bd4110",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_inherit_scope_0b41a",
                    table="evidence_capture",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="capture",
            trigger=pgtrigger.compiler.Trigger(
                name="keep",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_keep('item_id,requested_url', 'The address stays as it was asked for.')",
                    func="RETURN NULL;",
                    hash="8dffa4312e48dda12a87a5909db3a1d743f5e4dd",
                    operation="UPDATE",
                    pgid="pgtrigger_keep_ac302",
                    table="evidence_capture",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["person"], name="upload_by_person"),
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(fields=["touched_at"], name="upload_by_age"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(condition=models.Q(("length__gte", 1)), name="upload_has_bytes"),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("received__gte", 0), ("received__lte", models.F("length"))),
                name="upload_receives_what_was_announced",
            ),
        ),
    ]
