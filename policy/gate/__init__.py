"""The gate of responses: what must hold before one is approved, for each of the five kinds.

The same mechanics as the gate of attributions: a check is a small function that answers with what
is missing, and one checklist serves the page, the API and the approval.
"""

# The order of these imports is the order of the checklist.
from policy.gate import basis, law, judgement  # noqa: F401, I001
from policy.gate.mechanics import CHECKS, POLICY, WITH_PROVISION, evaluate

__all__ = ["CHECKS", "POLICY", "WITH_PROVISION", "evaluate"]
