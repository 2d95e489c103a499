"""The script that checks a proof bundle with Python's standard library alone."""

import importlib.util
import json

import pytest
from django.core.management import call_command
from django.db.models import Max
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import SealedPacket
from ledger.acting import acting_as, as_owner
from ledger.checkpoints import public_key
from ledger.models import Checkpoint, LedgerEntry
from tests.exchange.bundles import PACKET, PUBLIC, SCRIPT, a_bundle, sha256, verify

SEED = "11" * 32
OTHER = "22" * 32


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("verify_packet", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_good_bundle_verifies_and_says_whose_key_served(tmp_path):
    status, words = verify(a_bundle(), tmp_path, "--key", PUBLIC)
    assert (status, words.count("ok    "), "the key that you gave" in words) == (0, 9, True)
    status, words = verify(a_bundle(), tmp_path)
    assert (status, "the bundle vouches for itself" in words) == (0, True)


def test_a_chain_leads_to_the_first_signed_checkpoint(tmp_path):
    status, words = verify(a_bundle(chained=True), tmp_path, "--key", PUBLIC)
    assert (status, "chain of 2 checkpoints" in words, "signature of checkpoint 2 holds" in words) == (0, True, True)


def test_an_unsigned_checkpoint_is_enough_only_where_that_is_allowed(tmp_path):
    status, words = verify(a_bundle(signed=False), tmp_path)
    assert (status, "not signed" in words) == (1, True)
    assert verify(a_bundle(signed=False), tmp_path, "--allow-unsigned")[0] == 0


def changed(part: str, old: str, new: str):
    def change(bundle):
        assert old in bundle[part]
        bundle[part] = bundle[part].replace(old, new)

    return change


def put(*path, value):
    def change(bundle):
        *way, last = path
        for name in way:
            bundle = bundle[name]
        assert bundle[last] != value
        bundle[last] = value

    return change


TAMPERINGS = [
    ("quote", changed("packet", "carriers", "couriers"), "seal"),
    ("spacing", changed("packet", '"note":', '"note": '), "packet"),
    ("order", changed("packet", '{"attribution"', '{"zz":1,"attribution"'), "packet"),
    ("seal", put("seal", value="0" * 64), "seal"),
    ("document", changed("document", "carriers", "couriers"), "document"),
    ("entry", lambda b: b["entry"].update(canonical=b["entry"]["canonical"].replace("amber", "clear")), "entry"),
    ("entry hash", put("entry", "hash", value="0" * 64), "path"),
    ("path", put("inclusion", "path", 0, value="0" * 64), "path"),
    ("path cut", lambda b: b["inclusion"]["path"].pop(), "path"),
    ("path longer", lambda b: b["inclusion"]["path"].append("0" * 64), "path"),
    ("index", put("inclusion", "leaf_index", value=3), "path"),
    ("index outside", put("inclusion", "leaf_index", value=7), "path"),
    ("size", put("inclusion", "tree_size", value=8), "path"),
    ("root", put("checkpoint", "root", value="0" * 64), "checkpoint"),
    ("time", put("checkpoint", "at", value="2025-01-01T00:00:00+00:00"), "checkpoint"),
    ("digest", put("checkpoint", "digest", value="0" * 64), "signature"),
    ("signature", put("checkpoint", "signature", value="0" * 128), "signature"),
    ("signature shape", put("checkpoint", "signature", value="xyz"), "signature"),
    ("key", put("public_key", value=OTHER), "signature"),
    ("no key", put("public_key", value=""), "signature"),
]


@pytest.mark.parametrize(("change", "named"), [each[1:] for each in TAMPERINGS], ids=[each[0] for each in TAMPERINGS])
def test_each_tampering_is_caught_and_named(tmp_path, change, named):
    bundle = a_bundle()
    change(bundle)
    status, words = verify(bundle, tmp_path)
    assert status == 1
    assert any(line.startswith(f"FAIL  {named} ") for line in words.splitlines()), words


def test_a_broken_chain_is_named(tmp_path):
    bundle = a_bundle(chained=True)
    bundle["chain"][0]["previous_digest"] = "0" * 64
    assert "FAIL  chain" in verify(bundle, tmp_path)[1]


def test_a_packet_re_sealed_by_a_forger_does_not_fit_the_ledger(tmp_path):
    bundle = a_bundle()
    forged = a_bundle()["packet"].replace("carriers", "couriers")
    bundle["document"] = bundle["document"].replace("carriers", "couriers")
    bundle |= {"packet": forged, "seal": sha256(forged)}
    status, words = verify(bundle, tmp_path, "--key", PUBLIC)
    assert (status, "FAIL  document" in words, "FAIL  record" in words) == (1, True, True)


@pytest.mark.parametrize("told", [b"", b"[]", b"{}", b'{"format": "attest-proof/1"}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_bundle_is_refused_in_a_sentence(tmp_path, told):
    status, words = verify(told, tmp_path)
    assert (status, "FAIL" in words) == (1, True)


def test_a_wrong_key_on_the_command_line_is_refused(tmp_path):
    assert verify(a_bundle(), tmp_path, "--key", "abc")[0] == 2
    assert "does not hold by the key that you gave" in verify(a_bundle(), tmp_path, "--key", OTHER)[1]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_one_byte_changed_in_the_packet_fails(tmp_path, data):
    bundle = a_bundle()
    told = bytearray(bundle["packet"].encode())
    at = data.draw(st.integers(0, len(told) - 1))
    told[at] ^= data.draw(st.integers(1, 255))
    bundle["packet"] = told.decode(errors="surrogateescape")
    place = json.dumps(bundle).encode()
    status, words = verify(place, tmp_path, "--key", PUBLIC)
    assert (status, "FAIL" in words) == (1, True)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 13])
def test_every_leaf_of_trees_of_every_shape_is_under_its_root(script, size):
    for index in range(size):
        assert script.entry_is_under_the_root(a_bundle(size=size, index=index))


def test_the_small_serialiser_writes_what_the_standard_asks(script):
    assert script.canonical(PACKET) == a_bundle()["packet"]
    assert script.canonical({"\u007f\u0001\b\f": "€/\\"}) == '{"\u007f\\u0001\\b\\f":"€/\\\\"}'
    for wrong in (1.5, 2**53):
        with pytest.raises(script.Fault):
            script.canonical({"n": wrong})


# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_signatures_of_the_standard_hold_and_no_others(script, key, message, signature):
    key, message, signature = map(bytes.fromhex, (key, message, signature))
    assert script.signature_holds(key, message, signature)
    assert not script.signature_holds(key, message + b"x", signature)
    assert not script.signature_holds(key, message, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not script.signature_holds(key[:-1], message, signature)
    beyond = int.from_bytes(signature[32:], "little") + script.ORDER  # a second spelling of the same scalar
    assert not script.signature_holds(key, message, signature[:32] + beyond.to_bytes(32, "little"))


def test_before_a_checkpoint_the_bundle_says_so_and_does_not_verify(client, cast, approved, tmp_path):
    client.force_login(cast.vera)
    answer = client.get(reverse("sealed_packet_proof", args=[approved.pk, 1]))
    assert "not yet covered by a checkpoint" in answer.json()["uncovered"]
    status, words = verify(answer.content, tmp_path)
    assert (status, words.count("not yet covered")) == (1, 4)
    assert words.count("ok    ") == 5


def test_strangers_get_no_proof_by_either_door(client, cast, approved):
    with acting_as(cast.ana):
        packet = SealedPacket.objects.get()
    for person in (cast.stranger, cast.nobody):
        client.force_login(person)
        assert client.get(reverse("sealed_packet_proof", args=[approved.pk, 1])).status_code == 404
        assert client.get(f"/api/v1/sealed-packets/{packet.pk}/proof/").status_code == 404
    client.logout()
    assert client.get(reverse("sealed_packet_proof", args=[approved.pk, 1])).status_code == 302


def cover_everything() -> None:
    """Make checkpoints until one covers the last entry: a transaction of another test may hold the horizon back."""
    covered = -1
    with as_owner():
        last = LedgerEntry.objects.aggregate(Max("transaction"))["transaction__max"]
    while covered <= last:
        call_command("ledger", "checkpoint")
        covered = Checkpoint.objects.aggregate(Max("to_transaction"))["to_transaction__max"] or -1


@pytest.mark.django_db(transaction=True)
def test_the_bundle_of_a_signed_ledger_verifies_from_both_doors(client, cast, approved, tmp_path, settings):
    settings.LEDGER_SIGNING_KEY = SEED
    cover_everything()
    with acting_as(cast.vera):
        packet = SealedPacket.objects.get()
    client.force_login(cast.vera)
    for address in (
        reverse("sealed_packet_proof", args=[approved.pk, 1]),
        f"/api/v1/sealed-packets/{packet.pk}/proof/",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        status, words = verify(answer.content, tmp_path, "--key", public_key())
        assert status == 0, words
    call_command("ledger", "verify")


@pytest.mark.django_db(transaction=True)
def test_without_a_key_the_chain_leads_to_the_next_signed_checkpoint(client, cast, approved, tmp_path, settings):
    settings.LEDGER_SIGNING_KEY = ""
    cover_everything()
    settings.LEDGER_SIGNING_KEY = SEED
    with acting_as(cast.ana):
        approved.incident.change(by=cast.ana, border_section="North")
    cover_everything()
    client.force_login(cast.vera)
    answer = client.get(reverse("sealed_packet_proof", args=[approved.pk, 1]))
    status, words = verify(answer.content, tmp_path, "--key", public_key())
    assert (status, "chain of 2 checkpoints" in words) == (0, True), words


def test_the_script_is_handed_out_as_it_is(client, cast):
    client.force_login(cast.nobody)
    answer = client.get(reverse("verify_packet"))
    assert b"".join(answer.streaming_content) == SCRIPT.read_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment")
