"""What falls: what would no longer hold if some evidence were false. Asked, never done."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection
from django.http import Http404, QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken
from bench.clones import clone
from cases import gate
from cases.falling import items_by_origin, margin_of
from cases.gathering import ground_of
from cases.models import Attribution
from cases.signals import asks_what_falls
from cases.what_falls import asked, what_falls
from evidence.models import Derivation, EvidenceItem
from ledger.acting import acting_as, as_owner
from ledger.models import LedgerEntry
from tests import making

PAGE, ENDPOINT = "/falling/", "/api/v1/what-falls/"


def approve(draft, cast, *, claimed="state_strategy") -> Attribution:
    making.weighed(draft, by=[cast.ana, cast.ben], claimed=claimed)
    making.concurred(making.submitted(draft, by=cast.ana), by=cast.ben)
    with acting_as(cast.sofia):
        draft.approve(by=cast.sofia)
    return draft


@pytest.fixture
def broad(cast, east) -> Attribution:
    """Approved at low confidence, with two more origins than it needs of any kind."""
    with acting_as(cast.ana):
        one = making.a_ready_attribution(by=cast.ana, workspace=east, confidence="low", marking="green")
        for number in range(2):
            source = making.a_source(by=cast.ana, workspace=east, source_class="court", country="")
            item = making.an_item(
                by=cast.ana,
                workspace=east,
                source=source,
                evidence_kind="policy_statement",
                text=f"{number} " + " ".join(making.WORDS.values()),
            )
            for supports, words in making.WORDS.items():
                basis = "demand" if supports == "objective" else ""
                passage = making.a_passage(by=cast.ana, item=item, quote=words)
                one.cite(by=cast.ana, passage=passage, supports=supports, intent_basis=basis)
        one.change(by=cast.ana, marking="amber")
    return approve(one, cast)


def cited(attribution, person) -> list[EvidenceItem]:
    with acting_as(person):
        wanted = attribution.citations.filter(status="active").values("passage__item")
        return list(EvidenceItem.objects.select_related("source").filter(pk__in=wanted).order_by("pk"))


def sequence() -> int:
    with as_owner():
        return LedgerEntry.objects.order_by("-sequence").values_list("sequence", flat=True)[0]


def asking(person, items=(), sources=(), **more):
    with acting_as(person):
        return what_falls(list(items), list(sources), **more)


# --- What would fall ------------------------------------------------------------------------------


def test_what_rests_on_three_origins_and_needs_three_falls_without_one(approved, cast):
    answer = asking(cast.vera, cited(approved, cast.ana)[:1])
    (fall,) = answer.falls
    assert (fall.ground.attribution, answer.holds, answer.untold, answer.is_withheld) == (approved, [], [], False)
    assert {"independence", "kinds"} == {check.key for check in fall.checks}
    assert all(check.sentence for check in fall.checks)


def test_what_has_an_origin_to_spare_holds_and_says_by_how_many(broad, cast):
    items = cited(broad, cast.ana)
    two_gone, one_gone, none_gone = (asking(cast.vera, items[3:][:count]).holds for count in (2, 1, 0))
    assert [each.margin.least for each in one_gone] == [1]
    assert [each.margin.least for each in two_gone] == [0]
    assert none_gone == []  # nothing is taken for false, so nothing rests on it
    assert two_gone[0].margin.is_exact
    assert items[0].title in " ".join(name for ways in two_gone[0].margin.next for name in ways)


def test_the_margin_is_what_trying_every_set_of_origins_finds(broad, cast):
    with acting_as(cast.ana):
        ground = ground_of(broad)
        found, items = margin_of(ground, tries=1_000), items_by_origin(ground)
        falling = [
            size
            for size in range(1, len(items) + 1)
            for chosen in combinations(items, size)
            if gate.evaluate(ground.without(i for o in chosen for i in items[o])).failed
        ]
    assert (found.least, found.is_exact) == (min(falling) - 1, True)


def test_a_margin_that_is_not_tried_to_its_end_says_at_least(broad, cast):
    with acting_as(cast.ana):
        found = margin_of(ground_of(broad), tries=0)
    assert (found.least, found.is_exact) == (1, False)
    assert found.sentence == "At least any 1 further origin could go."


def test_a_source_takes_all_that_it_and_what_it_owns_gave_us(broad, cast, east):
    items = cited(broad, cast.ana)
    with acting_as(cast.ana):
        owner = making.a_source(by=cast.ana, workspace=east)
        owned = making.a_source(by=cast.ana, workspace=east, owner=owner)
        items[4].source.change(by=cast.ana, owner=owned)
    assert [each.margin.least for each in asking(cast.vera, sources=[items[4].source]).holds] == [1]
    assert [each.margin.least for each in asking(cast.vera, sources=[owner]).holds] == [1]


def test_what_repeats_it_goes_with_it_at_any_depth(broad, cast, east):
    items = cited(broad, cast.ana)
    with acting_as(cast.ana):
        wire, agency = (making.an_item(by=cast.ana, workspace=east) for _ in range(2))
        Derivation.add(by=cast.ana, item=items[3], original=wire)
        Derivation.add(by=cast.ana, item=wire, original=agency)
    assert [each.margin.least for each in asking(cast.vera, [agency]).holds] == [1]
    assert asking(cast.vera, [agency, items[4], items[2]]).falls


def test_what_is_not_approved_is_listed_apart(approved, cast, east):
    items = cited(approved, cast.ana)
    with acting_as(cast.ana):
        draft = making.an_attribution(by=cast.ana, workspace=east)
        passage = making.a_passage(by=cast.ana, item=items[0], quote="Report")
        draft.cite(by=cast.ana, passage=passage, supports="impact")
    answer = asking(cast.vera, items[:1])
    assert (len(answer.falls), answer.touched) == (1, [draft])


def test_what_does_not_rest_on_it_is_not_told(approved, cast, east):
    with acting_as(cast.ana):
        other = making.an_item(by=cast.ana, workspace=east)
    answer = asking(cast.vera, [other])
    assert (answer.count, answer.touched, answer.is_withheld) == (0, [], False)


def test_what_fails_already_cannot_be_told(approved, cast, monkeypatch):
    later = timezone.localdate() + timedelta(days=400)
    monkeypatch.setattr(timezone, "localdate", lambda *a, **k: later)
    (one,) = asking(cast.vera, cited(approved, cast.ana)[:1]).untold
    assert [check.key for check in one.checks] == ["life"]


def test_responses_that_would_fall_are_asked_of_the_floor_above(approved, cast):
    heard = []

    def answer(sender, attributions, **kwargs):
        heard.append(attributions)
        return [{"label": "A note verbale", "url": "/x/", "status": "In force"}]

    asks_what_falls.connect(answer)
    try:
        found = asking(cast.vera, cited(approved, cast.ana)[:1])
    finally:
        asks_what_falls.disconnect(answer)
    assert heard == [[approved]]
    assert [each["label"] for each in found.responses] == ["A note verbale"]


def test_what_would_fall_is_what_falls_when_it_is_done(broad, cast):
    """With the citations gone, as they would be taken out, the answer and the act agree."""
    items = cited(broad, cast.ana)
    expected = bool(asking(cast.ana, items[2:]).falls)
    with acting_as(cast.ana):
        for item in items[2:]:
            item.withdraw(by=cast.ana, reason="Forged.")
        after = Attribution.objects.get(pk=broad.pk)
        ground = ground_of(after).without([item.pk for item in items[2:]])
        assert bool(gate.evaluate(replace(ground, approver_id=cast.sofia.pk)).failed) is expected is True


# --- Who may know ---------------------------------------------------------------------------------


def test_a_reader_learns_only_that_something_more_is_withheld(cast, east):
    with acting_as(cast.ana):
        secret = making.a_ready_attribution(by=cast.ana, workspace=east, marking="red", statement="Umbra did it.")
    approve(secret, cast)
    items = cited(secret, cast.ana)
    assert [each.ground.attribution for each in asking(cast.ana, items[:1]).falls] == [secret]
    assert asking(cast.ana, items[:1]).is_withheld is False
    seen = asking(cast.vera, items[:1])
    assert (seen.count, seen.touched, seen.is_withheld) == (0, [], True)


def test_the_yes_or_no_answers_nobody_about_what_they_may_not_read(approved, cast, as_app):
    item = cited(approved, cast.ana)[0]
    ask = "SELECT rests_unseen(ARRAY[%s]::uuid[], '{}')"
    assert as_app(ask, [item.pk], user=cast.stranger) == [(False,)]
    assert as_app(ask, [item.pk], user=cast.nobody) == [(False,)]
    assert as_app("SELECT * FROM resting_on(ARRAY[%s]::uuid[])", [item.pk], user=cast.stranger) == []


def test_only_the_owner_asks_past_the_wall(cast, as_app):
    with pytest.raises(ProgrammingError, match="permission denied"):
        as_app("SELECT * FROM resting('{}')", user=cast.sofia)


def test_a_verdict_does_not_depend_on_links_that_the_reader_may_not_see(broad, cast, east):
    items = cited(broad, cast.ana)
    with acting_as(cast.ana):
        hidden = making.an_item(by=cast.ana, workspace=east, marking="red")
        wire = making.an_item(by=cast.ana, workspace=east)
        Derivation.add(by=cast.ana, item=items[3], original=hidden)
        Derivation.add(by=cast.ana, item=hidden, original=wire)
    assert [each.margin.least for each in asking(cast.vera, [wire]).holds] == [1]


# --- It writes nothing, and takes a bounded time ---------------------------------------------------


def test_asking_writes_nothing_and_a_token_that_reads_may_ask(client, approved, cast):
    items = cited(approved, cast.ana)
    _, secret = ApiToken.issue(
        by=cast.vera,
        membership=cast.vera.memberships.get(),
        name="reads",
        scope="read",
        expires_at=timezone.now() + timedelta(days=1),
    )
    before = sequence()
    answer = client.get(
        ENDPOINT, {"item": [items[0].pk], "source": [items[1].source_id]}, headers={"Authorization": f"Bearer {secret}"}
    )
    client.force_login(cast.vera)
    page = client.get(PAGE, {"item": [items[0].pk], "source": [items[1].source_id]})
    assert (answer.status_code, page.status_code, sequence()) == (200, 200, before)
    (fall,) = answer.json()["falls"]
    assert (fall["attribution_id"], fall["status"]) == (str(approved.pk), "approved")
    assert {"key", "title", "sentence"} <= fall["checks"][0].keys()
    assert approved.statement in page.content.decode()
    assert client.post(PAGE).status_code == 405


@pytest.mark.parametrize("count", [3, 40])
def test_it_takes_few_queries_whatever_rests_on_it(broad, approved, cast, count):
    with as_owner():
        clone(approved.pk, count)
        clone(broad.pk, count)
    items = [cited(broad, cast.ana)[0], cited(approved, cast.ana)[0]]
    with acting_as(cast.vera), CaptureQueriesContext(connection) as queries:
        answer = what_falls(items, [])
    assert (len(answer.falls), len(answer.holds)) == (count + 1, count + 1)
    assert len(queries) <= 15  # one of them asks which responses would fall with it


def test_a_long_answer_is_told_in_parts_that_miss_nothing(approved, cast):
    with as_owner():
        clone(approved.pk, 6)
    items, found, after = cited(approved, cast.ana)[:1], [], None
    for _ in range(3):
        answer = asking(cast.vera, items, after=after, at_once=3)
        found += [each.ground.attribution.pk for each in answer.falls]
        after = answer.next
    assert after is None
    assert len(found) == len(set(found)) == 7


# --- The question ---------------------------------------------------------------------------------


def test_a_question_names_what_its_reader_may_read(approved, cast):
    item = cited(approved, cast.ana)[0]
    with acting_as(cast.vera):
        assert asked(QueryDict(f"item={item.pk}&item={item.pk}")).items == [item]
        for wrong in ("item=x", "&".join(f"item={uuid4()}" for _ in range(51))):
            with pytest.raises(ValidationError):
                asked(QueryDict(wrong))
        with pytest.raises(Http404):
            asked(QueryDict(f"source={uuid4()}"))
    with acting_as(cast.stranger), pytest.raises(Http404):
        asked(QueryDict(f"item={item.pk}"))


@pytest.mark.parametrize(
    ("asked", "page", "endpoint"),
    [({}, 200, 400), ({"item": "x"}, 422, 422), ({"item": uuid4()}, 404, 404), ({"colour": "red"}, 200, 400)],
    ids=["nothing", "no id", "not there", "unknown"],
)
def test_both_doors_refuse_what_is_no_question(client, cast, asked, page, endpoint):
    client.force_login(cast.vera)
    assert client.get(PAGE, asked).status_code == page
    assert client.get(ENDPOINT, asked).status_code == endpoint


def test_a_stranger_is_told_that_nothing_is_there(client, approved, cast):
    item = cited(approved, cast.ana)[0]
    client.force_login(cast.stranger)
    assert client.get(PAGE, {"item": item.pk}).status_code == 404
    assert client.get(ENDPOINT, {"item": item.pk}).status_code == 404


# --- Where it is asked ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "evidence_item_withdraw",
        "evidence_item_supersede",
        "evidence_item_regrade",
        "source_withdraw",
        "source_regrade",
    ],
)
def test_before_an_act_its_page_says_what_would_fall(client, approved, cast, name):
    item = cited(approved, cast.ana)[0]
    client.force_login(cast.ana)
    record = item.source if name.startswith("source") else item
    page = client.get(reverse(name, args=[record.pk])).content.decode()
    assert "Would fall" in page
    assert "independent origins" in page
    asked_of = "source" if record == item.source else "item"
    assert f"{PAGE}?{asked_of}={record.pk}" in page


def test_items_are_chosen_in_the_list_of_evidence(client, approved, cast):
    client.force_login(cast.vera)
    page = client.get(reverse("evidence_items")).content.decode()
    assert page.count('type="checkbox" name="item"') == 3
    assert f'action="{PAGE}"' in page


def test_the_items_taken_for_false_can_be_left_out_one_by_one(client, broad, cast):
    first, second = cited(broad, cast.ana)[:2]
    client.force_login(cast.vera)
    assumed = client.get(PAGE, {"item": [first.pk, second.pk]}).context["assumed"]
    assert [each["without"] for each in assumed] == [f"{PAGE}?item={second.pk}", f"{PAGE}?item={first.pk}"]


def test_names_are_given_for_what_would_break_it_next(broad, cast, client):
    items = cited(broad, cast.ana)
    client.force_login(cast.vera)
    page = client.get(PAGE, {"item": [each.pk for each in items[3:]]}).content.decode()
    assert "Holds, but no further origin could go." in page
    assert "It would fall next without" in page
