"""What was shared of a response lies where the response lies, when that moves or is marked more strictly."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("policy", "0007_measures_stand_on_law"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="policyresponse",
            trigger=pgtrigger.compiler.Trigger(
                name="bound_response_id_of_exchange_sharing",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."marking" IS DISTINCT FROM (NEW."marking") OR OLD."workspace_id" IS DISTINCT FROM (NEW."workspace_id"))',
                    execute="scope_press_on('exchange_sharing', 'response_id')",
                    func="RETURN NULL;",
                    hash="d11f0768989094a707a550ad00220f6c3e8bae82",
                    operation='UPDATE OF "workspace_id", "marking"',
                    pgid="pgtrigger_bound_response_id_of_exchange_sharing_35dc4",
                    table="policy_policyresponse",
                    when="AFTER",
                ),
            ),
        ),
    ]
