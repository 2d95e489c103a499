"""Near copies: what is found, who hears of it, and what a person makes of it."""

import random

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.errors import IllegalStep, NotYours
from evidence import near_copies
from evidence.beside import beside
from evidence.models import Derivation, EvidenceItem, Fingerprint, NearCopy, StoredFile, TextSignature
from evidence.near_copies import candidates, find_near_copies, look_at_what_was_not
from evidence.origins import origins_of
from evidence.shingles import LEAST_SHINGLES, likeness, shingles_of, sketch_of, words_of
from evidence.tasks import find_copies, find_copies_of_the_rest
from ledger.acting import acting_as, as_owner
from ledger.models import LedgerEntry
from tests import making
from tests.api.test_kinds import Door


def a_text(words: int, seed: int = 0) -> str:
    """Words as they come, the same for the same seed."""
    chance = random.Random(seed)
    return " ".join(f"w{chance.randrange(100_000)}" for _ in range(words))


STORY = a_text(200)


def looked_at(item: EvidenceItem) -> int:
    return find_near_copies(item.pk)


def an_item(cast, east, text: str, **fields) -> EvidenceItem:
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, text=text, **fields)


@pytest.fixture
def pair(cast, east) -> tuple[EvidenceItem, EvidenceItem]:
    """A story and its copy a day later, both looked at."""
    first = an_item(cast, east, STORY, title="Wire", published="2021-07-01")
    second = an_item(cast, east, f"Our paper. {STORY}", title="Paper", published="2021-07-02")
    for each in (first, second):
        looked_at(each)
    return first, second


@pytest.fixture
def suggestion(cast, pair) -> NearCopy:
    with acting_as(cast.ana):
        return NearCopy.objects.get()


# --- Texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Ministry said: “No.”", "the ministry said no"),
        ("ＦＵＬＬ width", "full width"),
        ("facili-\ntated flights", "facilitated flights"),
        ("so\xadft hyphens", "soft hyphens"),
        ("Straße", "STRASSE"),
    ],
)
def test_what_reads_the_same_is_folded_alike(one, other):
    assert [each.folded for each in words_of(one)] == [each.folded for each in words_of(other)]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_every_word_stands_where_it_is_said_to(text):
    ends = 0
    for word in words_of(text):
        assert ends <= word.start < word.end <= len(text)
        ends = word.end


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_likeness_is_as_by_definition(one, other):
    found = likeness(frozenset(one), frozenset(other))
    common, both = len(one & other), len(one | other)
    assert found.similarity == (100 * common // both if one and other else 0)
    assert found.containment == (100 * common // min(len(one), len(other)) if one and other else 0)
    assert found.similarity <= found.containment


@pytest.mark.parametrize("seed", range(20))
def test_sketches_of_what_is_alike_or_inside_share_a_key(seed):
    words = a_text(400, seed).split()
    kept = [word if number % 14 else "other" for number, word in enumerate(words)]
    inside = [*a_text(3000, seed + 1000).split(), *words[100:220]]
    keys = [set(sketch_of(shingles_of(" ".join(each))).keys) for each in (words, kept, inside)]
    assert keys[0] & keys[1]
    assert keys[0] & keys[2]


def test_a_short_text_is_nobodys_copy():
    assert sketch_of(shingles_of(a_text(LEAST_SHINGLES + 3))) is None
    assert sketch_of(shingles_of(a_text(LEAST_SHINGLES + 4))) is not None


def test_two_texts_are_laid_side_by_side_where_they_run_alike():
    found = beside(f"{a_text(300, 5)} {STORY}", f"Our paper: {STORY.upper()}. {a_text(50, 6)}")
    for pieces in found:
        assert " ".join(piece.text for piece in pieces if piece.is_common).casefold().startswith(STORY[:300])
    assert found.other[0] == ("Our paper: ", False)
    assert beside(a_text(100, 7), a_text(100, 8)) is None


@given(st.lists(st.sampled_from("abc"), max_size=60), st.lists(st.sampled_from("abc"), max_size=60))
def test_what_is_common_is_in_both(one, other):
    found = beside(" ".join(one), " ".join(other))
    if found is not None:
        common = [[p.text for p in pieces if p.is_common] for pieces in found]
        assert common[0] == common[1]
        assert common[0]


# --- Finding -------------------------------------------------------------------------------------


def test_a_copy_is_suggested_once_with_how_alike_it_is(cast, pair, suggestion):
    assert (suggestion.item_id, suggestion.other_id) == (pair[1].pk, pair[0].pk)
    assert (suggestion.similarity, suggestion.containment, suggestion.ground) == (98, 100, "alike")
    for each in pair:
        assert looked_at(each) == 0
    with acting_as(cast.ana):
        assert NearCopy.objects.count() == 1
        entry = LedgerEntry.objects.get(kind="near_copy")
        assert (entry.step, entry.user_id) == ("suggest", None)
        assert len(set(origins_of([each.pk for each in pair]).values())) == 2  # a suggestion counts for nothing


def test_a_story_inside_a_long_article_is_suggested(cast, east):
    story = an_item(cast, east, STORY)
    article = an_item(cast, east, f"{a_text(1500, 1)} {' '.join(STORY.split()[:150])} {a_text(1500, 2)}")
    looked_at(story)
    assert looked_at(article) == 1
    with acting_as(cast.ana):
        found = NearCopy.objects.get()
    assert (found.ground, found.similarity < 10, found.containment) == ("inside", True, 74)


def test_what_is_not_alike_enough_is_not_suggested(cast, east):
    looked_at(an_item(cast, east, STORY))
    half = an_item(cast, east, f"{' '.join(STORY.split()[:100])} {a_text(100, 3)}")
    assert looked_at(half) == 0


def test_a_copy_in_another_workspace_is_none_of_ours(cast, west, pair):
    with acting_as(cast.stranger):
        theirs = making.an_item(by=cast.stranger, workspace=west, text=STORY)
    assert looked_at(theirs) == 0


def test_the_worker_finds_it_when_a_text_was_read(cast, east):
    first, second = an_item(cast, east, STORY), an_item(cast, east, STORY)
    for each in (first, second):
        find_copies(str(each.pk))
    with acting_as(cast.ana):
        assert NearCopy.objects.count() == 1


def test_every_text_that_is_read_is_looked_at_by_a_job(cast, east):
    item = an_item(cast, east, STORY)
    job = ProcrastinateJob.objects.get(status="todo", args__item_id=str(item.pk))
    assert job.task_name == "evidence.find_near_copies"


def test_items_from_before_are_looked_at_in_turn(cast, east):
    for _ in range(2):
        an_item(cast, east, STORY)
    find_copies_of_the_rest(timestamp=0)
    with acting_as(cast.ana):
        assert NearCopy.objects.count() == 1
    assert look_at_what_was_not() == 0


def test_a_text_read_anew_takes_the_place_of_what_was_kept(cast, east):
    item = an_item(cast, east, STORY)
    looked_at(item)
    with acting_as(cast.ana):
        StoredFile.receive_text(by=cast.ana, item=item, text=a_text(200, 9))
    looked_at(item)
    with as_owner():
        kept = TextSignature.objects.get(pk=item.pk)
        assert kept.shingles > 380
        assert sorted(Fingerprint.objects.values_list("hash", flat=True)) == sorted(kept.keys)


def test_what_stands_in_every_text_hides_no_copy(cast, east, monkeypatch):
    """More items than are followed for one key share an imprint, and came before the one that was copied."""
    monkeypatch.setattr(near_copies, "MOST_PER_KEY", 3)
    imprint, story = a_text(60, 4), a_text(150, 77)
    for number in range(5):
        looked_at(an_item(cast, east, f"{a_text(150, 100 + number)} {imprint}"))
    original = an_item(cast, east, f"{story} {imprint}")
    looked_at(original)
    assert looked_at(an_item(cast, east, f"{story} Printed anew. {imprint}")) == 1
    with acting_as(cast.ana):
        assert NearCopy.objects.get().other_id == original.pk


# --- Who hears of it -----------------------------------------------------------------------------


def test_nobody_hears_of_a_copy_of_what_they_may_not_read(client, cast, east):
    open_one = an_item(cast, east, STORY)
    secret = an_item(cast, east, STORY, marking="red")
    for each in (open_one, secret):
        looked_at(each)
    with acting_as(cast.ana):
        assert NearCopy.objects.get().marking == "red"
    with acting_as(cast.vera):
        assert not NearCopy.objects.exists()
    client.force_login(cast.vera)
    assert "Reads like" not in client.get(open_one.get_absolute_url()).content.decode()
    with acting_as(cast.ana):
        secret.change(by=cast.ana, marking="amber")
    with acting_as(cast.vera):
        assert not NearCopy.objects.exists()  # a marking is never loosened by itself


def test_what_is_marked_anew_takes_its_suggestions_along(cast, pair):
    with acting_as(cast.ana):
        pair[0].change(by=cast.ana, marking="red")
    with acting_as(cast.vera):
        assert not NearCopy.objects.exists()


@pytest.mark.parametrize("table", ["evidence_fingerprint", "evidence_textsignature"])
def test_nobody_reads_what_copies_are_found_by(as_app, cast, pair, table):
    with pytest.raises(DatabaseError, match="permission denied"):
        as_app(f"SELECT * FROM {table}", user=cast.ana)


# --- What a person makes of it -------------------------------------------------------------------


def test_confirming_records_that_the_later_one_repeats_the_earlier(cast, pair, suggestion):
    with acting_as(cast.ana):
        suggestion.confirm(by=cast.ana, nature="wire_copy", note="Word for word.")
        link = suggestion.derivation
        assert (link.item_id, link.original_id) == (pair[1].pk, pair[0].pk)
        assert (link.nature, link.note, link.created_by) == ("wire_copy", "Word for word.", cast.ana)
        assert suggestion.status == "confirmed"
        assert len(set(origins_of([each.pk for each in pair]).values())) == 1


def test_who_confirms_may_turn_the_direction(cast, pair, suggestion):
    with acting_as(cast.ana):
        suggestion.confirm(by=cast.ana, repeating=pair[0])
        assert suggestion.derivation.original_id == pair[1].pk


@pytest.mark.parametrize(
    ("first", "second", "later"),
    [("2021-07-01", "2021-07-02", 1), ("2022", "2021-07-02", 0), ("2021", "2021-07", 1), ("", "2021", 1)],
)
def test_the_later_one_is_presumed_to_repeat_as_far_as_dates_are_known(cast, east, first, second, later):
    items = [an_item(cast, east, STORY, published=each) for each in (first, second)]
    for one, other in (items, reversed(items)):
        assert NearCopy(item=one, other=other).presumed == items[later]


def test_a_link_that_is_there_already_is_taken_and_no_longer_suggested(cast, pair, suggestion):
    with acting_as(cast.ana):
        link = Derivation.add(by=cast.ana, item=pair[0], original=pair[1])
        assert not NearCopy.objects.open().exists()
        suggestion.confirm(by=cast.ana)
        assert suggestion.derivation == link


def test_what_is_dismissed_is_never_suggested_again(cast, pair, suggestion):
    with acting_as(cast.ana):
        with pytest.raises(ValidationError, match="Say why"):
            suggestion.dismiss(by=cast.ana, reason=" ")
        suggestion.dismiss(by=cast.ana, reason="Both print one decree.")
        assert (suggestion.status, suggestion.state_note) == ("dismissed", "Both print one decree.")
    for each in pair:
        assert looked_at(each) == 0
    with acting_as(cast.ana):
        assert NearCopy.objects.count() == 1
        for step in (
            lambda: suggestion.confirm(by=cast.ana),
            lambda: suggestion.dismiss(by=cast.ana, reason="Again."),
            lambda: suggestion.change(by=cast.ana, similarity=1),
        ):
            with pytest.raises(IllegalStep):
                step()


def test_readers_decide_nothing(cast, suggestion):
    with acting_as(cast.vera):
        seen = NearCopy.objects.get()
        with pytest.raises(NotYours):
            seen.confirm(by=cast.vera)
        with pytest.raises(NotYours):
            seen.dismiss(by=cast.vera, reason="No.")


def test_what_was_found_stays_as_it_was_found(as_app, cast, suggestion):
    with pytest.raises(DatabaseError, match="stays as it was found"):
        as_app("UPDATE evidence_nearcopy SET similarity = 1", user=cast.ana)


# --- Doors ---------------------------------------------------------------------------------------


def test_the_pages_show_both_texts_and_take_the_decision(client, cast, pair, suggestion):
    client.force_login(cast.ana)
    for each in pair:
        page = client.get(each.get_absolute_url()).content.decode()
        assert "Reads like" in page
        assert suggestion.get_absolute_url() in page
    told = client.get(suggestion.get_absolute_url()).content.decode()
    assert told.count('<mark class="common">') == 2
    listed = client.get(reverse("near_copies"), {"status": "suggested"}).content.decode()
    assert suggestion.get_absolute_url() in listed
    form = client.get(reverse("near_copy_confirm", args=[suggestion.pk])).content.decode()
    assert f'value="{pair[1].pk}" ' in form
    answer = client.post(
        reverse("near_copy_confirm", args=[suggestion.pk]), {"repeating": str(pair[1].pk), "nature": "mirror"}
    )
    assert (answer.status_code, answer.url) == (302, suggestion.get_absolute_url())
    assert "Mirrors it" in client.get(pair[1].get_absolute_url()).content.decode()
    again = client.post(reverse("near_copy_dismiss", args=[suggestion.pk]), {"reason": "No."})
    assert again.status_code == 409


def test_the_page_dismisses_with_a_reason(client, cast, pair, suggestion):
    client.force_login(cast.ana)
    address = reverse("near_copy_dismiss", args=[suggestion.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "One decree."}).status_code == 302
    assert "Reads like" not in client.get(pair[0].get_absolute_url()).content.decode()


def test_the_api_lists_and_filters(client, cast, pair, suggestion):
    door = Door(client, cast.ana)
    for asked in ({"item": str(pair[0].pk)}, {"item": str(pair[1].pk)}, {"status": "suggested", "ground": "alike"}):
        assert [each["id"] for each in door.get("/near-copies/", asked).json()["results"]] == [str(suggestion.pk)]
    assert door.get("/near-copies/", {"similarity_from": "99"}).json()["results"] == []
    assert door.send("post", "/near-copies/", {}).status_code == 405


def test_a_person_decides_through_the_api(in_person, client, cast, pair, suggestion):
    path = f"near-copies/{suggestion.pk}"
    assert in_person(cast.ana, f"{path}/dismiss", 1).status_code == 400
    stray = {"repeating_id": str(an_id(cast, pair)), "nature": "mirror"}
    assert in_person(cast.ana, f"{path}/confirm", 1, stray).status_code == 422
    done = in_person(cast.ana, f"{path}/confirm", 1, {"repeating_id": str(pair[0].pk), "nature": "mirror"})
    assert (done.status_code, done.json()["status"]) == (200, "confirmed"), done.content
    link = client.get(f"/api/v1/derivations/{done.json()['derivation_id']}/").json()
    assert (link["item_id"], link["nature"]) == (str(pair[0].pk), "mirror")
    assert in_person(cast.ana, f"{path}/dismiss", done.json()["version"], {"reason": "No."}).status_code == 409


def an_id(cast, pair):
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=pair[0].workspace).pk


def test_a_derivation_says_how_it_repeats(client, cast, pair):
    door = Door(client, cast.ana)
    told = {"item_id": str(pair[0].pk), "original_id": str(pair[1].pk), "nature": "translation"}
    assert door.send("post", "/derivations/", told).json()["nature"] == "translation"
    assert door.send("post", "/derivations/", told | {"nature": "x"}).status_code == 400


# --- At scale ------------------------------------------------------------------------------------

MANY = 3000


def test_candidates_among_many_are_looked_up_by_index(cast, east, pair):
    """The look-up of some hundred keys among many reads no table as a whole."""
    item = an_item(cast, east, STORY)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO evidence_fingerprint (hash, item_id)"
            " SELECT (random() * 9e18)::bigint, lpad(to_hex(n), 32, '0')::uuid"
            " FROM generate_series(1, %s) n, generate_series(1, 100)",
            [MANY],
        )
        cursor.execute("ANALYZE evidence_fingerprint")
        keys = sketch_of(shingles_of(STORY)).keys
        assert set(candidates(item, keys)) == {each.pk for each in pair}
        before = read_as_a_whole(cursor)
        candidates(item, keys)
        assert read_as_a_whole(cursor) == before


def read_as_a_whole(cursor) -> int:
    """Rows of fingerprints that this transaction has read without an index."""
    cursor.execute("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'evidence_fingerprint'")
    return cursor.fetchone()[0]
