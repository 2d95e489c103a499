"""What a response cites, how it was judged, and that it does no harm."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.choices import Marking
from cases.gate import Missing
from evidence.harm import harms_in
from policy.gate.mechanics import check
from policy.ground import Ground


@check(
    "passages", "Passages", holds="Every citation stands in bytes that verify, of an item in use.", where="citations"
)
def passages(ground: Ground) -> Iterator[Missing]:
    for passage in ground.passages:
        if passage is None:
            yield Missing("A citation cannot be read under your clearance.", "Ask someone whose clearance covers it.")
        elif not ground.holds(passage):
            yield Missing(f"“{passage}” no longer holds.", "Withdraw the citation or cite anew.")


@check("marking", "Marking", holds="It is marked at least as strictly as what it rests on.", where="proposal")
def marking(ground: Ground) -> Iterator[Missing]:
    if Marking(ground.response.marking).level < ground.strictest_marking:
        strictest = list(Marking)[ground.strictest_marking].label
        yield Missing(
            f"It is marked {Marking(ground.response.marking).label}, and rests on something marked {strictest}.",
            "Mark it at least as strictly.",
        )


@check("people", "People", holds="Author, reviewer and approver are different people.", where="reviews")
def people(ground: Ground) -> Iterator[Missing]:
    author = ground.response.author_id
    if ground.approver_id == author:
        yield Missing("The approver proposed it.", "Another supervisor must decide.")
    if not [each for each in ground.reviews if each.reviewer_id not in (author, ground.approver_id)]:
        yield Missing("Nobody but author and approver has concluded a review.", "Ask a reviewer to conclude.")


@check("dissent", "Dissent", holds="Every dissent is answered.", where="reviews")
def dissent(ground: Ground) -> Iterator[Missing]:
    if any(each.is_open_dissent for each in ground.reviews):
        yield Missing("A dissent has no answer.", "Answer it.")


@check(
    "harm",
    "No harm",
    holds="No text identifies a person on the move or takes a people for the threat.",
    where="proposal",
)
def harm(ground: Ground) -> Iterator[Missing]:
    texts = [ground.response.title, ground.response.objective, ground.response.remarks, ground.response.addressee]
    texts += [each.answer for each in ground.rights.values()]
    texts += [answer.text for _, answer in ground.tests if answer]
    texts += [each.note for each in [*ground.citations, *ground.grounds, *ground.provisions]]
    texts += [each.grounds for each in ground.targets] + [each.reasons for each in ground.reviews]
    texts += [getattr(ground.detail, name, "") for name in ("listing_grounds", "derogations", "necessity", "product")]
    for text in texts:
        for found in harms_in(text):
            yield Missing(found.sentence, "Take it out of the text; write of organised actors and of counts.")
