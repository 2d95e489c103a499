"""The review room: what was submitted beside what stood before, what moved since, and who may do what there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from cases.models import Attribution, Citation, ElementFinding, ReturnItem, Review, ReviewClaim, rate_row
from evidence.models import EvidenceItem
from ledger.acting import acting_as
from tests import making

THE_ROOM_TAKES_AT_MOST = 30
THE_QUEUE_TAKES_AT_MOST = 15
"""The figures take two more than another list."""


@pytest.fixture
def room(client):
    """Open the room of an attribution as somebody."""

    def enter(attribution, person, status=200):
        client.force_login(person)
        answer = client.get(reverse("review_room", args=[attribution.pk]))
        assert answer.status_code == status
        return answer

    return enter


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def revised(approved, cast, **changes) -> Attribution:
    with acting_as(cast.ana):
        later = approved.revise(by=cast.ana)
        later.change(by=cast.ana, **changes)
        gone = later.citations.filter(supports="impact").first()
        gone.withdraw(by=cast.ana, reason="Weak.")
        item = gone.passage.item
        passage = making.a_passage(by=cast.ana, item=item, quote="Report")
        later.cite(by=cast.ana, passage=passage, supports="impact", note="Says when.")
        later.submit(by=cast.ana)
    return later


# --- What it shows -----------------------------------------------------------------------------------


def test_it_shows_the_frozen_text_and_every_quotation_with_its_grade(in_review, cast, room):
    page = words(room(in_review, cast.ben))
    assert "The state did it." in page
    assert page.count('<div class="citation"') == 18
    assert ">B2<" in page
    with acting_as(cast.ben):
        assert f'id="citation-{Citation.objects.first().pk}"' in page


def test_a_first_version_is_beside_nothing(in_review, cast, room):
    answer = room(in_review, cast.ben)
    assert answer.context["base"] is None
    assert "The first version of this judgement" in words(answer)


def test_a_later_version_is_beside_the_approved_one_word_by_word(approved, cast, room):
    later = revised(approved, cast, gaps="The decree is missing.", source_summary="Four origins.")
    answer = room(later, cast.ben)
    page = words(answer)
    assert answer.context["base"].title.startswith("Approved ")
    assert "<del>Three</del> origins." in page
    assert "<ins>Four</ins> origins." in page
    assert "1 added, 1 removed, 17 the same" in page


def test_a_version_after_a_return_is_beside_the_returned_one(in_review, cast, room):
    with acting_as(cast.sofia):
        in_review.return_(by=cast.sofia, reason="Say more.")
    with acting_as(cast.ana):
        in_review.change(by=cast.ana, source_summary="Three sound origins.")
        in_review.submit(by=cast.ana)
    answer = room(in_review, cast.ben)
    assert answer.context["base"].title.endswith("not approved")
    assert "Three<ins> sound</ins> origins." in words(answer)
    assert "1 field changed" in words(answer)


def test_what_moved_underneath_is_said_and_the_frozen_text_stays(in_review, cast, room):
    with acting_as(cast.ana):
        first, second = EvidenceItem.objects.order_by("pk")[:2]
        first.withdraw(by=cast.ana, reason="Found to be forged.")
        second.regrade(by=cast.ana, credibility=4, reason="Doubted.")
        in_review.incident.change(by=cast.ana, title="Another name")
    answer = room(in_review, cast.ben)
    moved = answer.context["moved"]
    assert moved[:2] == [
        f"“{first.title}” was withdrawn: Found to be forged.",
        f"“{second.title}” was graded B2 when this was submitted, and is graded B4 now.",
    ]
    assert moved[2].endswith("is called “Another name” now.")
    assert words(answer).count(moved[0].split(":")[0]) > 6  # beside each of its citations as well


def test_a_matrix_that_moved_on_is_said(in_review, cast, room):
    assert room(in_review, cast.ben).context["moved"] == []
    with acting_as(cast.ana):
        item = EvidenceItem.objects.first()
        rate_row(in_review.incident, by=cast.ana, item=item, ratings={in_review.incident.hypotheses.first().pk: "N"})
        ElementFinding.add(by=cast.ana, incident=in_review.incident, element="impact", finding="partly")
    moved = room(in_review, cast.ben).context["moved"]
    assert [each.split()[1] for each in moved] == ["live", "on"]


def test_a_draft_never_submitted_has_an_empty_room(draft, cast, room):
    assert "Nothing has been submitted yet" in words(room(draft, cast.ben))


def test_the_gate_is_told_as_it_would_stand_if_the_reader_approved(in_review, cast, room):
    making.concurred(in_review, by=cast.sofia)

    def people(person):
        return {each.key: each.outcome for each in room(in_review, person).context["gate"].checks}["people"]

    assert people(cast.sofia) == "failed"
    assert people(cast.sigrid) == "passed"


@pytest.mark.parametrize("name", ["sofia", "ben"])
def test_it_takes_the_same_few_queries_whatever_the_number_of_citations(cast, east, client, name, approved):
    counted = []
    cast.stella.memberships.update(role="reviewer")
    for extra in (0, 9):
        with acting_as(cast.ana):
            later = making.an_attribution(by=cast.ana, workspace=east, incident=approved.incident, actor=approved.actor)
            for _ in range(1 + extra):
                item = making.an_item(by=cast.ana, workspace=east, text="Words to cite.")
                passage = making.a_passage(by=cast.ana, item=item, quote="Words")
                later.cite(by=cast.ana, passage=passage, supports="impact")
            later.add_co_author(by=cast.ana, person=cast.vera)
            later.submit(by=cast.ana)
        making.concurred(later, by=cast.sigrid)
        with acting_as(cast.stella):
            dissent = Review.conclude(
                by=cast.stella, attribution=later, conclusion="dissent", reasons="No.", interests="None."
            ).dissents.get()
        with acting_as(cast.sigrid):
            dissent.give_answer(by=cast.sigrid, answer="Yes.")
        client.force_login(getattr(cast, name))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("review_room", args=[later.pk]))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= THE_ROOM_TAKES_AT_MOST


# --- What one does there -------------------------------------------------------------------------------


def test_a_reviewer_claims_and_concludes_there(client, in_review, cast, room):
    page = words(room(in_review, cast.ben))
    assert "Claim the review" in page
    claimed = client.post(reverse("review_claim", args=[in_review.pk]), follow=True)
    assert "Claimed." in words(claimed)
    assert "Conclude your review" in words(claimed)
    told = {"conclusion": "concur", "interests": "None."}
    concluded = client.post(reverse("review_conclude", args=[in_review.pk]), told, follow=True)
    assert "Your conclusion is recorded." in words(concluded)
    assert 'id="conclude"' not in words(concluded)
    with acting_as(cast.ben):
        assert ReviewClaim.objects.get().status == "concluded"


def test_others_see_who_reviews_and_find_no_form(in_review, cast, room):
    with acting_as(cast.ben):
        ReviewClaim.claim(by=cast.ben, attribution=in_review)
    for person in (cast.sigrid, cast.vera, cast.ana):
        page = words(room(in_review, person))
        assert "<strong>Ben</strong> reviews it, due" in page
        assert 'id="conclude"' not in page
        assert "Claim the review" not in page


def test_readers_only_read_there(in_review, cast, room):
    for person in (cast.vera, cast.stella, cast.ana):
        page = words(room(in_review, person))
        assert '<form method="post"' not in page.split("<main")[1]


def test_a_second_claim_is_a_conflict_and_no_door_opens_without_the_right(client, in_review, cast):
    address = reverse("review_claim", args=[in_review.pk])
    with acting_as(cast.ben):
        ReviewClaim.claim(by=cast.ben, attribution=in_review)
    for name, status in [("sofia", 409), ("ana", 403), ("vera", 403), ("stranger", 404)]:
        client.force_login(getattr(cast, name))
        assert client.post(address).status_code == status, name


def test_a_claim_is_released_reassigned_and_given_another_date(client, in_review, cast):
    client.force_login(cast.ben)
    client.post(reverse("review_claim", args=[in_review.pk]))
    assert client.post(reverse("review_release", args=[in_review.pk]), {"reason": ""}).status_code == 302
    assert client.post(reverse("review_release", args=[in_review.pk]), {"reason": ""}).status_code in (409, 422)
    client.force_login(cast.sofia)
    told = {"to": cast.sigrid.pk, "reason": "Knows it."}
    assert client.post(reverse("review_reassign", args=[in_review.pk]), told | {"reason": ""}).status_code == 422
    assert client.post(reverse("review_reassign", args=[in_review.pk]), told).status_code == 302
    day = timezone.localdate() + timedelta(days=30)
    address = reverse("review_set_due", args=[in_review.pk])
    assert client.post(address, {"due_on": "2000-01-01", "reason": "x"}).status_code == 422
    assert client.post(address, {"due_on": day.isoformat(), "reason": "A long file."}).status_code == 302
    with acting_as(cast.sofia):
        claim = in_review.open_claim()
        assert (claim.reviewer, claim.due_on) == (cast.sigrid, day)


def test_a_dissent_is_answered_in_the_thread(client, in_review, cast, room):
    with acting_as(cast.sigrid):
        dissent = Review.conclude(
            by=cast.sigrid, attribution=in_review, conclusion="dissent", reasons="No.", interests="None."
        ).dissents.get()
    address = reverse("dissent_answer", args=[dissent.pk])
    assert f'action="{address}"' not in words(room(in_review, cast.sigrid))
    assert f'action="{address}"' in words(room(in_review, cast.sofia))
    answered = client.post(address, {"answer": "It is not."}, follow=True)
    assert "It is not." in words(answered)


def test_a_draft_is_handed_over_in_the_browser(client, draft, cast):
    client.force_login(cast.sofia)
    told = {"to": cast.sigrid.pk, "reason": "Ana is away."}
    assert client.post(reverse("attribution_hand_over", args=[draft.pk]), told).status_code == 302
    client.force_login(cast.sigrid)
    assert client.get(reverse("attribution_edit", args=[draft.pk])).status_code == 200


# --- Returning with a list, and answering it -------------------------------------------------------------


def returned(client, attribution, cast, **more):
    client.force_login(cast.sofia)
    with acting_as(cast.sofia):
        citation = attribution.citations.first()
    told = {
        "reason": "Two things.",
        "rows": 3,
        "row-0-about": "field:gaps",
        "row-0-what": "Say that the decree is not public.",
        "row-1-about": f"citation:{citation.pk}",
        "row-1-what": "Say why.",
        "row-2-about": "",
        "row-2-what": "",
    }
    return client.post(reverse("attribution_return", args=[attribution.pk]), told | more)


def test_it_is_returned_with_a_list_and_the_author_sees_it(client, in_review, cast):
    assert returned(client, in_review, cast).status_code == 302
    client.force_login(cast.ana)
    for name in ("attribution", "attribution_edit", "attribution_submit"):
        page = words(client.get(reverse(name, args=[in_review.pk])))
        assert "Say that the decree is not public." in page, name


def test_a_row_about_something_says_what_and_more_rows_lose_nothing(client, in_review, cast):
    refused = returned(client, in_review, cast, **{"row-1-what": ""})
    assert refused.status_code == 422
    assert "Say what to mend." in words(refused)
    more = returned(client, in_review, cast, more="1")
    assert more.status_code == 200
    assert "row-5-what" in words(more)
    assert "Say that the decree is not public." in words(more)
    with acting_as(cast.sofia):
        assert Attribution.objects.get(pk=in_review.pk).status == "in_review"


def test_it_is_submitted_again_only_with_answers_which_the_reviewer_reads(client, in_review, cast, room):
    returned(client, in_review, cast)
    client.force_login(cast.ana)
    with acting_as(cast.ana):
        first, second = ReturnItem.objects.order_by("pk")
    address = reverse("attribution_submit", args=[in_review.pk])
    assert client.post(address, {}).status_code == 422
    told = {f"outcome_{first.pk.hex}": "mended", f"outcome_{second.pk.hex}": "not_mended"}
    unexplained = client.post(address, told)
    assert unexplained.status_code == 422
    assert "Say why it was not mended." in words(unexplained)
    assert client.post(address, told | {f"word_{second.pk.hex}": "The words say it."}).status_code == 302
    page = words(room(in_review, cast.ben))
    assert "What was to be mended" in page
    assert "The words say it." in page


# --- The queue and the desk ---------------------------------------------------------------------------------


def late(attribution, cast) -> None:
    with acting_as(cast.sofia):
        attribution.review_claims.update(due_on=timezone.localdate() - timedelta(days=2))


def test_the_queue_says_who_reviews_and_until_when_and_filters_by_it(client, in_review, cast):
    client.force_login(cast.ben)
    queue = reverse("review_queue")

    def found(standing):
        return client.get(queue, {"review": standing}).context["records"]

    assert [len(found(each)) for each in ("unclaimed", "mine", "overdue")] == [1, 0, 0]
    client.post(reverse("review_claim", args=[in_review.pk]))
    assert "due" in words(client.get(queue))
    assert [len(found(each)) for each in ("unclaimed", "mine", "overdue")] == [0, 1, 0]
    late(in_review, cast)
    assert "overdue since" in words(client.get(queue))
    assert len(found("overdue")) == 1


def test_the_desk_shows_my_reviews_by_date_and_what_i_could_claim(client, in_review, cast):
    client.force_login(cast.ben)
    desk = client.get("/").context
    assert (list(desk["claimed"]), list(desk["to_review"])) == ([], [in_review])
    client.post(reverse("review_claim", args=[in_review.pk]))
    desk = client.get("/").context
    assert ([each.attribution for each in desk["claimed"]], list(desk["to_review"])) == ([in_review], [])
    client.force_login(cast.sigrid)
    assert list(client.get("/").context["to_review"]) == []


def test_the_desk_of_a_supervisor_shows_what_is_ready_and_what_was_left_behind(client, reviewed, cast, east):
    with acting_as(cast.ben):
        orphan = making.an_attribution(by=cast.ben, workspace=east)
    client.force_login(cast.sofia)
    assert list(client.get("/").context["to_decide"]) == [reviewed]
    assert list(client.get("/").context["left_behind"]) == []
    with acting_as(cast.stella):
        Membership.objects.get(user=cast.ben).end(by=cast.stella)
    assert list(client.get("/").context["left_behind"]) == [orphan]
    with acting_as(cast.sofia):
        orphan.hand_over(by=cast.sofia, to=cast.ana, reason="Ben has left.")
    assert list(client.get("/").context["left_behind"]) == []


def test_the_figures_tell_supervisors_how_the_queue_stands(client, cast, approved, east):
    with acting_as(cast.ana):
        first, second, third = (a_thin_one(cast.ana, east) for _ in range(3))
    for each in (first, second, third):
        making.submitted(each, by=cast.ana)
    for each in (first, second):
        with acting_as(cast.ben):
            ReviewClaim.claim(by=cast.ben, attribution=each)
    late(first, cast)
    with acting_as(cast.sofia):
        second.return_(by=cast.sofia, reason="Thin.")
    client.force_login(cast.sofia)
    figures = client.get(reverse("review_queue")).context["figures"]
    assert (figures.waiting, figures.unclaimed, figures.overdue) == (2, 1, 1)
    assert (figures.approved, figures.returned, figures.returned_share) == (1, 1, 50)
    assert figures.days == 0.0
    assert figures.oldest == first.submitted_at
    assert [(each.name, each.held, each.late, each.concluded) for each in figures.loads] == [("Ben", 1, 1, 1)]
    client.force_login(cast.ben)
    assert client.get(reverse("review_queue")).context["figures"] is None


def test_the_days_to_decision_are_the_median_and_only_of_ninety_days(cast, client, east):
    days = [1, 2, 30, 200]
    for each in days:
        with acting_as(cast.ana):
            one = a_thin_one(cast.ana, east)
        making.submitted(one, by=cast.ana)
        with acting_as(cast.sofia):
            one.return_(by=cast.sofia, reason="No.")
            ago = 100 if each == 200 else 0
            one.submitted_versions.update(
                decided_at=timezone.now() - timedelta(days=ago) + timedelta(days=0 if ago else each)
            )
    client.force_login(cast.sofia)
    assert client.get(reverse("review_queue")).context["figures"].days == 2.0


def a_thin_one(by, room) -> Attribution:
    attribution = making.an_attribution(by=by, workspace=room)
    item = making.an_item(by=by, workspace=room, text="Words.")
    attribution.cite(by=by, passage=making.a_passage(by=by, item=item, quote="Words."), supports="impact")
    return attribution


def test_the_queue_of_a_supervisor_takes_the_same_few_queries(client, cast, east):
    client.force_login(cast.sofia)
    counted = []
    for _ in range(2):
        with acting_as(cast.ana):
            made = [making.submitted(a_thin_one(cast.ana, east), by=cast.ana) for _ in range(3)]
        with acting_as(cast.ben):
            ReviewClaim.claim(by=cast.ben, attribution=made[0])
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("review_queue"))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= THE_QUEUE_TAKES_AT_MOST
