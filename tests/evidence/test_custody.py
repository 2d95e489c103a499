"""Custody and preservation: every touch is told, bytes are looked at again, and an authority outside may sign."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from evidence import stamping
from evidence.models import ByteCheck, CustodyEvent, StoredFile, TimeStamp
from evidence.rehashing import check_what_is_due, note, state_of
from evidence.storage import path_of
from evidence.tasks import check_bytes, stamp
from ledger.acting import acting_as
from ledger.models import LedgerEntry, Notification
from tests import making
from tests.api.test_kinds import Door
from tests.cases.test_at_once import at_once
from tests.evidence.authority import Authority

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def file(cast, east) -> StoredFile:
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, text="Words on a page.").files.get()


def events(file, person) -> list[tuple[str, str, str]]:
    """What was done, by whom, with which note; without what happened when it came."""
    with acting_as(person):
        found = CustodyEvent.objects.filter(file=file).exclude(action__in=["received", "hashed", "read"])
        return [(each.action, str(each.created_by), each.note) for each in found.select_related("created_by")]


def damage(file, content: bytes | None) -> None:
    """What happens to a disk: other bytes under the same name, or none."""
    place = Path(default_storage.path(path_of(file.sha256)))
    place.unlink()
    if content is not None:
        place.write_bytes(content)


def now_of(file, person) -> StoredFile:
    with acting_as(person):
        return StoredFile.objects.get(pk=file.pk)


# --- Touches -------------------------------------------------------------------------------------


def test_coming_in_and_being_read_are_told(cast, file):
    with acting_as(cast.ana):
        told = list(CustodyEvent.objects.filter(file=file).values_list("action", flat=True))
    assert told == ["received", "hashed", "read"]


@pytest.mark.parametrize("who", ["ana", "vera"])
def test_a_download_is_told_whoever_takes_it(client, cast, file, who):
    client.force_login(getattr(cast, who))
    answer = client.get(reverse("stored_file", args=[file.pk]))
    assert b"".join(answer.streaming_content) == b"Words on a page."
    assert events(file, cast.ana) == [("exported", who.capitalize(), "Downloaded")]
    with acting_as(cast.ana):
        assert LedgerEntry.objects.filter(kind="custody_event", step="download").count() == 1


@pytest.mark.parametrize(("who", "scope"), [("ana", "write"), ("ana", "read"), ("vera", "read")])
def test_a_download_through_the_api_is_told_whatever_the_token_may(client, cast, file, who, scope):
    door = Door(client, getattr(cast, who), scope)
    assert b"".join(door.get(f"/stored-files/{file.pk}/content/").streaming_content) == b"Words on a page."
    assert events(file, cast.ana) == [("exported", who.capitalize(), "Through the API")]
    with acting_as(cast.ana):
        assert LedgerEntry.objects.filter(kind="custody_event").latest("sequence").client_id == door.token.pk


def test_a_stranger_downloads_nothing_and_leaves_nothing(client, cast, file):
    client.force_login(cast.stranger)
    assert client.get(reverse("stored_file", args=[file.pk])).status_code == 404
    assert events(file, cast.ana) == []


def test_the_function_tells_of_nothing_but_downloads_of_what_one_may_read(as_app, cast, file):
    call = "SELECT custody_of_download(gen_random_uuid(), %s, false)"
    for person in (cast.stranger, cast.nobody, None):
        with pytest.raises(DatabaseError, match="no such file"):
            as_app(call, [file.pk], user=person)
    as_app(call, [file.pk], user=cast.vera)
    assert events(file, cast.ana) == [("exported", "Vera", "Downloaded")]


def test_bytes_that_are_gone_are_not_handed_out(client, cast, file):
    damage(file, None)
    client.force_login(cast.vera)
    answer = client.get(reverse("stored_file", args=[file.pk]), follow=True)
    assert "The bytes of this file are not in the store." in answer.content.decode()
    assert Door(client, cast.ana).get(f"/stored-files/{file.pk}/content/").status_code == 409
    assert events(file, cast.ana) == []


# --- Looked at again -----------------------------------------------------------------------------


def test_whole_bytes_are_looked_at_again_when_it_is_time_and_nothing_is_written_but_when(cast, file, settings):
    settings.RECHECK_DAYS = 30
    for days, expected in [(0, NOW), (29, NOW), (31, NOW + timedelta(days=31))]:
        assert check_what_is_due(NOW + timedelta(days=days)) == 0
        with acting_as(cast.ana):
            assert ByteCheck.objects.get(file_id=file.pk).checked_at == expected
    assert events(file, cast.ana) == []
    assert now_of(file, cast.ana).version == file.version


@pytest.mark.parametrize(
    ("content", "state", "sentence"),
    [(b"Words on a pagE.", "altered", "no longer have the hash"), (None, "missing", "are gone")],
)
def test_altered_or_missing_bytes_raise_the_alarm_once(client, cast, file, content, state, sentence):
    damage(file, content)
    for days in (0, 31):
        assert check_what_is_due(NOW + timedelta(days=days)) == 1
    assert events(file, cast.ana) == [(state, "None", file.sha256)]
    for person, times in [(cast.sofia, 1), (cast.sigrid, 1), (cast.ana, 0), (cast.stranger, 0)]:
        with acting_as(person):
            told = list(Notification.objects.filter(event="bytes_not_whole").values_list("sentence", flat=True))
        assert len(told) == times
        assert all(sentence in each for each in told)
    client.force_login(cast.vera)
    page = client.get(reverse("evidence_item", args=[file.item_id])).content.decode()
    assert state.capitalize() in page
    door = Door(client, cast.ana)
    listed = door.get("/evidence-items/", {"bytes_not_whole": "true"}).json()["results"]
    assert [each["id"] for each in listed] == [str(file.item_id)]
    assert door.get(f"/stored-files/{file.pk}/").json()["bytes_state"] == state


def test_bytes_that_came_back_are_whole_again(cast, file):
    original = default_storage.open(path_of(file.sha256)).read()
    for content in (b"Other.", original):
        damage(file, content)
        note(file, state_of(file.sha256), timezone.now())
    assert [action for action, _, _ in events(file, cast.ana)] == ["altered", "restored"]
    assert now_of(file, cast.ana).bytes_state == ""


def test_an_approval_on_bytes_that_changed_under_the_same_size_becomes_stale(cast, approved):
    with acting_as(cast.ana):
        cited = StoredFile.objects.order_by("pk").first()
    damage(cited, b"x" * cited.size)
    check_bytes(timestamp=0)
    with acting_as(cast.ana):
        approved.refresh_from_db()
        assert approved.status == "stale"
        assert "no longer have the hash they came with" in approved.state_note


def test_nobody_calls_bytes_whole_by_hand(as_app, cast, file):
    with pytest.raises(DatabaseError, match="permission denied"):
        as_app("UPDATE evidence_bytecheck SET checked_at = now()", user=cast.ana)
    with pytest.raises(DatabaseError, match="said only by looking"):
        as_app("UPDATE evidence_storedfile SET bytes_state = 'altered' WHERE id = %s", [file.pk], user=cast.ana)


def test_when_bytes_were_looked_at_is_told_to_who_may_read_them(as_app, cast, file):
    check_what_is_due(NOW)
    assert len(as_app("SELECT 1 FROM evidence_bytecheck", user=cast.vera)) == 1
    assert as_app("SELECT 1 FROM evidence_bytecheck", user=cast.stranger) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_who_look_at_once_one_tells(cast, file):
    damage(file, b"Other.")
    at_once(*(lambda: note(file, state_of(file.sha256), timezone.now()),) * 2)
    assert [action for action, _, _ in events(file, cast.ana)] == ["altered"]


# --- Time-stamps ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    with Authority(tmp_path_factory.mktemp("authority")) as running:
        yield running


@pytest.fixture
def configured(authority, settings):
    settings.TIMESTAMP_URL, settings.TIMESTAMP_ROOTS = authority.url, str(authority.roots)
    authority.answers = authority.sign
    return authority


def test_without_an_authority_the_page_says_so_and_nobody_is_asked(client, cast, file, settings):
    settings.TIMESTAMP_URL = ""
    stamp(timestamp=0)
    client.force_login(cast.vera)
    assert "No external time-stamp." in client.get(reverse("evidence_item", args=[file.item_id])).content.decode()
    with acting_as(cast.ana):
        assert not TimeStamp.objects.exists()


def test_an_authority_signs_each_file_once_and_custody_tells_of_it(client, cast, file, configured):
    before = timezone.now().replace(microsecond=0)
    stamp(timestamp=0)
    stamp(timestamp=0)
    with acting_as(cast.ana):
        made = TimeStamp.objects.get(file=file)
    assert (made.signer, made.authority, made.policy) == ("Test authority", configured.url, "1.2.3.4.1")
    assert before <= made.stamped_at <= timezone.now()
    assert [(action, who) for action, who, _ in events(file, cast.ana)] == [("stamped", "None")]
    client.force_login(cast.vera)
    page = client.get(reverse("evidence_item", args=[file.item_id])).content.decode()
    assert "by Test authority" in page
    assert "No external time-stamp." not in page
    answer = client.get(reverse("time_stamp_answer", args=[made.pk])).content
    assert answer == Door(client, cast.vera, "read").get(f"/time-stamps/{made.pk}/answer/").content
    assert configured.openssl_verifies(answer, file.sha256)
    client.force_login(cast.stranger)
    assert client.get(reverse("time_stamp_answer", args=[made.pk])).status_code == 404


def test_what_is_kept_verifies_later_and_for_no_other_hash(cast, file, configured):
    stamping.stamp_file(file)
    with acting_as(cast.ana):
        kept = base64.b64decode(TimeStamp.objects.get().response)
    assert stamping.verified(kept, file.sha256, roots=stamping.roots()).signer == "Test authority"
    with pytest.raises(stamping.NotStamped, match="does not hold"):
        stamping.verified(kept, hashlib.sha256(b"Other.").hexdigest(), roots=stamping.roots())


@pytest.mark.parametrize("wrong", ["refuse", "replay", "nonsense", "fail", "sign_as_a_stranger"])
def test_an_answer_that_does_not_hold_is_not_kept(cast, file, configured, wrong):
    configured.answers = getattr(configured, wrong)
    with pytest.raises(stamping.NotStamped):
        stamping.stamp_file(file)
    assert stamping.stamp_what_is_not() == 0
    with acting_as(cast.ana):
        assert not TimeStamp.objects.exists()
    assert events(file, cast.ana) == []


def test_a_time_stamp_stays_as_it_was_signed(as_app, cast, file, configured):
    stamping.stamp_file(file)
    with pytest.raises(DatabaseError, match="stays as it was signed"):
        as_app("UPDATE evidence_timestamp SET stamped_at = now()", user=cast.ana)


# --- The report ----------------------------------------------------------------------------------


def test_the_report_names_hashes_events_people_and_how_to_verify(client, cast, file, configured):
    stamping.stamp_file(file)
    check_what_is_due(NOW)
    client.force_login(cast.vera)
    b"".join(client.get(reverse("stored_file", args=[file.pk])).streaming_content)
    address = reverse("custody_report", args=[file.item_id])
    told = client.get(address, {"as": "html"}).content.decode()
    with acting_as(cast.ana):
        last = CustodyEvent.objects.filter(file=file).latest("pk")
        number = LedgerEntry.objects.get(object_id=last.pk).sequence
    for expected in (file.sha256, "Received", "Vera", "Downloaded", "2026-06-01 00:00:00 UTC: whole", "Test authority"):
        assert expected in told
    assert str(number) in told
    assert "openssl ts -verify" in told
    assert told.count(file.sha256) == 1  # in full once; a cell of a table is too narrow for it
    answer = client.get(address)
    assert (answer.content[:5], answer.headers["Content-Type"]) == (b"%PDF-", "application/pdf")
    assert (
        Door(client, cast.vera, "read").get(f"/evidence-items/{file.item_id}/custody-report/").content[:5] == b"%PDF-"
    )
    assert client.get(address, {"as": "odt"}).status_code == 404


def test_the_report_says_plainly_what_is_missing(client, cast, east, file, settings):
    settings.TIMESTAMP_URL = ""
    damage(file, None)
    check_what_is_due(NOW)
    client.force_login(cast.vera)
    told = client.get(reverse("custody_report", args=[file.item_id]), {"as": "html"}).content.decode()
    assert "No external time-stamp." in told
    assert "The bytes are not whole" in told
    assert "openssl" not in told
    with acting_as(cast.ana):
        bare = making.an_item(by=cast.ana, workspace=east)
    told = client.get(reverse("custody_report", args=[bare.pk]), {"as": "html"}).content.decode()
    assert "No bytes are held" in told


def test_a_report_is_there_for_who_may_read_the_item(client, cast, file):
    assert Door(client, cast.stranger).get(f"/evidence-items/{file.item_id}/custody-report/").status_code == 404
    assert Door(client, cast.ana).get(f"/evidence-items/{file.item_id}/custody-report/", {"as": "x"}).status_code == 400


def test_custody_tells_that_an_approval_was_sealed_over_the_words_of_a_file(cast, approved):
    with acting_as(cast.ana):
        file = approved.citations.first().passage.page.file
        event = CustodyEvent.objects.get(file=file, action="sealed")
        assert (event.note, event.created_by) == (approved.seal, cast.sofia)
