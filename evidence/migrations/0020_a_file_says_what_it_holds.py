"""What a file holds beside its text, and the items that came out of it."""

import django.contrib.postgres.fields
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
        ("evidence", "0019_how_far_a_reading_is_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContainerPart",
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
                    "path",
                    models.CharField(
                        help_text="Its name inside; what cannot be seen in it stands as U+FFFD.", max_length=1000
                    ),
                ),
                ("position", models.PositiveIntegerField(help_text="From 1, in the order of the container.")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(help_text="Bytes.")),
            ],
            options={
                "ordering": ["container_id", "position"],
            },
        ),
        migrations.AddField(
            model_name="storedfile",
            name="left_out",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                blank=True,
                default=list,
                editable=False,
                help_text="What of a container was not taken, and why.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="opening",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "Not a container"),
                    ("waiting", "Waiting to be opened"),
                    ("done", "Opened"),
                    ("refused", "Not opened"),
                ],
                default="",
                editable=False,
                help_text="How far the opening of a container has come. Empty: it is none.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="remarks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(),
                blank=True,
                default=list,
                editable=False,
                help_text="A sentence for each trait.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="storedfile",
            name="traits",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("is_container", "Holds files, kept as items"),
                        ("is_encrypted", "Encrypted"),
                        ("is_polyglot", "Valid as two types"),
                        ("holds_macros", "Holds macros"),
                        ("holds_active_content", "Holds active content"),
                        ("holds_files", "Holds other files"),
                        ("digests_differ", "Digests differ"),
                    ],
                    max_length=30,
                ),
                blank=True,
                default=list,
                editable=False,
                help_text="What it holds that whoever opens it should know.",
                size=None,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="pass_to_evidence_containerpart",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."marking" IS DISTINCT FROM (NEW."marking") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))',
                    execute="scope_pass_on('evidence_containerpart', 'item_id')",
                    func="RETURN NULL;",
                    hash="355abae1566929f803bd740bed8cc81e4e8045d7",
                    operation='UPDATE OF "workspace_id", "marking"',
                    pgid="pgtrigger_pass_to_evidence_containerpart_0f6a9",
                    table="evidence_evidenceitem",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="containerpart",
            name="container",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="evidence.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="containerpart",
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
            model_name="containerpart",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="came_in", to="evidence.evidenceitem"
            ),
        ),
        migrations.AddField(
            model_name="containerpart",
            name="outermost",
            field=models.ForeignKey(
                help_text="The file that came in from outside.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="all_parts",
                to="evidence.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="containerpart",
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
            model_name="containerpart",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AddIndex(
            model_name="containerpart",
            index=models.Index(fields=["outermost"], name="part_by_outermost_file"),
        ),
        migrations.AddConstraint(
            model_name="containerpart",
            constraint=models.UniqueConstraint(
                fields=("container", "path", "position"), name="part_comes_out_of_its_container_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="containerpart",
            constraint=models.UniqueConstraint(fields=("item",), name="item_came_out_of_one_container"),
        ),
        migrations.AddConstraint(
            model_name="containerpart",
            constraint=models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="parts_count_from_one"),
        ),
        migrations.AddConstraint(
            model_name="containerpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="part_is_known_by_sha256_in_hex"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="containerpart",
            trigger=pgtrigger.compiler.Trigger(
                name="stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_stamp()",
                    func="RETURN NULL;",
                    hash="9feeb669472fb37376e18753a6f062c920f5e643",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stamp_c922d",
                    table="evidence_containerpart",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="containerpart",
            trigger=pgtrigger.compiler.Trigger(
                name="write_ledger",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="ledger_write('container_part')",
                    func="RETURN NULL;",
                    hash="0aa4698284bbcf43563f2ab07a9268ec3576476e",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_ledger_8aee8",
                    table="evidence_containerpart",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="containerpart",
            trigger=pgtrigger.compiler.Trigger(
                name="refuse_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_refuse('Nothing is deleted here.')",
                    func="RETURN NULL;",
                    hash="9a9771881d5c455ddfe57bf19a83252769cf8137",
                    operation="DELETE",
                    pgid="pgtrigger_refuse_deletion_ce26d",
                    table="evidence_containerpart",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="containerpart",
            trigger=pgtrigger.compiler.Trigger(
                name="inherit_scope",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="scope_inherit('evidence_evidenceitem', 'item_id')",
                    func="RETURN NULL;",
                    hash="a446d886a5b5e18bbaef327723d33f1ab6166106",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_inherit_scope_9c4f8",
                    table="evidence_containerpart",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="containerpart",
            trigger=pgtrigger.compiler.Trigger(
                name="keep",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_keep('item_id,container_id,outermost_id,path,position,sha256,size', 'Where a part came from stays as it was.')",
                    func="RETURN NULL;",
                    hash="69084c3935767d75db6704697e37f8b6cb60b76d",
                    operation="UPDATE",
                    pgid="pgtrigger_keep_854f3",
                    table="evidence_containerpart",
                    when="BEFORE",
                ),
            ),
        ),
    ]
