"""What rests on what was expunged: approvals, seals, proofs, frozen texts; and the way back of the migrations."""

import importlib

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from cases.models import Attribution, SealedPacket, SubmittedVersion
from evidence.models import EvidenceItem
from ledger.acting import acting_as, as_owner
from ledger.checkpoints import public_key
from ledger.models import Checkpoint
from ledger.wall import raise_walls
from tests import making
from tests.evidence.expunging import NUMBER, TEXT, everywhere, expunged
from tests.exchange.bundles import verify as verify_bundle
from tests.exchange.feeding import settled
from tests.policy import proposing

# --- What rests on it -----------------------------------------------------------------------------


def test_an_approval_that_rests_on_it_becomes_stale_and_what_is_sealed_loses_the_words(approved, cast, verified):
    with acting_as(cast.ana):
        citation = approved.citations.select_related("passage__item").first()
        item, quote = citation.passage.item, citation.passage.quote
        seal = SealedPacket.objects.get().sha256
    expunged(cast, item)
    with acting_as(cast.ana):
        attribution = Attribution.objects.get(pk=approved.pk)
        packet = SealedPacket.objects.get()
        assert attribution.status == "stale"
        assert (packet.sha256, attribution.seal) == (seal, seal)
        for each in (packet, SubmittedVersion.objects.get()):
            assert item.title not in each.canonical
            assert quote not in each.canonical
            assert "[expunged]" in each.canonical
        assert not packet.fits_its_seal
    assert everywhere(item.title) == []


def test_words_that_a_frozen_judgement_repeats_go_there_too(approved, cast, verified):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_attribution WHERE source_summary = 'Three origins.'")
        assert cursor.fetchone()[0] == 1
    with acting_as(cast.ana):
        item = EvidenceItem.objects.first()
    asking = expunged(cast, item, "Three origins")
    assert asking.outcome["refused"] == []
    assert everywhere("Three origins") == []
    with acting_as(cast.ana):
        attribution = Attribution.objects.get(pk=approved.pk)
        assert (attribution.source_summary, attribution.status) == ("[expunged].", "approved")


def test_words_that_a_frozen_response_repeats_go_there_too(in_review, cast, verified):
    with acting_as(cast.ana):
        response = proposing.ready("sanctions", by=cast.ana, attribution=in_review)
        response.change(by=cast.ana, objective="That Ann Example is paid no more.")
        response.submit(by=cast.ana)
    asking = expunged(cast, response, "Ann Example")
    assert (asking.outcome["refused"], everywhere("Ann Example")) == ([], [])
    with acting_as(cast.ana):
        response.refresh_from_db()
        assert (response.objective, response.status) == ("That [expunged] is paid no more.", "in_review")


def test_what_its_own_rules_refuse_is_left_and_named(cast, east, verified):
    with acting_as(cast.ana):
        making.a_source(by=cast.ana, workspace=east, name="[expunged]")
        first = making.a_source(by=cast.ana, workspace=east, name="Ann Example")
    asking = expunged(cast, first, "Ann Example")
    assert asking.outcome["refused"] == [{"kind": "source", "id": str(first.pk)}]
    with acting_as(cast.sofia):
        held = asking.still_holding(asking.concerned())
        assert [each["why"] for each in held] == ["Its own rules refused it"]


# --- Proofs, and the way back ---------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_bundle_from_before_still_verifies_and_a_new_one_is_refused(approved, cast, client, tmp_path, settings):
    settings.LEDGER_SIGNING_KEY = "11" * 32
    settled()
    call_command("ledger", "checkpoint")
    address = reverse("sealed_packet_proof", args=[approved.pk, approved.round])
    client.force_login(cast.ana)
    before = client.get(address).json()
    with acting_as(cast.ana):
        item = approved.citations.select_related("passage__item").first().passage.item
    expunged(cast, item)
    settled()
    call_command("ledger", "checkpoint")
    call_command("ledger", "verify")
    assert Checkpoint.objects.count() == 2
    assert verify_bundle(before, tmp_path, "--key", public_key())[0] == 0
    refused = client.get(address, follow=True)
    assert refused.redirect_chain == [(approved.get_absolute_url(), 302)]
    assert "its seal can no longer be computed" in refused.content.decode()
    with acting_as(cast.ana):
        packet = SealedPacket.objects.get()
    assert client.get(f"/api/v1/sealed-packets/{packet.pk}/proof/").status_code == 409
    assert client.get(f"/api/v1/attributions/{approved.pk}/dossier/?as=html").status_code == 200
    assert client.get(approved.get_absolute_url()).status_code == 200


def test_a_packet_of_other_words_keeps_its_proof(approved, cast, client, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text=TEXT)
    expunged(cast, item, NUMBER)
    client.force_login(cast.ana)
    assert client.get(reverse("sealed_packet_proof", args=[approved.pk, approved.round])).status_code == 200


def test_the_migrations_go_back_and_forth(cast, east):
    ledger = importlib.import_module("ledger.migrations.0017_words_are_expunged")
    evidence = importlib.import_module("evidence.migrations.0022_personal_data_is_expunged")
    judgements = importlib.import_module("cases.migrations.0051_judgements_let_words_be_expunged")
    guards = [evidence.setting_aside(*evidence.GUARDS), *judgements.Migration.operations]
    with as_owner(), connection.cursor() as cursor:
        before = _functions(cursor)
        steps = [evidence.UNDO, *(each.reverse_sql for each in guards), evidence.WAITING_UNDONE, ledger.UNDO]
        for step in steps:
            cursor.execute(step)
        aside = {name for name, text in _functions(cursor).items() if "being_expunged" in text}
        assert aside == {"expunging_keeps_its_life", *SET_ASIDE_ABOVE}
        cursor.execute("SET LOCAL check_function_bodies = off")
        forth = [ledger.PERMIT + ledger.WORDS + ledger.EXPUNGE, evidence.WAITING, *(each.sql for each in guards)]
        for step in [*forth, evidence.REACH + evidence.PASSAGES + evidence.CARRY_OUT]:
            cursor.execute(step)
        raise_walls()
        assert _functions(cursor) == before
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east, text=TEXT)
    expunged(cast, item, NUMBER)
    assert everywhere(NUMBER) == []


SET_ASIDE_ABOVE = [
    "response_keeps_its_life",
    "response_part_moves_only_in_the_open",
    "sharing_keeps_to_what_was_agreed",
]


def _functions(cursor) -> dict[str, str]:
    """Our functions in PL/pgSQL and SQL, by name."""
    cursor.execute(
        "SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
        " WHERE pronamespace = 'public'::regnamespace AND lanname IN ('plpgsql', 'sql')"
    )
    return dict(cursor.fetchall())
