"""Sharing: partners get what was agreed, nothing of what is above, and each piece of evidence knows who has it."""

import hashlib
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from accounts.choices import Marking
from accounts.errors import IllegalStep, NotYours
from accounts.models import ApiToken, Membership, User
from evidence.models import CustodyEvent, EvidenceItem, Passage, StoredFile
from exchange.agreed import agreed_of, preview_of, product_for
from exchange.assembly import draw
from exchange.models import Sharing
from ledger.acting import acting_as
from ledger.models import LedgerEntry, Notification
from policy.models import PolicyResponse
from tests import making
from tests.exchange import sharing
from tests.exchange.packets import words_of

FORMS = ["pdf", "docx", "html"]
SECRET = "Only the minister's own driver saw it with his eyes."


@pytest.fixture
def world(cast, approved):
    return sharing.a_world(cast, approved)


@pytest.fixture
def cooperation(cast, approved):
    """Approved, agreed up to amber with Estonia and Latvia, and marked amber itself."""
    return sharing.approved(sharing.a_cooperation(cast, approved, marking="amber", agreed="amber"), cast)


@pytest.fixture
def mixed(draft, cast):
    """Of three items cited this one stays amber; the others are green, as are incident and actor."""
    ana = cast.ana
    with acting_as(ana):
        *open_ones, secret = EvidenceItem.objects.select_related("source").order_by("pk")
        for record in (draft.incident, draft.actor, *open_ones, *(each.source for each in open_ones)):
            record.change(by=ana, marking="green")
        secret.change(by=ana, title="Talk with Osprey")
        file = StoredFile.receive_text(by=ana, item=secret, text=SECRET)
        draft.cite(by=ana, passage=Passage.mark(by=ana, page=file.pages.get(), quote=SECRET), supports="contrary")
    return secret


def share(person, response, **changes) -> Sharing:
    with acting_as(person):
        told = {"partner": "Estonia", "form": "html", **changes}
        return Sharing.share(by=person, response=PolicyResponse.objects.get(pk=response.pk), **told)


def read(shared) -> bytes:
    with shared.open() as stream:
        return stream.read()


def level(marking: str) -> int:
    return Marking(marking).level


# --- What leaves, and what does not ---------------------------------------------------------------


@pytest.mark.parametrize("under", sharing.MARKINGS)
def test_nothing_above_the_marking_is_in_any_form_and_what_is_under_it_is(cast, world, under):
    with acting_as(cast.ana):
        response = PolicyResponse.objects.get(pk=world.response.pk)
        product = product_for(response, agreed_of(response), under=under, partner="Estonia", reader=cast.ana)
        drawn = {form: " ".join(words_of(form, draw(product.dossier, form)).split()) for form in FORMS}
        drawn["json"] = json.dumps(product.dossier.as_json())
    ids = {each["id"] for each in product.included()}
    for marking in sharing.MARKINGS:
        material, is_shared = getattr(world, marking), level(marking) <= level(under)
        for form, words in drawn.items():
            assert {each for each in material.words if each in words} == (
                set(material.words) if is_shared else set()
            ), form
            assert not [each for each in material.ids if each in words], form
        assert ids.issuperset(material.ids) if is_shared else ids.isdisjoint(material.ids)


@pytest.mark.parametrize("form", FORMS)
def test_the_bytes_that_leave_hold_nothing_above_the_agreed_marking(cast, approved, form):
    world = sharing.a_world(cast, approved, agreed="amber")
    words = " ".join(words_of(form, read(share(cast.ana, world.response, form=form))).split())
    assert "The state did it." in words
    assert "For Estonia" in words
    assert world.amber.words[0] in words
    assert not [each for each in (*world.red.words, *world.red.ids, "Product of the cooperation") if each in words]


def test_an_attribution_above_the_marking_stays_with_its_words(cast, world):
    words = read(share(cast.ana, world.response, under="green")).decode()
    assert "The state did it." not in words
    assert "Carriers brought people" not in words
    assert world.green.words[0] in words


def test_a_citation_above_the_marking_leaves_neither_with_its_attribution_nor_by_its_row_of_the_matrix(
    cast, mixed, request
):
    approved = request.getfixturevalue("approved")
    response = sharing.approved(sharing.a_cooperation(cast, approved, marking="amber", agreed="amber"), cast)
    with acting_as(cast.ana):
        type(approved).objects.filter(pk=approved.pk).update(marking="green")
    shared = share(cast.ana, response, under="green")
    words = " ".join(words_of("html", read(shared)).split())
    assert "The state did it." in words
    assert "Carriers brought people to the border." in words
    with acting_as(cast.ana):
        hidden = [SECRET, "Osprey", str(mixed.pk), *mixed.files.values_list("sha256", flat=True)]
    assert not [each for each in hidden if each in words]
    assert shared.held_back["citation"] == len(making.WORDS) + 1


def test_what_is_marked_anew_after_the_approval_stays_as_well(cast, world):
    with acting_as(cast.ana):
        EvidenceItem.objects.get(pk=world.green.item.pk).change(by=cast.ana, marking="red")
    shared = share(cast.ana, world.response, under="amber")
    assert world.green.words[-1] not in read(shared).decode()
    assert shared.held_back["response_citation"] == 2


def test_a_source_that_is_marked_above_takes_its_items_along(cast, world):
    with acting_as(cast.ana):
        item = EvidenceItem.objects.select_related("source").get(pk=world.green.item.pk)
        item.source.change(by=cast.ana, marking="red")
    told = read(share(cast.ana, world.response, under="amber")).decode()
    assert not [each for each in world.green.words if each.split()[0] in ("Voice", "Words", "Paper") and each in told]


def test_a_text_that_repeats_what_is_held_back_stays_and_its_author_is_told(cast, world):
    with acting_as(cast.ana):
        incident = type(world.clear.incident).objects.get(pk=world.clear.incident.pk)
        incident.change(by=cast.ana, summary="It was the Network of the redzone again.")
        preview = preview_of(PolicyResponse.objects.get(pk=world.response.pk), under="amber", reader=cast.ana)
    assert "redzone" not in " ".join(preview.dossier.words())
    (held,) = [each for each in preview.material.held.listed if each.kind == "text" and each.id == str(incident.pk)]
    assert (held.marking, held.why) == ("clear", "It repeats something that is held back.")


def test_names_of_our_people_are_never_shared(cast, world):
    told = read(share(cast.ana, world.response)).decode()
    assert not [each.name for each in (cast.ana, cast.ben, cast.sofia) if each.name in told]


def test_an_attribution_that_no_longer_stands_is_not_shared(cast, approved, world):
    with acting_as(cast.sofia):
        type(approved).objects.get(pk=approved.pk).withdraw(by=cast.sofia, reason="Wrong.")
        PolicyResponse.objects.get(pk=world.response.pk).confirm_basis(by=cast.sofia, reason="The rest stands.")
    shared = share(cast.ana, world.response)
    assert "The state did it." not in read(shared).decode()
    assert shared.held_back["attribution"] == 1


def test_a_withdrawn_item_is_not_shared(cast, world):
    with acting_as(cast.ana):
        EvidenceItem.objects.get(pk=world.green.item.pk).withdraw(by=cast.ana, reason="Forged.")
    assert world.green.words[-1] not in read(share(cast.ana, world.response)).decode()


def test_what_is_held_back_is_listed_by_name_only_as_far_as_its_author_may_read_it(cast, world):
    with acting_as(cast.sofia):
        response = PolicyResponse.objects.get(pk=world.response.pk)
        response.change(by=cast.sofia, owner=cast.sofia)
    Membership.objects.filter(user=cast.ana).update(clearance="amber")
    with acting_as(cast.sofia):
        type(response).objects.filter(pk=response.pk).update(marking="amber")
    with acting_as(cast.ana):
        told = preview_of(PolicyResponse.objects.get(pk=response.pk), under="green", reader=cast.ana).material.held
    titles = " ".join(each.title for each in told.listed)
    assert "Landing of the amberzone" in titles
    assert "redzone" not in json.dumps(told.as_json())
    assert {
        each: told.unseen[each] for each in ("incident", "actor", "public_claim", "response_citation")
    } == dict.fromkeys(("incident", "actor", "public_claim", "response_citation"), 1)


def test_nobody_previews_beyond_their_own_clearance(cast, world):
    Membership.objects.filter(user=cast.ana).update(clearance="amber")
    with acting_as(cast.sofia):
        PolicyResponse.objects.filter(pk=world.response.pk).update(marking="amber")
    ana = User.objects.get(pk=cast.ana.pk)
    with acting_as(ana), pytest.raises(NotYours, match="clearance"):
        preview_of(PolicyResponse.objects.get(pk=world.response.pk), under="red", reader=ana)


# --- The verbs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_what_was_shared_is_kept_byte_for_byte_with_what_was_in_it(cast, world, form):
    shared = share(cast.ana, world.response, form=form, under="amber")
    content = read(shared)
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (shared.sha256, shared.size)
    assert (shared.partner, shared.under, shared.marking, shared.created_by) == ("Estonia", "amber", "red", cast.ana)
    assert {"kind": "evidence_item", "id": str(world.amber.item.pk), "version": 1} in shared.included
    assert shared.held_back["incident"] == 1
    with acting_as(cast.ana):
        assert LedgerEntry.objects.get(object_id=shared.pk).document["sha256"] == shared.sha256


@pytest.mark.parametrize("name", ["ana", "sofia", "sigrid"])
def test_its_author_and_supervisors_share(cast, cooperation, name):
    assert share(getattr(cast, name), cooperation).status == "shared"


@pytest.mark.parametrize("name", ["ben", "stella", "vera", "stranger"])
def test_nobody_else_shares_or_recalls(cast, cooperation, name):
    shared, person = share(cast.ana, cooperation), getattr(cast, name)
    with acting_as(person):
        with pytest.raises(NotYours):
            Sharing.share(by=person, response=cooperation, partner="Estonia")
        with pytest.raises(NotYours):
            shared.recall(by=person, reason="x")


@pytest.mark.parametrize("status", ["proposed", "in_review", "completed", "withdrawn"])
def test_only_what_is_approved_or_in_force_is_shared(cast, approved, status):
    response = sharing.a_cooperation(cast, approved, marking="amber", agreed="amber")
    if status == "completed":
        sharing.approved(response, cast)
    steps = {"in_review": ["submit"], "completed": ["put_in_force", "complete"], "withdrawn": ["withdraw"]}
    with acting_as(cast.ana):
        for step in steps.get(status, []):
            getattr(response, step)(by=cast.ana, **({"reason": "No."} if step == "withdraw" else {}))
    with pytest.raises(IllegalStep, match="approved or in force"):
        share(cast.ana, response)


def test_what_is_in_force_is_shared(cast, cooperation):
    with acting_as(cast.ana):
        cooperation.put_in_force(by=cast.ana)
    assert share(cast.ana, cooperation)


def test_a_basis_in_question_stops_sharing_until_it_is_confirmed(cast, approved, world):
    with acting_as(cast.sofia):
        type(approved).objects.get(pk=approved.pk).withdraw(by=cast.sofia, reason="Wrong.")
    with pytest.raises(IllegalStep, match="in question"):
        share(cast.ana, world.response)


def test_a_measure_on_record_is_not_ours_to_share(cast, east):
    with acting_as(cast.ana):
        response = PolicyResponse.put_on_record(
            by=cast.ana, workspace=east, title="x", response_kind="intelligence_cooperation", status="in_force"
        )
    with pytest.raises(IllegalStep, match="others took"):
        share(cast.ana, response)


@pytest.mark.parametrize(
    ("changes", "field"), [({"partner": "Atlantis"}, "partner"), ({"under": "amber_strict"}, "under")]
)
def test_only_agreed_partners_get_only_what_was_agreed(cast, cooperation, changes, field):
    with pytest.raises(ValidationError) as refused:
        share(cast.ana, cooperation, **changes)
    assert list(refused.value.error_dict) == [field]


def test_nothing_is_shared_where_nothing_is_left(cast, cooperation):
    with pytest.raises(ValidationError, match="nothing is left"):
        share(cast.ana, cooperation, under="clear")


def test_a_token_neither_shares_nor_recalls(cast, cooperation):
    shared = share(cast.ana, cooperation)
    token = ApiToken(membership=cast.ana.memberships.first(), scope="write")
    with acting_as(cast.ana, token=token):
        with pytest.raises(NotYours, match="token"):
            Sharing.share(by=cast.ana, response=cooperation, partner="Estonia")
        with pytest.raises(NotYours, match="token"):
            shared.recall(by=cast.ana, reason="x")


def test_a_recall_stays_on_record_with_its_reason_and_its_bytes(cast, cooperation):
    shared = share(cast.ana, cooperation)
    before = read(shared)
    with acting_as(cast.sofia):
        with pytest.raises(ValidationError, match="Say why"):
            shared.recall(by=cast.sofia, reason=" ")
        shared.recall(by=cast.sofia, reason="The source was burnt.")
        with pytest.raises(IllegalStep, match="recalled already"):
            shared.recall(by=cast.sofia, reason="Again.")
        entry = LedgerEntry.objects.filter(object_id=shared.pk).latest("sequence")
    assert (shared.status, shared.state_note, read(shared)) == ("recalled", "The source was burnt.", before)
    assert (entry.step, entry.reason, entry.user_id) == ("recall", "The source was burnt.", cast.sofia.pk)


def test_what_was_shared_is_never_changed(cast, cooperation):
    shared = share(cast.ana, cooperation)
    with acting_as(cast.ana), pytest.raises(IllegalStep):
        shared.change(by=cast.ana, partner="Latvia")


def test_a_sharing_follows_its_response_under_a_stricter_marking_and_never_below_what_was_shared(cast, cooperation):
    shared = share(cast.ana, cooperation)
    with acting_as(cast.ana):
        PolicyResponse.objects.filter(pk=cooperation.pk).update(marking="red")
        assert Sharing.objects.get(pk=shared.pk).marking == "red"
        PolicyResponse.objects.filter(pk=cooperation.pk).update(marking="clear")
        with pytest.raises(DatabaseError), transaction.atomic():
            Sharing.objects.filter(pk=shared.pk).update(marking="green")


# --- Custody, and what falls afterwards ----------------------------------------------------------------


def test_each_item_that_is_in_it_has_a_custody_event_and_no_other(cast, world):
    shared = share(cast.ana, world.response, under="amber")
    with acting_as(cast.ana):
        events = CustodyEvent.objects.filter(action="shared").select_related("file")
        items = {each["id"] for each in shared.included if each["kind"] == "evidence_item"}
        assert {str(each.file.item_id) for each in events} == items
        assert events.count() == len(items)
        assert all(str(shared.pk) in each.note and each.created_by_id == cast.ana.pk for each in events)
        assert not CustodyEvent.objects.filter(action="shared", file=world.red.file).exists()


def test_custody_names_the_partner_only_where_those_who_read_it_may_read_the_sharing(cast, cooperation, world):
    shared = share(cast.ana, cooperation)
    wide = share(cast.ana, world.response)
    with acting_as(cast.ana):
        told = {each.note for each in CustodyEvent.objects.filter(action="shared", note__contains=str(shared.pk))}
        clear = CustodyEvent.objects.get(action="shared", file=world.clear.file)
    assert told == {f"Quoted in sharing {shared.pk} with Estonia"}
    assert clear.note == f"Quoted in sharing {wide.pk} with a partner"


def notices(person, response) -> list[str]:
    with acting_as(person):
        return [each.sentence for each in Notification.objects.filter(about_id=response.pk, key__startswith="shared:")]


def test_the_owner_is_told_once_which_partners_hold_an_item_that_falls(cast, world):
    share(cast.ana, world.response)
    share(cast.ana, world.response, partner="Latvia", form="pdf")
    with acting_as(cast.ben):
        EvidenceItem.objects.get(pk=world.green.item.pk).withdraw(by=cast.ben, reason="Forged.")
    (sentence,) = notices(cast.ana, world.response)
    assert "“Paper of the greenzone” was withdrawn" in sentence
    assert "Estonia" in sentence
    assert "Latvia" in sentence


def test_nobody_is_told_of_items_that_were_not_shared_or_of_what_was_recalled(cast, world):
    shared = share(cast.ana, world.response, under="green")
    with acting_as(cast.sofia):
        shared.recall(by=cast.sofia, reason="Burnt.")
    with acting_as(cast.ben):
        for item in (world.green.item, world.red.item):
            EvidenceItem.objects.get(pk=item.pk).withdraw(by=cast.ben, reason="Forged.")
    assert notices(cast.ana, world.response) == []


# --- No way around ---------------------------------------------------------------------------------------

COLUMNS = (
    "id, workspace_id, marking, response_id, partner, under, form, title, included, held_back, sha256, size, "
    "status, state_note, version, created_at, updated_at"
)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"under": "'red'", "marking": "'red'"}, "above the marking that was agreed"),
        ({"partner": "'Atlantis'"}, "partners that the response names"),
        ({"under": "'clear'"}, "at or under its marking"),
        ({"included": "'[]'"}, "says what is in it"),
        ({"included": """'[{"kind": "weather", "id": "00000000-0000-0000-0000-000000000000"}]'"""}, "no such kind"),
        ({"status": "'recalled'", "state_note": "'x'"}, "begins as shared"),
        ({"marking": "'clear'"}, "at least as what was shared"),
    ],
)
def test_raw_sql_shares_nothing_beyond_what_was_agreed(cast, cooperation, as_app, changed, refusal):
    shared = share(cast.ana, cooperation)
    values = ", ".join({"id": "gen_random_uuid()", **changed}.get(name, name) for name in COLUMNS.split(", "))
    statement = f"INSERT INTO exchange_sharing ({COLUMNS}) SELECT {values} FROM exchange_sharing WHERE id = %s"
    with pytest.raises(DatabaseError, match=refusal):
        as_app(statement, [shared.pk], user=cast.ana)


@pytest.mark.parametrize("name", ["ben", "stella"])
def test_raw_sql_shares_in_nobody_elses_name(cast, cooperation, as_app, name):
    shared = share(cast.ana, cooperation)
    values = ", ".join("gen_random_uuid()" if each == "id" else each for each in COLUMNS.split(", "))
    statement = f"INSERT INTO exchange_sharing ({COLUMNS}) SELECT {values} FROM exchange_sharing WHERE id = %s"
    with pytest.raises(DatabaseError, match="author, its owner or a supervisor"):
        as_app(statement, [shared.pk], user=getattr(cast, name))


def test_raw_sql_shares_nothing_of_a_response_that_is_over(cast, cooperation, as_app):
    shared = share(cast.ana, cooperation)
    with acting_as(cast.ana):
        cooperation.withdraw(by=cast.ana, reason="Overtaken.")
    values = ", ".join("gen_random_uuid()" if each == "id" else each for each in COLUMNS.split(", "))
    statement = f"INSERT INTO exchange_sharing ({COLUMNS}) SELECT {values} FROM exchange_sharing WHERE id = %s"
    with pytest.raises(DatabaseError, match="approved or in force"):
        as_app(statement, [shared.pk], user=cast.ana)


@pytest.mark.parametrize("change", ["sha256 = repeat('0', 64)", "partner = 'Latvia'", "included = '[{}]'"])
def test_raw_sql_changes_nothing_of_what_was_shared(cast, cooperation, as_app, change):
    shared = share(cast.ana, cooperation)
    with pytest.raises(DatabaseError, match="stays as it left"):
        as_app(f"UPDATE exchange_sharing SET {change} WHERE id = %s", [shared.pk], user=cast.ana)


def test_raw_sql_takes_no_recall_back(cast, cooperation, as_app):
    shared = share(cast.ana, cooperation)
    with acting_as(cast.ana):
        shared.recall(by=cast.ana, reason="Burnt.")
    with pytest.raises(DatabaseError, match="stays recalled"):
        as_app("UPDATE exchange_sharing SET status = 'shared' WHERE id = %s", [shared.pk], user=cast.ana)
