"""How a response that is ready comes to fail one check of its gate, and that one alone. Each is done by its author."""

from evidence.models import Derivation, EvidenceItem
from policy.choices import ResponseKind
from policy.models import LegalProvision, ProvisionTestAnswer, ReliedProvision, ResponseCitation, ResponseGround
from tests import making

PROTEST, SANCTIONS, BORDER = "diplomatic_protest", "sanctions", "border_enforcement"
COOPERATION, PROSECUTION = "intelligence_cooperation", "prosecution"
TEST = "It puts essential functions at risk."


def change(**fields):
    return lambda response, ana: response.change(by=ana, **fields)


def change_own(**fields):
    return lambda response, ana: response.detail.change(by=ana, **fields)


def without(parts: str, **wanted):
    """Take some of its parts away."""

    def mutate(response, ana):
        for each in getattr(response, parts).filter(**wanted):
            each.withdraw(by=ana, reason="Not needed.")

    return mutate


def without_its_own_fields(response, ana):
    response.detail.withdraw(by=ana, reason="Wrong.")


def rest_on_what_falls(response, ana):
    response.grounds.get().attribution.withdraw(by=ana, reason="Wrong.")


def rest_on_a_draft(response, ana):
    incident = response.incidents.get().incident
    draft = making.an_attribution(by=ana, workspace=response.workspace, incident=incident)
    ResponseGround.add(by=ana, response=response, attribution=draft)


def repeat(form: str):
    """Repeat a public claim of this form."""

    def mutate(response, ana):
        incident = response.incidents.get().incident
        said = {"incident": incident, "claimant": "A minister", "form": form, "what": "Said so."}
        claim = incident.claims.model.add(by=ana, **said)
        ResponseGround.add(by=ana, response=response, claim=claim)
        return claim

    return mutate


def repeat_what_is_withdrawn(response, ana):
    repeat("formal_attribution")(response, ana).withdraw(by=ana, reason="Never said.")


def repeat_only_a_denial(response, ana):
    without("grounds")(response, ana)
    repeat("denial")(response, ana)


def list_somebody_else(response, ana):
    other = making.an_actor(by=ana, workspace=response.workspace)
    response.targets.model.add(by=ana, response=response, actor=other)


def prosecute_a_state(response, ana):
    state = making.an_actor(by=ana, workspace=response.workspace)
    ResponseGround.add(by=ana, response=response, actor=state)


def rely_on(**fields):
    def mutate(response, ana):
        law = {"instrument": "Other law", "jurisdiction": "PL", "permits": "Other things.", **fields}
        provision = LegalProvision.add(by=ana, workspace_id=response.workspace_id, **law)
        ReliedProvision.add(by=ana, response=response, provision=provision)

    return mutate


def rely_on_safeguards_alone(response, ana):
    without("provisions")(response, ana)
    rely_on(is_safeguard_only=True)(response, ana)


def rely_on_a_law_with_a_test(response, ana) -> None:
    rely_on(tests=[TEST], kinds=[BORDER])(response, ana)


def answer_the_test(answer: str = "met", *, cited: bool = True):
    """Rely on a law that sets a test, and answer it."""

    def mutate(response, ana):
        rely_on_a_law_with_a_test(response, ana)
        relied = response.provisions.get(provision__instrument="Other law")
        passage = response.citations.get().passage if cited else None
        said = {"test": TEST, "answer": answer, "text": "As the findings say.", "passage": passage}
        return ProvisionTestAnswer.add(by=ana, response=response, provision=relied.provision, **said)

    return mutate


def let_the_law_go(response, ana):
    response.provisions.get().provision.withdraw(by=ana, reason="Repealed.")


def answer_without_words(response, ana):
    response.rights.get(question="asylum_access").change(by=ana, passage=None)


def _cite_another_item(response, ana) -> EvidenceItem:
    item = making.an_item(by=ana, workspace=response.workspace, text="A further thing.")
    passage = making.a_passage(by=ana, item=item, quote="further")
    ResponseCitation.add(by=ana, response=response, passage=passage)
    return EvidenceItem.objects.get(pk=item.pk)


def cite_what_is_withdrawn(response, ana):
    _cite_another_item(response, ana).withdraw(by=ana, reason="Forged.")


def cite_a_withdrawn_source(response, ana):
    _cite_another_item(response, ana).source.withdraw(by=ana, reason="It never existed.")


def cite_what_repeats_something_withdrawn(response, ana):
    item = _cite_another_item(response, ana)
    original = making.an_item(by=ana, workspace=response.workspace)
    Derivation.add(by=ana, item=item, original=original)
    original.withdraw(by=ana, reason="Forged.")


def in_every_kind(key: str, mutate):
    return [(key, kind.value, mutate) for kind in ResponseKind]


ALONE = [
    *in_every_kind("objective", change(objective=" ")),
    ("objective", PROTEST, change(addressee="")),
    ("objective", SANCTIONS, without("incidents")),
    *in_every_kind("detail", without_its_own_fields),
    *in_every_kind("standing", rest_on_a_draft),
    ("standing", COOPERATION, rest_on_what_falls),
    ("standing", PROTEST, repeat_what_is_withdrawn),
    ("claim", PROTEST, without("grounds")),
    ("claim", PROTEST, repeat_only_a_denial),
    ("claim", PROTEST, repeat("denial")),
    ("targets", SANCTIONS, without("targets")),
    ("targets", SANCTIONS, list_somebody_else),
    ("targets", SANCTIONS, change_own(listing_grounds="")),
    ("targets", SANCTIONS, without("citations")),
    ("network", PROSECUTION, without("grounds")),
    ("network", PROSECUTION, prosecute_a_state),
    *in_every_kind("provisions", rely_on(in_force_to="2020")),
    ("provisions", SANCTIONS, without("provisions")),
    ("provisions", BORDER, without("provisions")),
    ("provisions", PROSECUTION, without("provisions")),
    ("provisions", SANCTIONS, rely_on_safeguards_alone),
    ("provisions", BORDER, rely_on_safeguards_alone),
    ("provisions", PROSECUTION, rely_on_safeguards_alone),
    ("provisions", BORDER, rely_on(kinds=[SANCTIONS])),
    ("provisions", SANCTIONS, let_the_law_go),
    ("tests", BORDER, rely_on_a_law_with_a_test),
    ("tests", BORDER, answer_the_test(cited=False)),
    *in_every_kind("rights", without("rights", question="non_refoulement")),
    ("rights", BORDER, answer_without_words),
    ("border", BORDER, change_own(ends=None)),
    ("border", BORDER, change_own(starts=None)),
    ("border", BORDER, change_own(necessity="")),
    ("sharing", COOPERATION, change_own(highest_marking="green")),
    *in_every_kind("passages", cite_what_is_withdrawn),
    ("passages", PROTEST, cite_a_withdrawn_source),
    ("passages", PROTEST, cite_what_repeats_something_withdrawn),
    *in_every_kind("marking", change(marking="green")),
    *in_every_kind("harm", change(remarks="The guide can be reached at a.guide@example.com.")),
    ("harm", BORDER, change_own(necessity="Afghans are a threat to the region.")),
]
"""Check, kind, and what makes that check fail alone. `people` and `dissent` have tests of their own."""
