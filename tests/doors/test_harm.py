"""What must never stand here is asked about before it is kept, and pointed at where it stands: at both doors alike."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.errors import IllegalStep, NotYours
from evidence import alarms
from evidence.models import EvidenceItem, Passage
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from tests import making
from tests.api.test_kinds import Door
from tests.doors.test_forms import INTAKE

NUMBER = "+48 601 234 567"
MASKED = "+4… (15 characters)"
TEXT = f"The driver was called at {NUMBER}. Syrians are a threat, he wrote. Buses left at dawn."


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


@pytest.fixture
def api(client, cast):
    return Door(client, cast.ana)


@pytest.fixture
def item(cast, east):
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, text=TEXT)


@pytest.fixture
def page(cast, item):
    with acting_as(cast.ana):
        return item.pages.get()


def kept(cast, model) -> int:
    with acting_as(cast.ana):
        return model.objects.count()


# --- The reading page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["evidence_item", "evidence_item_text"])
def test_the_reading_page_says_what_was_found_masked_and_on_which_page(ana, item, name):
    answer = ana.get(reverse(name, args=[item.pk]))
    told = [(each.where, each.found.kind, each.found.words) for each in answer.context["alarms"].all]
    assert told == [("page 1", "telephone", MASKED), ("page 1", "people_as_threat", "Syrians are a threat")]
    shown = answer.content.decode()
    assert f'Telephone number, <a href="#page-1">page 1</a>: {MASKED}' in shown
    assert shown.count(NUMBER) == 1  # in the text itself


def test_a_page_without_harm_says_nothing_of_it(ana, cast, east):
    with acting_as(cast.ana):
        clean = making.an_item(by=cast.ana, workspace=east, text="Buses left at dawn.")
    answer = ana.get(reverse("evidence_item", args=[clean.pk]))
    assert answer.context["alarms"].all == []
    assert 'id="alarms"' not in answer.content.decode()


def test_looking_for_harm_takes_no_query(ana, cast, east, item):
    with acting_as(cast.ana):
        clean = making.an_item(by=cast.ana, workspace=east, text="Buses left at dawn.")
    counted = []
    for each in (item, clean):
        with CaptureQueriesContext(connection) as queries:
            ana.get(reverse("evidence_item", args=[each.pk]))
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_only_so_much_text_is_looked_at_and_the_page_says_so(ana, item, monkeypatch):
    monkeypatch.setattr(alarms, "MOST_LOOKED_AT", 45)
    answer = ana.get(reverse("evidence_item", args=[item.pk]))
    assert [each.found.kind for each in answer.context["alarms"].all] == ["telephone"]
    assert "only its beginning was looked at" in answer.content.decode()


def test_nothing_that_was_found_is_kept(cast, ana, item):
    before = kept(cast, LedgerEntry)
    ana.get(reverse("evidence_item", args=[item.pk]))
    assert kept(cast, LedgerEntry) == before


def test_the_api_tells_what_was_found_masked_within_the_wall(client, cast, api, item):
    path = f"/evidence-items/{item.pk}/harms/"
    told = api.get(path).json()
    assert (told["is_whole"], told["next_page"]) == (True, None)
    first = told["results"][0]
    assert (first["where"], first["page"], first["kind"], first["words"]) == ("page 1", 1, "telephone", MASKED)
    assert TEXT[first["start"] : first["end"]] == NUMBER
    assert NUMBER not in str(told)
    assert api.get(path, {"page": 2}).json()["results"] == []
    assert api.get(path, {"page": "x"}).status_code == 400
    assert Door(client, cast.vera, "read").get(path).status_code == 200
    assert Door(client, cast.stranger).get(path).status_code == 404


# --- Marking --------------------------------------------------------------------------------------------


def test_marking_asks_first_keeps_all_that_was_typed_and_marks_on_confirmation(ana, cast, page, draft):
    address = reverse("passage_mark", args=[page.pk])
    typed = {"quote": f"called at {NUMBER}", "note": "A driver was reached.", "for": draft.pk}
    asked = ana.post(address, typed)
    shown = asked.content.decode()
    assert asked.status_code == 422
    assert MASKED in asked.context["form"].errors["confirmed_harmless"][0]
    assert 'type="checkbox" name="confirmed_harmless"' in shown
    assert "A driver was reached." in shown
    assert f'name="for" value="{draft.pk}"' in shown
    assert kept(cast, Passage) == len(making.ORIGINS) * len(making.WORDS)
    marked = ana.post(address, typed | {"confirmed_harmless": "on"})
    assert marked.url.startswith(reverse("citation_add", args=[draft.pk]))


def test_the_question_is_not_shown_where_nothing_was_found(ana, page):
    asked = ana.post(reverse("passage_mark", args=[page.pk]), {"quote": "absent words"})
    assert asked.status_code == 422
    assert 'type="checkbox"' not in asked.content.decode()
    assert ana.post(reverse("passage_mark", args=[page.pk]), {"quote": "Buses left"}).status_code == 302


def test_the_api_asks_first_and_marks_on_confirmation(cast, api, page):
    told = {"page_id": str(page.pk), "quote": f"called at {NUMBER}"}
    asked = api.send("post", "/passages/", told)
    assert (asked.status_code, {each["pointer"] for each in asked.json()["errors"]}) == (422, {"/confirmed_harmless"})
    assert NUMBER not in asked.content.decode()
    assert kept(cast, Passage) == 0
    assert api.send("post", "/passages/", told | {"confirmed_harmless": False}).status_code == 422
    marked = api.send("post", "/passages/", told | {"confirmed_harmless": True})
    assert (marked.status_code, "confirmed_harmless" in marked.json()) == (201, False)
    again = api.send("post", "/passages/", told | {"confirmed_harmless": True, "id": marked.json()["id"]})
    assert again.status_code == 200


def test_a_people_as_the_threat_is_asked_about_too(api, page):
    asked = api.send("post", "/passages/", {"page_id": str(page.pk), "quote": "Syrians are a threat"})
    assert "Name the organised actor" in asked.content.decode()


def test_a_note_written_later_is_asked_about_and_an_older_one_is_not_asked_again(api, page):
    marked = api.send("post", "/passages/", {"page_id": str(page.pk), "quote": "Buses"}).json()
    path = f"/passages/{marked['id']}/"
    assert api.send("patch", path, {"note": NUMBER}, **{"If-Match": "1"}).status_code == 422
    kept_note = {"note": NUMBER, "confirmed_harmless": True}
    assert api.send("patch", path, kept_note, **{"If-Match": "1"}).status_code == 200
    assert api.send("patch", path, {"note": NUMBER}, **{"If-Match": "2"}).status_code == 200


# --- What is typed about an item ------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["title", "summary"])
def test_intake_asks_before_a_typed_identifier_is_kept(ana, cast, east, field):
    typed = INTAKE | {"workspace": east.pk, "text": "Pasted words.", field: f"Call {NUMBER}"}
    asked = ana.post(reverse("evidence_item_add"), typed)
    assert asked.status_code == 422
    assert "confirmed_harmless" in asked.context["form"].errors
    assert "Pasted words." in asked.content.decode()
    assert kept(cast, EvidenceItem) == 0
    with acting_as(cast.ana):
        assert not LedgerEntry.objects.filter(document__icontains="601 234").exists()
    assert ana.post(reverse("evidence_item_add"), typed | {"confirmed_harmless": "on"}).status_code == 302


def test_intake_takes_a_pasted_text_without_asking_and_points_at_it_afterwards(ana, cast, east):
    answer = ana.post(reverse("evidence_item_add"), INTAKE | {"workspace": east.pk, "text": TEXT}, follow=True)
    assert [each.where for each in answer.context["alarms"].all] == ["page 1", "page 1"]


def test_an_edit_asks_only_about_what_is_typed_anew(ana, cast, east):
    with acting_as(cast.ana):
        known = making.an_item(by=cast.ana, workspace=east, title=f"Call {NUMBER}", confirmed_harmless=True)
        known.regrade(by=cast.ana, credibility=4, reason="Doubted.")
        known.change(by=cast.ana, title=f"Call {NUMBER}", language="pl")
        with pytest.raises(ValidationError, match="telephone number"):
            known.change(by=cast.ana, summary=f"Call {NUMBER} again")
        known.refresh_from_db()
        known.change(by=cast.ana, summary=f"Call {NUMBER} again", confirmed_harmless=True)
    shown = ana.get(reverse("evidence_item", args=[known.pk])).context["alarms"].all
    assert [each.where for each in shown] == ["title", "summary"]


def test_the_wrong_person_and_the_wrong_moment_are_told_before_anything_is_asked(cast, item):
    with acting_as(cast.vera), pytest.raises(NotYours):
        item.change(by=cast.vera, summary=NUMBER)
    with acting_as(cast.ana):
        item.refresh_from_db()
        item.withdraw(by=cast.ana, reason="Forged.")
        with pytest.raises(IllegalStep):
            item.change(by=cast.ana, summary=NUMBER)


def test_a_source_is_asked_about_as_well(api, cast, east):
    body = {"workspace_id": str(east.pk), "name": "A driver", "source_class": "human", "description": "+48 601 234 567"}
    asked = api.send("post", "/sources/", body)
    assert (asked.status_code, {each["pointer"] for each in asked.json()["errors"]}) == (422, {"/confirmed_harmless"})
    assert api.send("post", "/sources/", body | {"confirmed_harmless": True}).status_code == 201
