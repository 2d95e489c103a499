"""The gate: what must hold before an attribution is approved.

One function, `evaluate`, serves the checklist on the page, the answer of the API and the approval
itself. A check is a small function of the ground and the policy that answers with what it found
missing, each a sentence that says what to do; nothing missing is a pass. The policy lists which
checks apply to which label and kind of actor.
"""

from cases.gate import evidence, judgement  # registers the checks, in this order
from cases.gate.mechanics import CHECKS, Check, GateResult, Missing, Outcome, evaluate, holds

__all__ = ["CHECKS", "Check", "GateResult", "Missing", "Outcome", "evaluate", "evidence", "holds", "judgement"]
