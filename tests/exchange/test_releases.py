"""Releasing: a supervisor lets a dossier go under a lower marking, and everybody can see that they did."""

import hashlib
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.errors import IllegalStep, NotYours
from accounts.models import ApiToken, Membership, User
from cases.models import Attribution, SealedPacket
from evidence.models import CustodyEvent, EvidenceItem, Passage, StoredFile
from exchange.models import Release
from ledger.acting import acting_as
from ledger.models import LedgerEntry
from tests import making
from tests.api.test_kinds import Door
from tests.exchange.packets import words_of
from tests.fixtures import PASSWORD

SECRET = "Only the minister's own driver saw it with his eyes."
CONFIRMED = ["statement", "source_summary"]


@pytest.fixture
def green(cast, east):
    """Somebody of room East who reads no more than green."""
    person = User.objects.create_user("greta@example.org", PASSWORD, name="Greta")
    Membership.objects.create(user=person, workspace=east, role="viewer", clearance="green")
    return person


@pytest.fixture
def secret(draft, cast):
    """Of three origins two are marked green, as incident and actor are; the third, this one, stays amber."""
    ana = cast.ana
    with acting_as(ana):
        *open_ones, secret = EvidenceItem.objects.select_related("source").order_by("pk")
        for record in (draft.incident, draft.actor, *open_ones, *(each.source for each in open_ones)):
            record.change(by=ana, marking="green")
        secret.change(by=ana, title="Talk with Osprey")
        secret.source.change(by=ana, name="Confidential informant Osprey")
        file = StoredFile.receive_text(by=ana, item=secret, text=SECRET)
        draft.cite(by=ana, passage=Passage.mark(by=ana, page=file.pages.get(), quote=SECRET), supports="contrary")
    return secret


@pytest.fixture
def world(secret, approved):
    """An approved attribution under amber that rests on the secret among others."""
    return SimpleNamespace(attribution=approved, secret=secret)


def release(person, world, **changes):
    told = {"marking": "green", "form": "html", "reason": "For the partners.", "texts": CONFIRMED, **changes}
    with acting_as(person):
        return Release.release(by=person, attribution=Attribution.objects.get(pk=world.attribution.pk), **told)


def read(release) -> bytes:
    with release.open() as stream:
        return stream.read()


@pytest.mark.parametrize("form", ["pdf", "docx", "html"])
def test_a_supervisor_releases_and_what_left_is_kept_under_its_hash(cast, world, form):
    made = release(cast.sigrid, world, form=form)
    content = read(made)
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (made.sha256, made.size)
    words = words_of(form, content)
    assert "The state did it." in words
    assert "Carriers brought people to the border." in words
    assert "None beyond the sources." not in words  # the key assumptions, which nobody confirmed
    for secret in (
        SECRET,
        "Osprey",
        "driver",
        "TLP:AMBER",
        str(world.secret.pk),
        hashlib.sha256(SECRET.encode()).hexdigest(),
    ):
        assert secret not in words, secret
    assert made.left_out["citations"] == dict.fromkeys(making.WORDS, 1) | {"contrary": 2}


def test_the_release_leaves_its_trace_in_the_ledger_and_at_the_bytes(cast, world):
    made = release(cast.sigrid, world)
    with acting_as(cast.sigrid):
        entry = LedgerEntry.objects.get(object_id=made.pk)
        told = CustodyEvent.objects.filter(action="exported").select_related("file__item")
        assert {(each.file.item.marking, each.note) for each in told} == {("green", f"Quoted in release {made.pk}")}
        assert told.count() == 2
    assert (entry.user_id, entry.document["reason"]) == (cast.sigrid.pk, "For the partners.")
    assert (entry.document["sha256"], entry.document["packet_id"]) == (made.sha256, str(made.packet_id))


@pytest.mark.parametrize("name", ["ana", "ben", "vera", "stella", "stranger"])
def test_only_a_supervisor_releases(cast, world, name):
    with acting_as(cast.sigrid):
        attribution = Attribution.objects.get()
    person = getattr(cast, name)
    with acting_as(person), pytest.raises(NotYours):
        Release.release(by=person, attribution=attribution, marking="green", reason="x")


def test_an_author_does_not_release_their_own_work(cast, draft, request):
    with acting_as(cast.ana):
        draft.add_co_author(by=cast.ana, person=cast.sigrid)
    approved = request.getfixturevalue("approved")
    with acting_as(cast.sigrid), pytest.raises(NotYours):
        Release.release(by=cast.sigrid, attribution=approved, marking="green", reason="x")


@pytest.mark.parametrize("marking", ["amber", "amber_strict", "red"])
def test_only_a_lower_marking_is_released(cast, world, marking):
    with pytest.raises(ValidationError, match="below the attribution's own"):
        release(cast.sigrid, world, marking=marking)


def test_a_release_wants_its_reason(cast, world):
    with pytest.raises(ValidationError, match="for whom"):
        release(cast.sigrid, world, reason="  ")


def test_what_is_not_approved_is_not_released(cast, in_review):
    with acting_as(cast.sigrid), pytest.raises(IllegalStep, match="in review"):
        Release.release(by=cast.sigrid, attribution=in_review, marking="green", reason="x")


def test_what_has_become_stale_is_not_released(cast, world):
    with acting_as(cast.ana):
        world.secret.withdraw(by=cast.ana, reason="Forged.")
        assert Attribution.objects.get(pk=world.attribution.pk).status == "stale"
    with pytest.raises(IllegalStep, match="stale"):
        release(cast.sigrid, world)


def test_a_confirmed_text_that_names_a_secret_is_refused_and_nothing_is_made(cast, world):
    with acting_as(cast.sofia):
        later = Attribution.objects.get(pk=world.attribution.pk).revise(by=cast.sofia)
        later.change(by=cast.sofia, source_summary="Confidential informant Osprey carries it.")
    making.concurred(making.submitted(later, by=cast.sofia), by=cast.ben)
    with acting_as(cast.sigrid):
        later.approve(by=cast.sigrid)
    renewed = SimpleNamespace(attribution=later)
    with pytest.raises(ValidationError, match="“Source summary statement” names a source") as refused:
        release(cast.sigrid, renewed)
    assert list(refused.value.error_dict) == ["texts"]
    with acting_as(cast.sigrid):
        assert not Release.objects.exists()
    assert release(cast.sigrid, renewed, texts=["statement"])


def test_what_was_released_is_never_changed(cast, world):
    made = release(cast.sigrid, world)
    with acting_as(cast.sigrid):
        with pytest.raises(IllegalStep):
            made.change(by=cast.sigrid, reason="Another.")
        with pytest.raises(IntegrityError, match="stays as it left"), transaction.atomic():
            Release.objects.filter(pk=made.pk).update(sha256="0" * 64)


def test_a_supervisor_withdraws_a_release_and_it_is_not_handed_out_again(client, cast, world):
    made = release(cast.sigrid, world)
    with acting_as(cast.ana), pytest.raises(NotYours):
        made.withdraw(by=cast.ana, reason="x")
    with acting_as(cast.sigrid):
        made.withdraw(by=cast.sigrid, reason="Sent to the wrong people.")
        with pytest.raises(IllegalStep):
            made.open()
    client.force_login(cast.vera)
    assert client.get(reverse("release_content", args=[made.pk])).status_code == 302
    assert client.get(f"/api/v1/releases/{made.pk}/content/").status_code == 409
    assert "Sent to the wrong people." in client.get(made.get_absolute_url()).content.decode()


# --- Doors ----------------------------------------------------------------------------------------


def test_who_reads_only_green_gets_the_release_and_not_the_attribution(client, cast, green, world):
    made = release(cast.sigrid, world)
    client.force_login(green)
    assert client.get(world.attribution.get_absolute_url()).status_code == 404
    assert client.get(reverse("dossier", args=[world.attribution.pk])).status_code == 404
    page = client.get(made.get_absolute_url())
    assert "marked above your clearance" in page.content.decode()
    content = b"".join(client.get(reverse("release_content", args=[made.pk])).streaming_content)
    assert content == read(made)
    assert made.title in client.get(reverse("releases")).content.decode()


def test_a_release_tells_its_readers_when_its_basis_falls(client, cast, green, world):
    made = release(cast.sigrid, world)
    client.force_login(green)
    assert "basis is in question" not in client.get(made.get_absolute_url()).content.decode()
    with acting_as(cast.ana):
        EvidenceItem.objects.get(pk=world.secret.pk).withdraw(by=cast.ana, reason="Forged.")
    page = client.get(made.get_absolute_url()).content.decode()
    assert "Its basis is in question" in page
    assert "Osprey" not in page
    standing = client.get(f"/api/v1/releases/{made.pk}/standing/").json()
    assert standing == {"attribution_status": "stale"}


def test_strangers_find_no_release(client, cast, world):
    made = release(cast.sigrid, world)
    for person in (cast.stranger, cast.nobody):
        client.force_login(person)
        for name in ("release", "release_content", "release_withdraw"):
            assert client.get(reverse(name, args=[made.pk])).status_code == 404, name
        assert client.get(f"/api/v1/releases/{made.pk}/content/").status_code == 404
        assert client.get(f"/api/v1/attributions/{world.attribution.pk}/dossier/").status_code == 404
    client.logout()
    assert client.get(reverse("release", args=[made.pk])).status_code == 302


def test_the_page_shows_what_each_marking_leaves_out_and_releases(client, cast, world, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    address = reverse("release_add", args=[world.attribution.pk])
    client.force_login(cast.ben)
    assert client.get(address).status_code == 403
    client.force_login(cast.sigrid)
    page = client.get(address).content.decode()
    assert "1 citation for facilitation or direction" in page
    assert "Three origins." in page
    refused = client.post(address, {"marking": "green", "form": "pdf", "texts": ["statement"]})
    assert refused.status_code == 422
    answer = client.post(address, {"marking": "green", "form": "pdf", "texts": ["statement"], "reason": "Partners."})
    assert answer.status_code == 302
    with acting_as(cast.sigrid):
        made = Release.objects.get()
    assert answer.url == made.get_absolute_url()
    assert (made.texts, made.form, made.title) == (["statement"], "pdf", made.title)


def test_releasing_wants_a_second_factor_at_both_doors(client, cast, world, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = True
    client.force_login(cast.sigrid)
    assert "/accounts/2fa/" in client.get(reverse("release_add", args=[world.attribution.pk])).url
    told = {"attribution_id": str(world.attribution.pk), "marking": "green", "reason": "x"}
    answer = client.post("/api/v1/releases/", told, content_type="application/json")
    assert (answer.status_code, "second factor" in answer.json()["detail"]) == (403, True)


def test_a_token_reads_dossiers_and_releases_none(client, cast, world):
    door = Door(client, cast.sigrid)
    told = {"attribution_id": str(world.attribution.pk), "marking": "green", "reason": "x"}
    answer = door.send("post", "/releases/", told)
    assert (answer.status_code, "token" in answer.json()["detail"]) == (403, True)
    made = release(cast.sigrid, world)
    taken = door.send("post", f"/releases/{made.pk}/withdraw/", {"reason": "x"}, **{"If-Match": str(made.version)})
    assert (taken.status_code, "token" in taken.json()["detail"]) == (403, True)
    assert door.get(f"/attributions/{world.attribution.pk}/dossier/").content.startswith(b"%PDF")
    assert ApiToken.objects.count() == 1


def test_a_person_signed_in_releases_through_the_api(client, cast, world, settings):
    settings.APPROVAL_NEEDS_SECOND_FACTOR = False
    client.force_login(cast.sigrid)
    path = f"/api/v1/attributions/{world.attribution.pk}/dossier/"
    assert client.get(path, {"marking": "green", "as": "html"}).status_code == 409
    told = {"attribution_id": str(world.attribution.pk), "marking": "green", "form": "html", "reason": "Partners."}
    sent = client.post("/api/v1/releases/", told, content_type="application/json")
    assert sent.status_code == 201, sent.content
    assert sent.json()["marking"] == "green"
    again = client.get(path, {"marking": "green", "as": "html"})
    assert hashlib.sha256(b"".join(again.streaming_content)).hexdigest() == sent.json()["sha256"]
    assert client.get(path, {"marking": "green", "as": "pdf"}).status_code == 409
    wrong = client.post("/api/v1/releases/", told | {"marking": "red"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/marking")


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("docx", b"PK"), ("html", b"<!doctype html>")])
def test_both_doors_hand_over_the_dossier_in_every_form_to_a_viewer(client, cast, world, form, begins):
    client.force_login(cast.vera)
    for address in (
        reverse("dossier", args=[world.attribution.pk]),
        f"/api/v1/attributions/{world.attribution.pk}/dossier/",
    ):
        answer = client.get(address, {"as": form})
        assert answer.status_code == 200
        assert answer.content.startswith(begins)
        assert SECRET in words_of(form, answer.content)
        assert answer.headers.get("Content-Disposition", "").startswith("attachment") == (form != "html")


def test_the_page_to_read_allows_its_own_style_and_nothing_else(client, cast, world):
    client.force_login(cast.vera)
    answer = client.get(reverse("dossier", args=[world.attribution.pk]))
    rules = answer.headers["Content-Security-Policy"]
    assert "style-src 'self' 'sha256-" in rules
    assert "unsafe" not in rules


@pytest.mark.parametrize("asked", [{"as": "odt"}, {"marking": "purple"}, {"colour": "red"}])
def test_unknown_wishes_are_refused_by_name(client, cast, world, asked):
    client.force_login(cast.vera)
    answer = client.get(f"/api/v1/attributions/{world.attribution.pk}/dossier/", asked)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, f"/{next(iter(asked))}")


def test_the_page_of_the_attribution_leads_to_its_dossier(client, cast, world):
    address = world.attribution.get_absolute_url()
    dossier, release_page = (reverse(name, args=[world.attribution.pk]) for name in ("dossier", "release_add"))
    for name, offered in (("vera", False), ("ana", False), ("ben", False), ("sigrid", True)):
        client.force_login(getattr(cast, name))
        page = client.get(address).content.decode()
        assert f"{dossier}?as=pdf" in page
        assert (release_page in page) == offered


# --- Where a dossier comes from -------------------------------------------------------------------


def dossier_words(client, person, attribution) -> str:
    client.force_login(person)
    return client.get(reverse("dossier", args=[attribution.pk])).content.decode()


def test_a_draft_is_a_preview_and_leaves_out_what_its_reader_may_not_see(client, cast, draft, east):
    with acting_as(cast.ana):
        hidden = making.an_item(by=cast.ana, workspace=east, marking="red", text="Red words of a red source.")
        passage = making.a_passage(by=cast.ana, item=hidden, quote="Red words of a red source")
        draft.cite(by=cast.ana, passage=passage, supports="impact")
    told = dossier_words(client, cast.vera, draft)
    assert "DRAFT, NOT APPROVED" in told
    assert "Red words" not in told
    assert "or above your clearance: 1 citation for impact on the target" in told
    assert "Red words" not in dossier_words(client, cast.ana, draft)  # it goes out under the draft's own marking


def test_the_dossier_of_what_was_approved_is_made_from_the_seal(client, cast, world):
    with acting_as(cast.ana):
        attribution = Attribution.objects.get(pk=world.attribution.pk)
        EvidenceItem.objects.get(pk=world.secret.pk).source.change(by=cast.ana, name="Renamed since")
        packet = SealedPacket.objects.get()
    told = dossier_words(client, cast.vera, attribution)
    assert "Confidential informant Osprey" in told
    assert "Renamed since" not in told
    assert packet.sha256 in told
    assert "DRAFT" not in told


def test_a_stale_attribution_says_so_and_why_and_a_revised_draft_is_a_preview(client, cast, world):
    with acting_as(cast.ana):
        world.secret.withdraw(by=cast.ana, reason="Forged by a rival.")
    told = dossier_words(client, cast.vera, world.attribution)
    assert "Stale: do not rely on this" in told
    assert "Forged by a rival." in told
    assert "DRAFT" not in told
    with acting_as(cast.ana):
        attribution = Attribution.objects.get(pk=world.attribution.pk)
        attribution.submit(by=cast.ana)
    assert "DRAFT, NOT APPROVED" in dossier_words(client, cast.vera, attribution)


def test_a_withdrawn_attribution_says_so_and_why(client, cast, world):
    with acting_as(cast.sigrid):
        Attribution.objects.get(pk=world.attribution.pk).withdraw(by=cast.sigrid, reason="It was wrong.")
    told = dossier_words(client, cast.vera, world.attribution)
    assert "Withdrawn: do not rely on this" in told
    assert "It was wrong." in told
