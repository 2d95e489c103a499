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
        ("evidence", "0010_lineage_rules"),
        ("policy", "0003_responses_follow_what_they_rest_on"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProvisionTestAnswer",
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
                ("test", models.CharField(help_text="The test, in the words of the legal library.", max_length=500)),
                (
                    "answer",
                    models.CharField(
                        choices=[("met", "Met"), ("not_met", "Not met"), ("not_assessed", "Not assessed")],
                        max_length=20,
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="What it rests on; where it is not assessed, why not.", verbose_name="why"
                    ),
                ),
            ],
            options={
                "ordering": ["response", "id"],
            },
        ),
        migrations.AddField(
            model_name="legalprovision",
            name="is_safeguard_only",
            field=models.BooleanField(
                default=False,
                help_text="It permits no measure by itself, like the ban on return.",
                verbose_name="sets limits only",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policyresponse",
            trigger=pgtrigger.compiler.Trigger(
                name="pass_to_policy_provisiontestanswer",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."marking" IS DISTINCT FROM (NEW."marking") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))',
                    execute="scope_pass_on('policy_provisiontestanswer', 'response_id')",
                    func="RETURN NULL;",
                    hash="377e5c77a51634409cb1ff797fd740ec1357c850",
                    operation='UPDATE OF "workspace_id", "marking"',
                    pgid="pgtrigger_pass_to_policy_provisiontestanswer_b6c0f",
                    table="policy_policyresponse",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="provisiontestanswer",
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
            model_name="provisiontestanswer",
            name="passage",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="evidence.passage",
            ),
        ),
        migrations.AddField(
            model_name="provisiontestanswer",
            name="provision",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policy.legalprovision"
            ),
        ),
        migrations.AddField(
            model_name="provisiontestanswer",
            name="response",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="test_answers", to="policy.policyresponse"
            ),
        ),
        migrations.AddField(
            model_name="provisiontestanswer",
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
            model_name="provisiontestanswer",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="provisiontestanswer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "active")),
                fields=("response", "provision", "test"),
                name="a_test_of_a_provision_is_answered_once",
                violation_error_message="This test is answered already; change the answer.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="provisiontestanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="stamp",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_stamp()",
                    func="RETURN NULL;",
                    hash="8b69782b346e0ef0b0a0786c8aef4bb4e95bc3f9",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_stamp_72ea8",
                    table="policy_provisiontestanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="provisiontestanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="write_ledger",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="ledger_write('provision_test_answer')",
                    func="RETURN NULL;",
                    hash="06ad067af90dc55ee882cfb523ddc1338b963bd5",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_write_ledger_2b80d",
                    table="policy_provisiontestanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="provisiontestanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="refuse_deletion",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_refuse('Nothing is deleted here.')",
                    func="RETURN NULL;",
                    hash="bf57a327fec607457be982336c1b527a9b7ca79a",
                    operation="DELETE",
                    pgid="pgtrigger_refuse_deletion_43ad1",
                    table="policy_provisiontestanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="provisiontestanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="inherit_scope",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="scope_inherit('policy_policyresponse', 'response_id')",
                    func="RETURN NULL;",
                    hash="cbbaa7a9b4d41e181e9919039a8ede2f1906b10c",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_inherit_scope_f1ab9",
                    table="policy_provisiontestanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="provisiontestanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="only_in_the_open",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="response_part_moves_only_in_the_open()",
                    func="RETURN NULL;",
                    hash="afffbea779f6ef97effab157131fce27576366ce",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_only_in_the_open_2530c",
                    table="policy_provisiontestanswer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="provisiontestanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="keep",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    execute="record_keep('provision_id,test', 'An answer keeps its test.')",
                    func="RETURN NULL;",
                    hash="d212bec9db3fa1359bd7366689f1679965e12142",
                    operation="UPDATE",
                    pgid="pgtrigger_keep_b0eff",
                    table="policy_provisiontestanswer",
                    when="BEFORE",
                ),
            ),
        ),
    ]
