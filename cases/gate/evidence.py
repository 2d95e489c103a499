"""Checks of what the claim rests on."""

from __future__ import annotations

from collections.abc import Iterator

from cases.choices import Confidence, Element, IntentBasis
from cases.gate.mechanics import Missing, check, count
from cases.ground import Ground, counted_origins, origins
from cases.policies import Policy
from evidence.choices import CARRYING_KINDS, Category, EvidenceKind, SourceClass


@check(
    "elements",
    "Elements",
    holds="Each claimed element rests on enough independent origins.",
    where="citations",
)
def elements(ground: Ground, policy: Policy) -> Iterator[Missing]:
    claimed = {each.supports for each in ground.supporting}
    for element in Element:
        least = policy.origins_for(element)
        if not ground.is_state and element not in claimed:
            continue
        found = len(counted_origins(ground.for_element(element)))
        if found < least:
            yield Missing(
                f"{element.label} rests on {count(found, 'origin')} that {'counts' if found == 1 else 'count'}; "
                f"it needs {least}.",
                "Cite passages of items from other origins, graded C3 or better.",
            )
    if not ground.is_state and not claimed:
        yield Missing("No element is claimed.", "Cite passages for the elements that you claim.")


@check(
    "passages", "Passages", holds="Every citation stands in bytes that verify, of an item in use.", where="citations"
)
def passages(ground: Ground, policy: Policy) -> Iterator[Missing]:
    if not ground.citations:
        yield Missing("Nothing is cited.", "Mark a passage in an evidence item and cite it.")
    hidden = sum(each.passage is None for each in ground.citations)
    if hidden:
        yield Missing(
            f"{count(hidden, 'citation')} cannot be read under your clearance.",
            "Ask someone whose clearance covers them.",
        )
    for each in ground.citations:
        if each.passage is not None and not each.holds:
            yield Missing(f"“{each.passage}” no longer holds: {_why_not(each)}.", "Withdraw the citation or cite anew.")


def _why_not(cited) -> str:
    if cited.item.status != "active":
        return f"its item was {cited.item.get_status_display().lower()}"
    if cited.item.source.status != "active":
        return "its source was withdrawn"
    if cited.passage.status != "active":
        return "the passage was withdrawn"
    if cited.is_groundless:
        return "its item repeats something that was withdrawn"
    if not cited.bytes_verify:
        return "the stored file does not have the hash it came with"
    return "its words no longer stand where they were marked"


@check(
    "independence",
    "Independence",
    holds="Independent origins carry the claim, not only the accuser.",
    where="citations",
)
def independence(ground: Ground, policy: Policy) -> Iterator[Missing]:
    counted = counted_origins(ground.supporting)
    supporting = [each for each in ground.supporting if each.origin in counted]
    least = policy["origins" if ground.is_state else "origins_for_non_state"]
    if len(counted) < least:
        yield Missing(
            f"The claim rests on {count(len(counted), 'independent origin')}; it needs {least}.",
            "Cite items that do not repeat each other and whose sources have different owners.",
        )
    if not ground.is_state:
        return
    classes = {each.item.source.source_class for each in supporting}
    if len(classes) < policy["source_classes"]:
        yield Missing(
            f"The sources are of {count(len(classes), 'class', 'classes')}; {policy['source_classes']} are needed.",
            "Cite a source of another class.",
        )
    beside = counted - origins(supporting, lambda cited: _is_accuser(cited, ground))
    if len(beside) < policy["origins_beside_the_accuser"]:
        yield Missing(
            "Every origin is an official voice of the accusing state.",
            "Cite an origin that is not the accusing state.",
        )


def _is_accuser(cited, ground: Ground) -> bool:
    """An official source of a target state; one without a country may be any target's."""
    source = cited.item.source
    return source.source_class == SourceClass.TARGET_OFFICIAL and (
        not source.country or source.country in ground.accusers
    )


@check("grades", "Grades", holds="The grades carry this confidence.", where="citations")
def grades(ground: Ground, policy: Policy) -> Iterator[Missing]:
    confidence = ground.attribution.confidence
    needed = _strong_origins_needed(confidence, policy)
    for element in (Element.FACILITATION, Element.COORDINATION):
        cited = ground.for_element(element)
        found = len(origins(cited, lambda each: each.is_strong))
        if found < needed and (ground.is_state or cited):
            yield Missing(
                f"{Confidence(confidence).label} confidence needs {count(needed, 'origin')} graded A or B with 1 or 2 "
                f"for {element.label.lower()}; there {'is' if found == 1 else 'are'} {found}.",
                "Cite stronger items, or lower the confidence.",
            )
    for element in Element:
        cited = ground.for_element(element)
        if cited and not any(each.is_sound for each in cited):
            yield Missing(
                f"{element.label} rests on nothing graded C3 or better.",
                "Cite better graded items; E and 5 never count, F and 6 count zero, D and 4 only beside others.",
            )


def _strong_origins_needed(confidence: str, policy: Policy) -> int:
    match confidence:
        case Confidence.HIGH:
            return policy["strong_origins_for_high"]
        case Confidence.MODERATE:
            return policy["strong_origins_for_moderate"]
    return 0


@check(
    "kinds",
    "Kinds of evidence",
    holds="Evidence of a kind that can carry a state attribution is cited.",
    where="citations",
)
def kinds(ground: Ground, policy: Policy) -> Iterator[Missing]:
    carrying = [each.item for each in ground.supporting if each.item.evidence_kind in CARRYING_KINDS]
    thin = {item for item in carrying if _is_thin_pattern(item, policy)}
    for item in thin:
        yield Missing(
            f"“{item}” shows a pattern with {count(len(item.instances), 'dated instance')}; "
            f"it needs {policy['pattern_instances']}.",
            "Add the dates of its instances to the item.",
        )
    found = {item.evidence_kind for item in carrying if item not in thin}
    high = ground.attribution.confidence == Confidence.HIGH
    least = policy["carrying_kinds_for_high" if high else "carrying_kinds"]
    if len(found) < least:
        yield Missing(
            f"{count(len(found), 'kind')} of the five that can carry a state attribution "
            f"{'is' if len(found) == 1 else 'are'} cited; {'high confidence' if high else 'it'} needs {least}.",
            "Cite a state directive, intelligence assessment, diplomatic communication, policy statement "
            "or a pattern of facilitation.",
        )


def _is_thin_pattern(item, policy: Policy) -> bool:
    return (
        item.evidence_kind == EvidenceKind.FACILITATION_PATTERN
        and len(set(item.instances)) < policy["pattern_instances"]
    )


@check(
    "categories",
    "Categories",
    holds="What is cited is not of one category only, as far as this confidence asks.",
    where="citations",
)
def categories(ground: Ground, policy: Policy) -> Iterator[Missing]:
    confidence = ground.attribution.confidence
    found = {each.item.category for each in ground.supporting}
    least = policy["categories_for_high"] if confidence == Confidence.HIGH else 0
    if len(found) < least:
        yield Missing(
            f"The evidence is of {count(len(found), 'category', 'categories')} (technical, behavioural, contextual); "
            f"high confidence needs {least}.",
            "Cite evidence of another category, or lower the confidence.",
        )
    if confidence in (Confidence.MODERATE, Confidence.HIGH) and found == {Category.CONTEXTUAL}:
        yield Missing(
            "All that is cited is contextual, which alone never reaches moderate confidence.",
            "Cite technical or behavioural evidence, or lower the confidence.",
        )


@check("intent", "Intent", holds="The objective rests on more than its effect.", where="citations")
def intent(ground: Ground, policy: Policy) -> Iterator[Missing]:
    for_objective = ground.for_element(Element.OBJECTIVE)
    if not for_objective:
        if ground.is_state:
            yield Missing("Nothing is cited for the objective.", "Cite what the objective is read from.")
    elif not any(each.intent_basis not in ("", IntentBasis.EFFECT_ONLY) for each in for_objective):
        yield Missing(
            "The objective is read from its effect only, or nothing says from what it is read.",
            "Cite a demand, an avowal, a directive, the timing or a pattern, and say so in the citation.",
        )
