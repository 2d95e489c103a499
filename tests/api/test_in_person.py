"""A token never decides. Every POST of the API stands here, by who may do it: a new one fails until it does."""

import re
from datetime import timedelta

import pytest
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from cases.models import Dissent, GatePolicy, Review, ReviewClaim
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from policy.models import ResponseReview
from tests.api.test_kinds import INPUTS, V1, Door
from tests.doors.test_pages import a_near_copy
from tests.policy import proposing

REASON = {"reason": "Because."}
REVIEW = {"conclusion": "concur", "interests": "None."}

# What reviews, decides, or hands such work over: the step, the record in the address, and what is sent.
IN_PERSON = {
    "attributions.approve": ("attribution", {}),
    "attributions.return_": ("attribution", REASON),
    "attributions.withdraw": ("attribution", REASON),
    "attributions.claim_review": ("attribution", {}),
    "attributions.release_review": ("attribution", REASON),
    "attributions.reassign_review": ("attribution", REASON | {"to_id": "reviewer"}),
    "attributions.hand_over": ("attribution", REASON | {"to_id": "reviewer"}),
    "review-claims.set_due": ("claim", REASON | {"due_on": str(timezone.localdate() + timedelta(days=9))}),
    "reviews.create": (None, REVIEW | {"attribution_id": "attribution"}),
    "dissents.answer": ("dissent", {"answer": "Seen."}),
    "passages.confirm_anchor": ("passage", {}),
    "near-copies.confirm": ("near_copy", {}),
    "near-copies.dismiss": ("near_copy", REASON),
    "policy-responses.approve": ("response", {}),
    "policy-responses.return_": ("response", REASON),
    "policy-responses.decline": ("response", REASON),
    "policy-responses.confirm_basis": ("response", REASON),
    "policy-responses.lift": ("response", REASON),
    "policy-responses.withdraw": ("response", REASON),
    "gate-policies.create": (None, REASON | {"workspace_id": "workspace", "numbers": {"origins": 9}}),
    "gate-policies.withdraw": ("gate_policy", REASON),
    "response-reviews.create": (None, REVIEW | {"response_id": "response"}),
    "response-reviews.answer": ("response_review", {"answer": "Seen."}),
    "releases.create": (
        None,
        REASON | {"attribution_id": "attribution", "marking": "clear", "form": "pdf", "texts": []},
    ),
}
# Work that a program may do for its member, within what the member may.
BY_TOKEN = {f"{kind}.create" for kind, _, _ in INPUTS} | {
    *(
        f"{kind}.withdraw"
        for kind in [
            "sources",
            "evidence-items",
            "derivations",
            "confirmations",
            "gradings",
            "passages",
            "incidents",
            "actors",
            "involvements",
            "public-claims",
            "finding-citations",
            "corridors",
            "corridor-presences",
            "actor-relations",
            "flow-observations",
            "hypotheses",
            "matrix-rows",
            "citations",
            "comments",
            "tasks",
            "watches",
            "sanction-targets",
            "answered-incidents",
            "response-grounds",
            "relied-provisions",
            "response-citations",
            "rights-answers",
            "outcomes",
            "legal-provisions",
            "provision-test-answers",
        ]
    ),
    "sources.regrade",
    "evidence-items.regrade",
    "evidence-items.grade_said",
    "evidence-items.supersede",
    "evidence-items.files",
    "evidence-items.text",
    "captures.ask_again",
    "uploads.create",
    "uploads.take_in",
    "passages.reanchor",
    "stored-files.read_again",
    "incidents.rate",
    "attributions.submit",
    "attributions.revise",
    "return-items.answer",
    "comments.resolve",
    "comments.reopen",
    "tasks.assign",
    "tasks.finish",
    "tasks.reopen",
    "watches.pause",
    "watches.resume",
    "policy-responses.submit",
    "policy-responses.on_record",
    "policy-responses.put_in_force",
    "policy-responses.complete",
    "notifications.read",
    "notifications.read_all",
    "tokens.rotate_self",
    "tokens.revoke_self",
}
# Told in evidence/test_expunging_doors.py, test_tokens.py, test_oauth.py, test_bulk.py (each line is refused as alone),
# doors/test_sharing.py and exchange/test_releases.py.
ELSEWHERE = {
    "tokens.rotate",
    "tokens.revoke",
    "oauth-token",
    "bulk",
    "sharings.create",
    "sharings.recall",
    "releases.withdraw",
    "expungings.create",
    "expungings.carry_out",
    "expungings.refuse",
    "expungings.withdraw",
}
# Routed, and answered with 405.
NOT_OFFERED = {
    "stored-files.create",
    "dissents.create",
    "review-claims.create",
    "return-items.create",
    "notifications.create",
    "near-copies.create",
}


def routes() -> dict[str, str]:
    """Every POST under /api/: its step by name, and its address."""
    found = {}

    def walk(resolver, before):
        for each in resolver.url_patterns:
            address = before + str(each.pattern)
            if not isinstance(each, URLPattern):
                walk(each, address)
            elif step := _step(each):
                found.setdefault(step, address)

    walk(next(each for each in get_resolver().url_patterns if str(each.pattern) == "api/"), "/api/")
    return found


def _step(pattern: URLPattern) -> str | None:
    view = pattern.callback
    if actions := getattr(view, "actions", None):
        allowed = "post" in actions and "post" in view.cls.http_method_names
        return f"{view.initkwargs['basename'].removeprefix('api-')}.{actions['post']}" if allowed else None
    return pattern.name.removeprefix("api-") if hasattr(getattr(view, "cls", None), "post") else None


def test_every_post_is_classified():
    assert set(routes()) == set(IN_PERSON) | BY_TOKEN | ELSEWHERE | NOT_OFFERED


@pytest.fixture
def world(in_review, cast):
    """In review, with a dissent and a claim, and a response in review with a dissent: all wait for a decision."""
    dissent = REVIEW | {"conclusion": "dissent", "reasons": "Too early."}
    with acting_as(cast.ana):
        response = proposing.ready("sanctions", by=cast.ana, attribution=in_review)
        response.submit(by=cast.ana)
    with acting_as(cast.ben):
        Review.conclude(by=cast.ben, attribution=in_review, **dissent)
        review = ResponseReview.conclude(by=cast.ben, response=response, **dissent)
    with acting_as(cast.sigrid):
        claim = ReviewClaim.claim(by=cast.sigrid, attribution=in_review)
    with acting_as(cast.stella):
        policy = GatePolicy.add(by=cast.stella, workspace=in_review.workspace, numbers={"origins": 5}, reason="More.")
    with acting_as(cast.sigrid):
        found = {"attribution": in_review, "claim": claim, "dissent": Dissent.objects.get(), "response": response}
    with acting_as(cast.ana):
        found["passage"] = in_review.citations.first().passage
        found["near_copy"] = a_near_copy(*EvidenceItem.objects.all()[:2])
    found |= {"response_review": review, "reviewer": cast.ben, "gate_policy": policy, "workspace": policy.workspace}
    return {name: str(one.pk) for name, one in found.items()}


def decide(door, address: str, step: str, world: dict):
    """Ask for a step that a person decides, with all that it wants."""
    target, body = IN_PERSON[step]
    path = re.sub(r"\(\?P<pk>.*?\)|[\^$]", lambda each: world[target] if "pk" in each[0] else "", address)[len(V1) :]
    sent = {name: world.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
    record = "/".join(path.split("/")[:3]) + "/"
    version = {"If-Match": door.get(record).headers["ETag"]} if target else {}
    return door.send("post", path, sent, **version)


def test_the_token_of_a_supervisor_decides_nothing(client, cast, world):
    boss, known = Door(client, cast.sofia), routes()
    with acting_as(cast.sofia):
        before = LedgerEntry.objects.count()
    for step in IN_PERSON:
        answer = decide(boss, known[step], step, world)
        assert (answer.status_code, "a person must sign in" in answer.json()["detail"]) == (403, True), step
    with acting_as(cast.sofia):
        assert LedgerEntry.objects.count() == before
