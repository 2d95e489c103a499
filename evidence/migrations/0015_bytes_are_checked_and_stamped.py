"""Whether stored bytes are whole, when they were looked at, and what an authority outside signed."""

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
        ("evidence", "0014_custody_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ByteCheck",
            fields=[
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="byte_check",
                        serialize=False,
                        to="evidence.storedfile",
                    ),
                ),
                ("checked_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TimeStamp",
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
                ("authority", models.CharField(help_text="The address that was asked.", max_length=500)),
                ("signer", models.CharField(help_text="Whom the authority's certificate names.", max_length=500)),
                ("stamped_at", models.DateTimeField(help_text="As the authority's clock had it.")),
                ("serial", models.CharField(help_text="The number that the authority gave it.", max_length=100)),
                (
                    "policy",
                    models.CharField(help_text="The authority's policy, as an object identifier.", max_length=100),
                ),
                ("response", models.TextField(help_text="The whole answer (TimeStampResp, DER) in Base64.")),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="storedfile",
            name="bytes_state",
            field=models.CharField(
                blank=True,
                choices=[("", "Whole"), ("altered", "Altered"), ("missing", "Missing")],
                default="",
                editable=False,
                help_text="Empty: whole, when last seen.",
                max_length=10,
            ),
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
                ],
                max_length=20,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storedfile",
            trigger=pgtrigger.compiler.Trigger(
                name="looked_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="bytes_are_looked_at()",
                    func="RETURN NULL;",
                    hash="25dace537c98646b02d8e1bbd117f8f0b7dffb54",
                    operation='UPDATE OF "bytes_state"',
                    pgid="pgtrigger_looked_at_66e0d",
                    table="evidence_storedfile",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storedfile",
            trigger=pgtrigger.compiler.Trigger(
                name="pass_to_evidence_timestamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."marking" IS DISTINCT FROM (NEW."marking") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))',
                    execute="scope_pass_on('evidence_timestamp', 'file_id')",
                    func="RETURN NULL;",
                    hash="4594cc4876781099bed0b940ecbc330efcc0a8f9",
                    operation='UPDATE OF "workspace_id", "marking"',
                    pgid="pgtrigger_pass_to_evidence_timestamp_992a5",
                    table="evidence_storedfile",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="timestamp",
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
            model_name="timestamp",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="time_stamps", to="evidence.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="timestamp",
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
            model_name="timestamp",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="timestamp",
            constraint=models.UniqueConstraint(
                fields=("file", "authority"),
                name="authority_stamps_a_file_once",
                violation_error_message="This authority has stamped this file already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="timestamp",
            trigger=pgtrigger.compiler.Trigger(
                name="stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_stamp()",
                    func="RETURN NULL;",
                    hash="438e71820d3d0a86296ed9461e1d2bb6d49515d8",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stamp_b4104",
                    table="evidence_timestamp",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="timestamp",
            trigger=pgtrigger.compiler.Trigger(
                name="write_ledger",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="ledger_write('time_stamp')",
                    func="RETURN NULL;",
                    hash="72ed650eaff45ee2870ef39aff6f8f974d3c16e8",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_ledger_8e94e",
                    table="evidence_timestamp",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="timestamp",
            trigger=pgtrigger.compiler.Trigger(
                name="refuse_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_refuse('Nothing is deleted here.')",
                    func="RETURN NULL;",
                    hash="b61d49322a7856b7d53e4b3377864600bf7f7ed9",
                    operation="DELETE",
                    pgid="pgtrigger_refuse_deletion_9fccb",
                    table="evidence_timestamp",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="timestamp",
            trigger=pgtrigger.compiler.Trigger(
                name="inherit_scope",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="scope_inherit('evidence_storedfile', 'file_id')",
                    func="RETURN NULL;",
                    hash="5f5d866fd3b99c8ba7348f670e53218c7b8eb729",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_inherit_scope_921bf",
                    table="evidence_timestamp",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="timestamp",
            trigger=pgtrigger.compiler.Trigger(
                name="keep",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_keep('file_id,authority,signer,stamped_at,serial,policy,response', 'A time-stamp stays as it was signed.')",
                    func="RETURN NULL;",
                    hash="900e80e86b738de8dcbb4792b997991e8d405e17",
                    operation="UPDATE",
                    pgid="pgtrigger_keep_11bd9",
                    table="evidence_timestamp",
                    when="BEFORE",
                ),
            ),
        ),
    ]
