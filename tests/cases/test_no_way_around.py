"""No sequence of verbs, by whomever, reaches an approval that should not stand.

A machine draws verbs and people at random against PostgreSQL. After each step: every approved
attribution passes its gate, was approved by no author of it, and no sealed version has changed.
"""

import hashlib
import os

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.errors import Refusal
from cases import gate
from cases.choices import Conclusion, Confidence, Consistency, IntentBasis, Likelihood, Supports
from cases.gathering import ground_of
from cases.models import Attribution, Citation, Dissent, Review, SealedPacket, rate_row
from evidence.models import Derivation, EvidenceItem, Passage, Source
from ledger.acting import acting_as, as_owner
from tests import making

EXAMPLES = int(os.environ.get("ATTEST_STATEFUL_EXAMPLES", "8"))
STEPS = 24

people = st.sampled_from(["ana", "ben", "sofia", "sigrid", "vera", "stella", "stranger"])
which = st.integers(min_value=0, max_value=40)
words = st.sampled_from(["", "Because.", "Looked again."])


def pick(records, number: int):
    """One of some records, the same for the same number."""
    found = list(records.order_by("pk"))
    return found[number % len(found)] if found else None


class AnyoneDoesAnything(RuleBasedStateMachine):
    """One room, its cast, and an attribution that lacks only its review."""

    cast = room = None

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.sealed: dict = {}
        self.reached = set()
        ana, ben = self.cast.ana, self.cast.ben
        with acting_as(ana):
            first = making.a_ready_attribution(by=ana, workspace=self.room)
        making.weighed(first, by=[ana, ben])

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def attempt(self, name: str, act) -> None:
        """Do something in somebody's name; a refusal of any kind is a fine answer."""
        person = getattr(self.cast, name)
        try:
            with transaction.atomic(), acting_as(person):
                act(person)
        except (Refusal, ValidationError, DatabaseError, AttributeError) as refusal:
            if isinstance(refusal, AttributeError) and "NoneType" not in str(refusal):
                raise  # nothing there to act upon is fine, any other is our mistake

    # --- The life of an attribution -------------------------------------------------------------

    @rule(who=people, n=which)
    def submit(self, who, n):
        self.attempt(who, lambda me: pick(Attribution.objects.all(), n).submit(by=me))

    @rule(who=people, n=which, conclusion=st.sampled_from(Conclusion.values), reasons=words)
    def conclude(self, who, n, conclusion, reasons):
        self.attempt(
            who,
            lambda me: Review.conclude(
                by=me,
                attribution=pick(Attribution.objects.all(), n),
                conclusion=conclusion,
                reasons=reasons,
                interests="None.",
            ),
        )

    @rule(who=people, n=which, answer=words)
    def answer(self, who, n, answer):
        self.attempt(who, lambda me: pick(Dissent.objects.all(), n).give_answer(by=me, answer=answer))

    @rule(who=st.sampled_from(["sofia", "sigrid", "ana", "stella"]), n=which)
    def approve(self, who, n):
        self.attempt(who, lambda me: pick(Attribution.objects.all(), n).approve(by=me))

    @rule()
    def take_the_straight_way(self):
        """The way that works, so that approvals are reached often enough to be attacked."""
        self.attempt("ana", lambda me: pick(Attribution.objects.all(), 0).submit(by=me))
        self.conclude("ben", 0, Conclusion.CONCUR.value, "")
        self.approve("sofia", 0)

    @rule(who=people, n=which, reason=words, step=st.sampled_from(["return_", "withdraw"]))
    def return_or_withdraw(self, who, n, reason, step):
        self.attempt(who, lambda me: getattr(pick(Attribution.objects.all(), n), step)(by=me, reason=reason))

    @rule(who=people, n=which)
    def revise(self, who, n):
        self.attempt(who, lambda me: pick(Attribution.objects.all(), n).revise(by=me))

    @rule(who=people, n=which, likelihood=st.sampled_from(Likelihood.values), high=st.sampled_from(Confidence.values))
    def change_the_judgement(self, who, n, likelihood, high):
        fields = {"likelihood": likelihood, "confidence": high}
        self.attempt(who, lambda me: pick(Attribution.objects.all(), n).change(by=me, **fields))

    @rule(who=people, other=people, n=which)
    def name_a_co_author(self, who, other, n):
        co_author = getattr(self.cast, other)
        self.attempt(who, lambda me: pick(Attribution.objects.all(), n).add_co_author(by=me, person=co_author))

    @rule(who=people, n=which, m=which, supports=st.sampled_from(Supports.values))
    def cite(self, who, n, m, supports):
        self.attempt(
            who,
            lambda me: pick(Attribution.objects.all(), n).cite(
                by=me, passage=pick(Passage.objects.all(), m), supports=supports
            ),
        )

    @rule(who=people, n=which, basis=st.sampled_from(IntentBasis.values))
    def change_a_citation(self, who, n, basis):
        self.attempt(who, lambda me: pick(Citation.objects.all(), n).change(by=me, intent_basis=basis))

    @rule(who=people, n=which, reason=words)
    def withdraw_a_citation(self, who, n, reason):
        self.attempt(who, lambda me: pick(Citation.objects.all(), n).withdraw(by=me, reason=reason))

    # --- The ground under it --------------------------------------------------------------------

    @rule(who=people, n=which, grade=st.sampled_from("ABCDEF"))
    def regrade_a_source(self, who, n, grade):
        self.attempt(who, lambda me: pick(Source.objects.all(), n).regrade(by=me, reliability=grade, reason="Anew."))

    @rule(who=people, n=which, grade=st.integers(1, 6))
    def regrade_an_item(self, who, n, grade):
        self.attempt(
            who, lambda me: pick(EvidenceItem.objects.all(), n).regrade(by=me, credibility=grade, reason="Anew.")
        )

    @rule(who=people, n=which)
    def withdraw_an_item(self, who, n):
        self.attempt(who, lambda me: pick(EvidenceItem.objects.all(), n).withdraw(by=me, reason="Forged."))

    @rule(who=people, n=which, m=which)
    def supersede_an_item(self, who, n, m):
        items = EvidenceItem.objects.all()
        self.attempt(who, lambda me: pick(items, n).supersede(by=me, successor=pick(items, m), reason="Better copy."))

    @rule(who=people, n=which, m=which)
    def link_two_items(self, who, n, m):
        items = EvidenceItem.objects.all()
        self.attempt(who, lambda me: Derivation.add(by=me, item=pick(items, n), original=pick(items, m)))

    @rule(who=people, n=which, m=which)
    def give_a_source_an_owner(self, who, n, m):
        sources = Source.objects.all()
        self.attempt(who, lambda me: pick(sources, n).change(by=me, owner=pick(sources, m)))

    @rule(who=people, n=which, field=st.sampled_from([("source_class", "accused"), ("country", "PL")]))
    def change_what_a_source_is(self, who, n, field):
        self.attempt(who, lambda me: pick(Source.objects.all(), n).change(by=me, **dict([field])))

    @rule(
        who=people,
        n=which,
        field=st.sampled_from([("category", "contextual"), ("evidence_kind", "other"), ("marking", "red")]),
    )
    def change_what_an_item_is(self, who, n, field):
        self.attempt(who, lambda me: pick(EvidenceItem.objects.all(), n).change(by=me, **dict([field])))

    @rule(who=people, n=which)
    def withdraw_a_passage(self, who, n):
        self.attempt(who, lambda me: pick(Passage.objects.all(), n).withdraw(by=me, reason="Misread."))

    @rule(who=people, n=which, m=which, rating=st.sampled_from(Consistency.values))
    def rate(self, who, n, m, rating):
        def act(me):
            attribution = pick(Attribution.objects.all(), 0)
            hypothesis = pick(attribution.incident.hypotheses.all(), m)
            item = pick(EvidenceItem.objects.all(), n)
            rate_row(attribution.incident, by=me, item=item, ratings={hypothesis.pk: rating})

        self.attempt(who, act)

    @rule(who=people, codes=st.sampled_from([["PL"], ["LT"], []]))
    def change_whom_it_targets(self, who, codes):
        self.attempt(who, lambda me: pick(Attribution.objects.all(), 0).incident.change(by=me, target_countries=codes))

    @rule(who=people, kind=st.sampled_from(["cartel", "state_organ"]))
    def change_what_the_actor_is(self, who, kind):
        self.attempt(who, lambda me: pick(Attribution.objects.all(), 0).actor.change(by=me, actor_kind=kind))

    # --- What must hold ---------------------------------------------------------------------------

    @invariant()
    def every_approval_stands(self):
        with as_owner():
            for each in Attribution.objects.approved().select_related("incident", "actor"):
                self.reached.add("approved")
                result = gate.evaluate(ground_of(each))
                assert result.is_passed, [check.sentence for check in result.failed]
                assert each.approver_id not in each.author_ids()
                assert each.review_by >= timezone.localdate()

    @invariant()
    def what_is_sealed_stays(self):
        with as_owner():
            for packet in SealedPacket.objects.all():
                assert hashlib.sha256(packet.canonical.encode()).hexdigest() == packet.sha256
                assert self.sealed.setdefault(packet.pk, packet.canonical) == packet.canonical

    @precondition(lambda self: self.sealed)
    @rule(who=people, n=which)
    def edit_a_sealed_version(self, who, n):
        self.attempt(who, lambda me: pick(SealedPacket.objects.all(), n).change(by=me, canonical="{}"))


@pytest.mark.django_db
def test_no_sequence_of_verbs_reaches_an_approval_that_should_not_stand(cast, east):
    AnyoneDoesAnything.cast, AnyoneDoesAnything.room = cast, east
    run_state_machine_as_test(
        AnyoneDoesAnything,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            # Shrinking takes minutes: what it found is printed whole, and replayed first on the next run.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
        ),
    )
