"""The law that a response relies on, the tests that it sets, and rights."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.choices import Marking
from cases.gate import Missing
from policy.choices import MetOrNot, ResponseKind, RightsQuestion
from policy.gate.mechanics import WITH_PROVISION, check
from policy.ground import Ground


@check("provisions", "Legal provisions", holds="The law that it relies on fits its kind and date.", where="provisions")
def provisions(ground: Ground) -> Iterator[Missing]:
    relied = [each.provision for each in ground.provisions]
    if not relied and ground.kind in WITH_PROVISION:
        yield Missing("It relies on no legal provision.", "Choose the provision from the legal library.")
    elif ground.kind in WITH_PROVISION and all(each.is_safeguard_only for each in relied):
        yield Missing(
            "All that it relies on sets limits only; nothing permits the measure.",
            "Add the provision that permits it, and keep the safeguards beside it.",
        )
    for each in relied:
        if each.status != "active":
            yield Missing(f"{each} was withdrawn from the library.", "Choose another provision.")
        if not each.fits(ground.kind):
            yield Missing(f"{each} is not a ground for {ground.kind.label.lower()}.", "Choose a provision that fits.")
        if not each.is_in_force_on(ground.day):
            yield Missing(f"{each} was not in force on {ground.day}.", "Choose a provision in force, or mend the date.")


@check(
    "tests",
    "Tests of the law",
    holds="Each test that the law sets is answered, and met.",
    where="tests",
    kinds={ResponseKind.BORDER_ENFORCEMENT},
)
def tests(ground: Ground) -> Iterator[Missing]:
    for test, answer in ground.tests:
        if answer is None or not answer.text.strip():
            yield Missing(f"Not answered: {test}", "Say of each test whether it is met, and why.")
        elif answer.answer != MetOrNot.NOT_ASSESSED and not ground.holds(answer.passage):
            yield Missing(f"Answered without a citation: {test}", "Cite what the answer rests on.")
        elif answer.answer != MetOrNot.MET:
            remedy = "Say in the note on the provision what it is then relied on for."
            yield Missing(f"{answer.get_answer_display()}: {test}", remedy, warns=True)


@check("rights", "Rights assessment", holds="The five questions on rights are answered.", where="rights")
def rights(ground: Ground) -> Iterator[Missing]:
    for question in RightsQuestion:
        answer = ground.rights.get(question.value)
        if answer is None or not answer.answer.strip():
            yield Missing(f"Not answered: {question.label}", "Answer it in the rights assessment.")
        elif ground.kind == ResponseKind.BORDER_ENFORCEMENT and not ground.holds(answer.passage):
            yield Missing(f"Answered without a citation: {question.label}", "Cite what the answer rests on.")


@check(
    "border",
    "Border measure",
    holds="It has an end, and says why nothing milder would do.",
    where="detail",
    kinds={ResponseKind.BORDER_ENFORCEMENT},
)
def border(ground: Ground) -> Iterator[Missing]:
    if ground.detail is None:
        return
    if ground.detail.ends is None:
        yield Missing("It has no end date.", "Set the day on which it ends.")
    if ground.detail.starts is None:
        yield Missing("It has no start date.", "Set the day on which it starts.")
    if not ground.detail.necessity.strip():
        yield Missing("It does not say why it is necessary and proportionate.", "Say why nothing milder would do.")


@check(
    "sharing",
    "Sharing",
    holds="Nothing shared is marked above what the partners may have.",
    where="detail",
    kinds={ResponseKind.INTELLIGENCE_COOPERATION},
)
def sharing(ground: Ground) -> Iterator[Missing]:
    if ground.detail is None:
        return
    if not ground.detail.partners:
        yield Missing("It names no partner.", "Name with whom it is shared.")
    if ground.strictest_marking > Marking(ground.detail.highest_marking).level:
        strictest = list(Marking)[ground.strictest_marking].label
        yield Missing(
            f"It shares something marked {strictest}; {Marking(ground.detail.highest_marking).label} is the strictest "
            "that may be shared.",
            "Leave it out, or agree a stricter marking with the partners.",
        )
