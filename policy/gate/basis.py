"""What a response is to bring about, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from cases.choices import Label
from cases.gate import Missing
from cases.workflow import Status as AttributionStatus
from policy.choices import ResponseKind
from policy.gate.mechanics import check
from policy.ground import Ground


@check("objective", "Objective", holds="It says what it is to bring about, and what it answers.", where="proposal")
def objective(ground: Ground) -> Iterator[Missing]:
    if not ground.response.objective.strip():
        yield Missing("It does not say what it is to bring about.", "Write its objective.")
    if not ground.response.addressee.strip() and ground.kind == ResponseKind.DIPLOMATIC_PROTEST:
        yield Missing("It has no addressee.", "Name whom it is addressed to.")
    if not ground.incidents:
        yield Missing("It answers no incident.", "Name the incident that it answers.")


@check("detail", "Own fields", holds="What its kind asks for is filled in.", where="detail")
def detail(ground: Ground) -> Iterator[Missing]:
    if ground.detail is None:
        yield Missing(
            f"The fields of its kind ({ground.kind.label.lower()}) are not filled in.", "Fill in the form of its kind."
        )


@check("standing", "Standing", holds="All that it rests on stands.", where="grounds")
def standing(ground: Ground) -> Iterator[Missing]:
    if any(each.rests_on is None for each in ground.grounds):
        yield Missing(
            "It rests on something that your clearance does not cover.", "Ask someone whose clearance covers it."
        )
    for each in ground.attributions:
        if each.status != AttributionStatus.APPROVED:
            yield Missing(
                f"“{each}” is {each.get_status_display().lower()}, not approved.",
                "Rest it on an approved attribution, or wait for this one.",
            )
    if any(each.status != "active" for each in [*ground.claims, *ground.actors]):
        yield Missing("A claim or an actor that it rests on was withdrawn.", "Rest it on something in use.")


@check(
    "claim",
    "Attribution or claim",
    holds="It rests on an approved attribution, or repeats a public claim that accuses.",
    where="grounds",
    kinds={ResponseKind.DIPLOMATIC_PROTEST},
)
def claim(ground: Ground) -> Iterator[Missing]:
    for each in ground.claims:
        if not each.accuses:
            yield Missing(f"“{each}” is a denial, which a protest does not repeat.", "Take the denial off.")
    if not _accusing(ground) and not any(each.accuses for each in ground.claims):
        yield Missing(
            "It rests on no approved attribution and repeats no public claim that accuses.",
            "Add an approved attribution, or a public claim that says who did it.",
        )


def _accusing(ground: Ground) -> list:
    """Approved attributions that say an actor did it, or is suspected to have."""
    said = (Label.ATTRIBUTED, Label.SUSPECTED)
    return [each for each in ground.attributions if each.status == AttributionStatus.APPROVED and each.label in said]


@check(
    "targets",
    "Targets",
    holds="Each target stands in an approved attribution that names it.",
    where="detail",
    kinds={ResponseKind.SANCTIONS},
)
def targets(ground: Ground) -> Iterator[Missing]:
    if not ground.targets:
        yield Missing("It lists nobody.", "Add the actors that it lists.")
    attributed = {each.actor_id for each in _accusing(ground) if each.label == Label.ATTRIBUTED}
    for target in ground.targets:
        if target.actor_id not in attributed:
            yield Missing(
                f"{target.actor or 'A target'} is listed without an approved attribution of the label attributed.",
                "Rest the response on such an attribution, or take the target off.",
            )
    if ground.detail is not None and not ground.detail.listing_grounds.strip():
        yield Missing("The listing has no text.", "Write the listing grounds.")
    if not any(each.supports == "grounds" and ground.holds(each.seen_passage) for each in ground.citations):
        yield Missing("The listing text cites no passage.", "Cite the words that the listing rests on.")


@check(
    "network",
    "Network",
    holds="It is about organised actors that are no state.",
    where="grounds",
    kinds={ResponseKind.PROSECUTION},
)
def network(ground: Ground) -> Iterator[Missing]:
    named = [*ground.actors, *(each.actor for each in ground.attributions if not each.actor.is_state)]
    if not [each for each in named if not each.is_state]:
        yield Missing(
            "It names no actor that is not a state; a prosecution never rests on the attribution of a state alone.",
            "Add the network that is to be prosecuted.",
        )
    if any(each.is_state for each in ground.actors):
        yield Missing("It names a state as defendant.", "Take the state off: states are not prosecuted.")
