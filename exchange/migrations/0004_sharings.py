"""What was shared with partners."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_how_notifications_are_mailed"),
        ("exchange", "0003_sharing_rules"),
        ("policy", "0012_sharings_follow_their_response"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Sharing",
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
                ("partner", models.CharField(help_text="One of the response's partners.", max_length=200)),
                (
                    "under",
                    models.CharField(
                        choices=[
                            ("clear", "TLP:CLEAR"),
                            ("green", "TLP:GREEN"),
                            ("amber", "TLP:AMBER"),
                            ("amber_strict", "TLP:AMBER+STRICT"),
                            ("red", "TLP:RED"),
                        ],
                        max_length=20,
                        verbose_name="shared under",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[("pdf", "PDF"), ("docx", "DOCX"), ("html", "HTML")], default="pdf", max_length=10
                    ),
                ),
                ("title", models.CharField(editable=False, max_length=300)),
                ("included", models.JSONField(default=list, editable=False)),
                ("held_back", models.JSONField(blank=True, default=dict, editable=False)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("size", models.PositiveBigIntegerField(editable=False, help_text="Bytes.")),
                (
                    "status",
                    models.CharField(
                        choices=[("shared", "Shared"), ("recalled", "Recalled")],
                        default="shared",
                        editable=False,
                        max_length=20,
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
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sharings", to="policy.policyresponse"
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
                "indexes": [
                    models.Index(fields=["workspace", "marking", "-id"], name="sharing_list"),
                    models.Index(fields=["response"], name="sharing_by_response"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="sharing_has_its_hash"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ["pdf", "docx", "html"])), name="sharing_form_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("under__in", ["clear", "green", "amber", "amber_strict", "red"])),
                        name="sharing_marking_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["shared", "recalled"])), name="sharing_status_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "recalled"), _negated=True),
                            models.Q(("state_note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="recalled_sharing_says_why",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharing",
            trigger=pgtrigger.compiler.Trigger(
                name="stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_stamp()",
                    func="RETURN NULL;",
                    hash="54d136b03d87b3e4cec81c439159321721402c54",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stamp_fa1fe",
                    table="exchange_sharing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharing",
            trigger=pgtrigger.compiler.Trigger(
                name="write_ledger",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="ledger_write('sharing')",
                    func="RETURN NULL;",
                    hash="35660e406b0997a0669005d3210b8efeef4127ad",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_ledger_70b45",
                    table="exchange_sharing",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharing",
            trigger=pgtrigger.compiler.Trigger(
                name="refuse_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_refuse('Nothing is deleted here.')",
                    func="RETURN NULL;",
                    hash="cb4a13b5ec3ee0e83d1b26284f7d6e11eb2c8e94",
                    operation="DELETE",
                    pgid="pgtrigger_refuse_deletion_3bbe5",
                    table="exchange_sharing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharing",
            trigger=pgtrigger.compiler.Trigger(
                name="write_search",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="search_write('sharing', 'id', 'title', 'partner')",
                    func="RETURN NULL;",
                    hash="8e4986b99b14c93fb9d0799b5ff2b58045135f4a",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_search_dee48",
                    table="exchange_sharing",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharing",
            trigger=pgtrigger.compiler.Trigger(
                name="bound_scope",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="scope_bound('policy_policyresponse', 'response_id')",
                    func="RETURN NULL;",
                    hash="2773470fead59465e848c07896da64a222a2a69b",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_bound_scope_b04a1",
                    table="exchange_sharing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharing",
            trigger=pgtrigger.compiler.Trigger(
                name="keep",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_keep('response_id,partner,under,form,title,included,held_back,sha256,size', 'What was shared stays as it left.')",
                    func="RETURN NULL;",
                    hash="083615e683c8ccf2080ae2a37adf1d3e215bc4ed",
                    operation="UPDATE",
                    pgid="pgtrigger_keep_b2003",
                    table="exchange_sharing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharing",
            trigger=pgtrigger.compiler.Trigger(
                name="agreed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="sharing_keeps_to_what_was_agreed()",
                    func="RETURN NULL;",
                    hash="fa9a92cdd80f3a815fdcebc1f9681dc319c04ffb",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_agreed_a57fc",
                    table="exchange_sharing",
                    when="BEFORE",
                ),
            ),
        ),
    ]
