"""The pages on which people talk, are told, and watch."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Watch
from cases.watching import look_out
from ledger.acting import acting_as
from ledger.models import Comment, Notification, Task
from ledger.notices import tell
from ledger.talk import THREADS, Talk
from tests import making

A_PAGE_TAKES_MORE = 3
"""Queries that discussion and tasks may add to the page of a record."""


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


@pytest.fixture
def incident(cast, east):
    with acting_as(cast.ana):
        return making.an_incident(by=cast.ana, workspace=east, marking="amber")


def discussion(record) -> str:
    return reverse("discussion", args=[record.kind, record.pk])


def text(answer) -> str:
    return answer.content.decode()


def test_a_comment_is_written_on_the_record_and_stands_there(ana, cast, incident):
    page = incident.get_absolute_url()
    told = {"text": "Is that so? @Ben", "next": page, "mentions": [cast.sofia.pk]}
    answer = ana.post(discussion(incident), told)
    with acting_as(cast.ana):
        comment = Comment.objects.get()
    assert answer.url == f"{page}#comment-{comment.pk}"
    assert set(comment.mentions) == {cast.ben.pk, cast.sofia.pk}
    assert '<span class="mention">@Ben</span>' in text(ana.get(page))
    ana.post(discussion(incident), {"text": "It is.", "reply_to": comment.pk})
    assert "It is." in text(ana.get(discussion(incident)))


@pytest.mark.parametrize("page", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_one_is_never_led_to_another_site_after_a_comment(ana, incident, page):
    assert ana.post(discussion(incident), {"text": "x", "next": page}).url.startswith(discussion(incident))


def test_refused_words_come_back_with_the_reason(ana, cast, incident):
    answer = ana.post(discussion(incident), {"text": ""})
    assert (answer.status_code, "Write what you want to say." in text(answer)) == (422, True)
    with acting_as(cast.ana):
        head = Comment.add(by=cast.ana, about=incident, text="One")
        head.resolve(by=cast.ana, word="Done")
    answer = ana.post(discussion(incident), {"text": "A late word", "reply_to": head.pk})
    assert (answer.status_code, "This thread is resolved" in text(answer), "A late word" in text(answer)) == (
        409,
        True,
        True,
    )


def test_markup_in_a_comment_is_only_words(ana, incident):
    ana.post(discussion(incident), {"text": "<script>alert(1)</script> @Ben"})
    assert "<script>alert" not in text(ana.get(incident.get_absolute_url()))


def test_with_htmx_the_discussion_comes_alone(ana, incident):
    answer = ana.post(discussion(incident), {"text": "Is that so?"}, headers={"HX-Request": "true"})
    assert text(answer).lstrip().startswith("<section")
    assert "Is that so?" in text(answer)


def test_every_citation_counts_its_comments_and_opens_its_thread(ana, cast, draft):
    with acting_as(cast.ana):
        citation = draft.citations.first()
        Comment.add(by=cast.ana, about=citation, text="Weak.")
        Comment.add(by=cast.ana, about=citation, text="Mistaken.").withdraw(by=cast.ana, reason="x")
    page = text(ana.get(draft.get_absolute_url()))
    assert page.count("1 comment<") == 1
    assert "Weak." not in page
    assert "Weak." in text(ana.get(discussion(citation)))


def test_a_citation_of_withheld_words_is_discussed_without_showing_them(client, cast, draft):
    with acting_as(cast.ana):
        citation = draft.citations.select_related("passage__item").first()
        citation.passage.item.change(by=cast.ana, marking="red")
        quote = citation.passage.quote
        Comment.add(by=cast.ana, about=citation, text="@Vera, weak.")
        Task.add(by=cast.ana, about=citation, title="Check it", assignee=cast.vera)
    client.force_login(cast.vera)
    for page in (discussion(citation), reverse("notifications"), reverse("tasks"), reverse("desk")):
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert quote not in text(answer), page


def test_viewers_see_the_discussion_and_no_form(client, cast, incident):
    with acting_as(cast.ana):
        Comment.add(by=cast.ana, about=incident, text="Is that so?")
    client.force_login(cast.vera)
    page = text(client.get(incident.get_absolute_url()))
    assert "Is that so?" in page
    assert "comment-form" not in page
    assert client.post(discussion(incident), {"text": "x"}).status_code == 403


def test_long_discussions_are_cut_on_the_page_and_whole_on_their_own(ana, cast, incident):
    with acting_as(cast.ana):
        for number in range(THREADS + 2):
            head = Comment.add(by=cast.ana, about=incident, text=f"Thread {number}.")
        Comment.add(by=cast.ana, about=incident, text="A reply.", reply_to=head)
    page = text(ana.get(incident.get_absolute_url()))
    assert ("Thread 1." in page, "Thread 2." in page, "A reply." in page, "All threads" in page) == (
        False,
        True,
        True,
        True,
    )
    assert "Thread 0." in text(ana.get(discussion(incident)))


@pytest.mark.parametrize("name", ["incident", "attribution", "evidence_item", "actor"])
def test_talk_adds_at_most_three_queries_whatever_is_said(ana, cast, draft, name, monkeypatch):
    with acting_as(cast.ana):
        item = draft.citations.select_related("passage__item").first().passage.item
        record = {"incident": draft.incident, "attribution": draft, "evidence_item": item, "actor": draft.actor}[name]
    counted = []
    for number in (0, 1, 4):
        with acting_as(cast.ana):
            for _ in range(number):
                head = Comment.add(by=cast.ana, about=record, text="@Ben?")
                Comment.add(by=cast.ana, about=record, text="@Sofia!", reply_to=head)
                Task.add(by=cast.ana, about=record, title="x", assignee=cast.ben)
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(record.get_absolute_url()).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] == counted[2]
    for part in ("people", "_threads", "tasks"):
        monkeypatch.setattr(Talk, part, [])  # the same page without talk
    with CaptureQueriesContext(connection) as queries:
        ana.get(record.get_absolute_url())
    assert 0 < counted[0] - len(queries) <= A_PAGE_TAKES_MORE


def test_a_task_is_added_on_a_record_and_finished_from_there(ana, cast, incident):
    add = f"{reverse('task_add')}?about_kind=incident&about_id={incident.pk}"
    assert "marking" not in ana.get(add).context["form"].fields
    told = {"title": "Ask them", "assignee": cast.ben.pk, "due": "2020-01-01"}
    assert ana.post(add, told).url == f"{incident.get_absolute_url()}#tasks"
    page = text(ana.get(incident.get_absolute_url()))
    assert ("Ask them" in page, "Overdue" in page) == (True, True)
    with acting_as(cast.ana):
        task = Task.objects.get()
    assert ana.post(reverse("task_finish", args=[task.pk])).url == incident.get_absolute_url()
    assert ana.post(reverse("task_finish", args=[task.pk])).status_code == 409


def test_a_task_cannot_be_hung_on_what_one_may_not_read(client, cast, incident):
    client.force_login(cast.stranger)
    for address in (f"about_kind=incident&about_id={incident.pk}", "about_kind=weather&about_id=x"):
        assert client.post(f"{reverse('task_add')}?{address}", {"title": "x"}).status_code == 404


def test_the_task_list_is_filtered_and_sorted_by_what_is_due(ana, cast, east):
    today = timezone.localdate()
    with acting_as(cast.ana):
        for title, due, person in [
            ("Late", today - timedelta(days=1), cast.ana),
            ("Soon", today + timedelta(days=1), cast.ana),
            ("Whenever", None, cast.ana),
            ("His", today, cast.ben),
        ]:
            Task.add(by=cast.ana, workspace=east, title=title, due=due, assignee=person)
        Task.add(by=cast.ana, workspace=east, title="Done", assignee=cast.ana).finish(by=cast.ana)

    def titles(**asked):
        return [each.title for each in ana.get(reverse("tasks"), asked).context["records"]]

    assert titles(mine="true", status="open") == ["Late", "Soon", "Whenever"]
    assert titles(overdue="true") == ["Late"]
    assert titles(status="done") == ["Done"]
    assert titles(assignee=cast.ben.pk) == ["His"]


@pytest.mark.parametrize("name", ["tasks", "watches", "notifications"])
def test_our_lists_take_the_same_few_queries_whatever_their_length(ana, cast, east, incident, name):
    counted = []
    for _ in range(2):
        with acting_as(cast.ben):
            for number in range(4):
                Task.add(by=cast.ben, about=incident, title="x", assignee=cast.ana)
                Watch.add(by=cast.ben, workspace=east, sort="search", title=f"{number}", over="actor")
        with CaptureQueriesContext(connection) as queries:
            assert ana.get(reverse(name)).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 12


def test_the_bell_counts_what_is_unread_and_may_be_read(client, cast, incident):
    with acting_as(cast.ana):
        for _ in range(3):
            tell([cast.vera], about=incident, event="approved")
    client.force_login(cast.vera)
    assert "Notifications, 3 unread" in text(client.get("/"))
    with acting_as(cast.vera):
        first = Notification.objects.first()
    assert client.get(reverse("notification", args=[first.pk])).url == incident.get_absolute_url()
    assert "Notifications, 2 unread" in text(client.get("/"))
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
    page = text(client.get(reverse("notifications")))
    assert 'aria-label="Notifications"' in page
    assert incident.title not in page
    assert client.get(reverse("notification", args=[first.pk])).status_code == 404


def test_the_bell_stops_counting_at_ninety_nine(client, cast, incident):
    with acting_as(cast.ana):
        for _ in range(101):
            tell([cast.ben], about=incident, event="approved")
    client.force_login(cast.ben)
    page = client.get(reverse("notifications"))
    assert "99+ unread" in text(page)
    assert len(page.context["notifications"]) == 50
    assert len(client.get(reverse("notifications"), {"start": 100}).context["notifications"]) == 1


def test_notifications_are_filtered_and_marked_read_by_their_receiver_only(client, cast, incident):
    with acting_as(cast.ana):
        tell([cast.ben], about=incident, event="approved")
        tell([cast.ben], about=incident, event="returned")
    with acting_as(cast.ben):
        one, two = Notification.objects.all()
    client.force_login(cast.ana)
    assert client.post(reverse("notification_read", args=[one.pk])).status_code == 404
    client.force_login(cast.ben)
    client.post(reverse("notification_read", args=[one.pk]))

    def shown(**asked):
        return [each.pk for each in client.get(reverse("notifications"), asked).context["notifications"]]

    assert shown() == [two.pk, one.pk]
    assert shown(unread="true") == [two.pk]
    assert shown(event=one.event) == [one.pk]
    assert shown(event="weather") == []
    client.post(reverse("notifications_read"))
    assert shown(unread="true") == []


def test_a_search_is_saved_from_its_list_with_its_filters(ana, cast, east, incident):
    page = text(ana.get(reverse("incidents"), {"status": "open", "q": "", "target": "PL"}))
    assert f"{reverse('watch_add')}?over=incident&amp;query=status%3Dopen%26target%3DPL" in page
    assert "Save this search" not in text(ana.get(reverse("review_queue")))
    told = {"title": "Open in Poland", "over": "incident", "query": "status=open&target=PL", "marking": "amber"}
    assert ana.post(reverse("watch_add"), told | {"workspace": east.pk}).status_code == 302
    beside = text(ana.get(reverse("saved_searches"), {"over": "incident"}))
    assert "Open in Poland" in beside
    assert f"/incidents/?status=open&amp;target=PL&amp;workspace={east.pk}" in beside
    assert "Open in Poland" not in text(ana.get(reverse("saved_searches"), {"over": "actor"}))
    assert ana.post(reverse("watch_add"), told | {"workspace": east.pk, "query": "target=Poland"}).status_code == 422


def test_a_record_is_watched_from_its_page_and_the_desk_shows_what_fired(ana, cast, incident):
    today = timezone.localdate()
    told = {"title": "Again", "look_on": today, "note": "Talks end."}
    assert ana.post(reverse("watch_date_add", args=["incident", incident.pk]), told).status_code == 302
    flow = {"title": "Much", "unit": "attempts", "at_least": 100}
    assert ana.post(reverse("watch_flow_add", args=["incident", incident.pk]), flow).status_code == 302
    assert ana.get(reverse("watch_flow_add", args=["actor", incident.pk])).status_code == 404
    with acting_as(cast.ana):
        watch = Watch.objects.get(sort="flow")
    edited = flow | {"at_least": 200, "version": 1}
    assert ana.post(reverse("watch_edit", args=[watch.pk]), edited).status_code == 302
    look_out()
    page = text(ana.get("/"))
    assert ("Watches that fired" in page, "Look again: Talks end." in page) == (True, True)


def test_the_desk_shows_my_tasks_and_who_mentions_me(client, cast, incident):
    with acting_as(cast.ana):
        Task.add(by=cast.ana, about=incident, title="Ask the ministry", assignee=cast.ben)
        Comment.add(by=cast.ana, about=incident, text="@Ben, look here.")
    client.force_login(cast.ben)
    page = text(client.get("/"))
    assert ("Ask the ministry" in page, "@Ben, look here." in page) == (True, True)
    client.force_login(cast.sofia)
    page = text(client.get("/"))
    assert ("Ask the ministry" in page, "@Ben, look here." in page) == (False, False)
