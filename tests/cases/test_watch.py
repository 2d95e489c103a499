"""Watches: they tell their owner, once, of what is new, as the owner and within the owner's wall."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.errors import IllegalStep, NotYours
from accounts.models import ApiToken, Membership
from cases import watching
from cases.models import FlowObservation, Watch, WatchLook, WatchMatch
from cases.tasks import look_out_for_watches
from cases.watching import canonical
from ledger.acting import acting_as, as_owner
from ledger.models import LedgerEntry, Notification
from tests import making


def told(person) -> list[tuple[str, str]]:
    """What watches told a person, after they looked."""
    look_out_for_watches(0)
    with acting_as(person):
        fired = Notification.objects.filter(event="watch_fired").order_by("pk").shown()
        return [(str(each.about), each.sentence) for each in fired]


def search(by, room, query="status=open", over="incident", **more) -> Watch:
    with acting_as(by):
        return Watch.add(by=by, workspace=room, sort="search", title="Open ones", over=over, query=query, **more)


def incident(by, room, title="Buses", **more):
    with acting_as(by):
        return making.an_incident(by=by, workspace=room, title=title, **more)


def test_a_search_tells_of_what_newly_matches_once(cast, east):
    incident(cast.ana, east, "Old")
    search(cast.ben, east)
    assert told(cast.ben) == []
    new = incident(cast.ana, east, "New")
    other = incident(cast.ana, east, "Other", status="closed")
    for _ in range(2):
        assert told(cast.ben) == [(str(new), "Found by your watch “Open ones”.")]
    with acting_as(cast.ana):
        other.change(by=cast.ana, status="open")
        new.change(by=cast.ana, summary="Longer.")
    assert [each[0] for each in told(cast.ben)] == [str(new), str(other)]
    assert told(cast.sofia) == told(cast.ana) == []


def test_what_leaves_a_search_and_comes_back_is_not_told_again(cast, east):
    search(cast.ben, east)
    new = incident(cast.ana, east)
    assert len(told(cast.ben)) == 1
    for status in ("closed", "open"):
        with acting_as(cast.ana):
            new.change(by=cast.ana, status=status)
        assert len(told(cast.ben)) == 1


def test_a_search_tells_its_owner_of_their_own_work_too(cast, east):
    search(cast.ana, east)
    incident(cast.ana, east)
    assert len(told(cast.ana)) == 1


def test_many_matches_are_told_as_a_number(cast, east):
    search(cast.ben, east)
    for _ in range(11):
        incident(cast.ana, east)
    assert told(cast.ben) == [("Open ones", "11 new matches.")]


def test_a_watch_never_tells_of_what_its_owner_may_not_read(cast, east):
    cast.ben.memberships.update(clearance="amber")
    search(cast.ben, east)
    secret = incident(cast.ana, east, "Secret", marking="red")
    assert told(cast.ben) == []
    with acting_as(cast.ben):
        assert not WatchMatch.objects.exists()
    with acting_as(cast.ana):
        secret.change(by=cast.ana, marking="amber")
    assert [each[0] for each in told(cast.ben)] == [str(secret)]


def test_a_record_marked_anew_after_it_was_found_shows_nothing(cast, east):
    cast.ben.memberships.update(clearance="amber")
    search(cast.ben, east)
    new = incident(cast.ana, east)
    assert len(told(cast.ben)) == 1
    with acting_as(cast.ana):
        new.change(by=cast.ana, marking="red")
    assert told(cast.ben) == []


def test_a_watch_whose_owner_left_is_silent(cast, east):
    search(cast.ben, east)
    cast.ben.memberships.get().end(by=cast.sofia)
    incident(cast.ana, east)
    assert told(cast.ben) == []
    with as_owner():
        assert not Notification.objects.exists()
        assert not WatchMatch.objects.exists()


def test_a_watch_looks_in_its_own_room_only(cast, east, west):
    Membership.objects.create(user=cast.ben, workspace=west, role="analyst", clearance="red")
    search(cast.ben, east)
    incident(cast.stranger, west)
    assert told(cast.ben) == []


def test_a_watch_begun_through_a_token_does_not_tell_of_the_rest_later(cast, east):
    incident(cast.ana, east)
    ends = timezone.now() + timedelta(days=1)
    membership = cast.ben.memberships.get()
    token, _ = ApiToken.issue(by=cast.ben, membership=membership, name="x", scope="write", expires_at=ends)
    with acting_as(cast.ben, token=token):
        Watch.add(by=cast.ben, workspace=east, sort="search", title="x", over="incident")
    assert told(cast.ben) == []


def test_the_title_of_a_stricter_watch_is_not_told_with_what_it_found(cast, east):
    search(cast.ben, east, marking="red")
    incident(cast.ana, east, marking="amber")
    assert [each[1] for each in told(cast.ben)] == ["Found by one of your watches."]


def test_what_a_watch_found_and_when_is_its_owners_alone(cast, east):
    watch = search(cast.ben, east)
    incident(cast.ana, east)
    look_out_for_watches(0)
    with acting_as(cast.sofia):
        assert Watch.objects.get(pk=watch.pk).title == "Open ones"
        assert not WatchMatch.objects.exists()
        assert not WatchLook.objects.exists()
    with acting_as(cast.ben):
        assert WatchLook.objects.get().fired_at is not None
        assert LedgerEntry.objects.filter(object_id=watch.pk).count() == 1


def test_words_and_labels_are_watched_like_any_filter(cast, east):
    search(cast.ben, east, query="label=attributed&q=&after=x")
    search(cast.ben, east, over="evidence_item", query="q=overwhelmed")
    with acting_as(cast.ana):
        made = making.a_ready_attribution(by=cast.ana, workspace=east)
    assert {each[0] for each in told(cast.ben)} >= {str(made.incident)}
    assert len(told(cast.ben)) == 4


@pytest.mark.parametrize(
    ("over", "query", "sentence"),
    [
        ("incident", "status=weather", "weather"),
        ("incident", "colour=red", "no filter colour"),
        ("weather", "", "Choose a list|not a valid choice"),
    ],
)
def test_a_search_is_checked_by_the_filters_of_its_list(cast, east, over, query, sentence):
    with pytest.raises(ValidationError, match=sentence):
        search(cast.ana, east, query=query, over=over)


def test_a_query_is_kept_without_what_is_empty_and_in_one_order():
    assert canonical("?status=open&q=&marking=red&marking=amber&after=1&format=csv&workspace=x") == (
        "marking=red&marking=amber&status=open"
    )


def test_a_filter_that_lost_its_ground_is_told_as_trouble(cast, east):
    with acting_as(cast.ana):
        actor = making.an_actor(by=cast.ana, workspace=east, marking="amber")
    cast.ben.memberships.update(clearance="amber")
    search(cast.ben, east, query=f"actor={actor.pk}")
    with acting_as(cast.ana):
        actor.change(by=cast.ana, marking="red")
    assert told(cast.ben) == []
    with acting_as(cast.ben):
        assert "no longer there" in WatchLook.objects.get().trouble


def test_a_date_is_told_on_its_day_and_once(cast, east):
    about = incident(cast.ana, east)
    today = timezone.localdate()
    with acting_as(cast.ben):
        told_of = {"about": about, "title": "Again", "note": "The talks end."}
        watch = Watch.add(by=cast.ben, sort="date", look_on=today + timedelta(days=1), **told_of)
    assert told(cast.ben) == []
    with acting_as(cast.ben):
        watch.change(by=cast.ben, look_on=today)
    for _ in range(2):
        assert told(cast.ben) == [(str(about), "Look again: The talks end.")]


def test_a_flow_is_told_when_one_count_reaches_the_number(cast, east):
    about = incident(cast.ana, east)

    def count(low, high, **more):
        given = {"observed_from": "2026-05", "unit": "attempts", **more}
        with acting_as(cast.ana):
            return FlowObservation.add(by=cast.ana, incident=about, low=low, high=high, **given)

    count(5000, 5000)
    with acting_as(cast.ben):
        Watch.add(
            by=cast.ben, about=about, sort="flow", title="Much", unit="attempts", at_least=1000, counted_from="2026-02"
        )
    count(600, 600)
    count(500, 500)
    count(2000, 2000, unit="arrivals")
    count(2000, 2000, observed_from="2026-01")
    assert told(cast.ben) == []
    reached = count(900, 1100, observed_from="2026-06")
    for _ in range(2):
        assert told(cast.ben) == [(str(reached), "Found by your watch “Much”.")]


@pytest.mark.parametrize(
    "lacking",
    [
        {"sort": "date", "title": "x"},
        {"sort": "flow", "title": "x", "unit": "attempts"},
        {"sort": "flow", "title": "x", "at_least": 5},
        {"sort": "flow", "title": "x", "unit": "attempts", "at_least": 0},
        {"sort": "search", "title": "x", "over": "incident"},
        {"sort": "weather", "title": "x"},
    ],
)
def test_a_watch_has_what_its_sort_asks_for(cast, east, lacking):
    about = incident(cast.ana, east)
    with acting_as(cast.ana), pytest.raises(ValidationError):
        Watch.add(by=cast.ana, about=about, **lacking)


def test_a_watch_is_paused_resumed_and_withdrawn_by_its_owner(cast, east):
    watch = search(cast.ana, east)
    with acting_as(cast.sofia):
        for step in (
            lambda: watch.pause(by=cast.sofia),
            lambda: watch.resume(by=cast.sofia),
            lambda: watch.change(by=cast.sofia, title="x"),
        ):
            with pytest.raises(NotYours, match="owner"):
                step()
    with acting_as(cast.ana):
        with pytest.raises(IllegalStep, match="active"):
            watch.resume(by=cast.ana)
        watch.pause(by=cast.ana)
        with pytest.raises(IllegalStep, match="paused"):
            watch.pause(by=cast.ana)
    incident(cast.ben, east)
    assert told(cast.ana) == []
    with acting_as(cast.ana):
        watch.resume(by=cast.ana)
    assert len(told(cast.ana)) == 1
    with acting_as(cast.ana):
        with pytest.raises(ValidationError):
            watch.withdraw(by=cast.ana, reason="")
        watch.withdraw(by=cast.ana, reason="Over.")
        with pytest.raises(IllegalStep):
            watch.withdraw(by=cast.ana, reason="Again.")
        with pytest.raises(IllegalStep):
            watch.change(by=cast.ana, title="x")
    incident(cast.ben, east)
    assert len(told(cast.ana)) == 1


def test_a_watch_that_is_changed_does_not_tell_of_what_matches_already(cast, east):
    watch = search(cast.ben, east, query="status=closed")
    incident(cast.ana, east)
    with acting_as(cast.ben):
        watch.change(by=cast.ben, query="status=open")
    assert told(cast.ben) == []


def test_a_supervisor_withdraws_what_an_owner_left_behind(cast, east):
    watch = search(cast.ana, east)
    with acting_as(cast.ben), pytest.raises(NotYours):
        watch.withdraw(by=cast.ben, reason="Not mine.")
    with acting_as(cast.sofia):
        watch.withdraw(by=cast.sofia, reason="She left.")


def test_a_watch_that_breaks_keeps_no_other_from_looking(cast, east, monkeypatch):
    broken, sound = search(cast.ana, east), search(cast.ben, east)
    incident(cast.sofia, east)
    asked = watching.filtered

    def break_one(watch):
        if watch.pk == broken.pk:
            raise KeyError("broken")
        return asked(watch)

    monkeypatch.setattr(watching, "filtered", break_one)
    assert len(told(cast.ben)) == 1
    with acting_as(cast.ben):
        assert WatchLook.objects.get().watch_id == sound.pk
