"""Comments: talk about a record, readable by exactly those who may read the record."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError

from accounts.errors import IllegalStep, NotYours
from ledger.acting import acting_as
from ledger.models import Comment, LedgerEntry, Notification
from tests import making


@pytest.fixture
def incident(cast, east):
    with acting_as(cast.ana):
        return making.an_incident(by=cast.ana, workspace=east, marking="amber")


def said(person) -> list[str]:
    with acting_as(person):
        return list(Comment.objects.order_by("pk").values_list("text", flat=True))


def told(person) -> list[tuple[str, str]]:
    with acting_as(person):
        return [(each.event, str(each.about)) for each in Notification.objects.shown()]


def comment(by, about, text="Is that so?", **more) -> Comment:
    with acting_as(by):
        return Comment.add(by=by, about=about, text=text, **more)


def test_a_comment_lies_where_its_record_lies_and_follows_it(cast, incident, west):
    first = comment(cast.ana, incident)
    assert (first.workspace_id, first.marking) == (incident.workspace_id, "amber")
    assert said(cast.vera) == ["Is that so?"]
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
    assert said(cast.vera) == []
    assert said(cast.ben) == ["Is that so?"]
    with acting_as(cast.vera):
        last = LedgerEntry.objects.filter(object_id=first.pk).last()
    assert (last.operation, last.document) == ("moved", None)


def test_a_comment_on_a_part_follows_the_whole(cast, draft):
    with acting_as(cast.ana):
        comment(cast.ana, draft.citations.first(), "Weak.")
    assert said(cast.vera) == ["Weak."]
    with acting_as(cast.ana):
        draft.change(by=cast.ana, marking="red")
    assert said(cast.vera) == []


def test_what_one_may_not_read_cannot_be_talked_about(cast, incident):
    for person in (cast.stranger, cast.nobody):
        with pytest.raises(ValidationError, match="no such record"), acting_as(person):
            Comment.add(by=person, about_kind="incident", about_id=incident.pk, text="x")
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
    with acting_as(cast.vera), pytest.raises(ValidationError, match="no such record"):
        Comment.add(by=cast.vera, about_kind="incident", about_id=incident.pk, text="x")


def test_a_viewer_reads_and_does_not_write(cast, incident):
    with pytest.raises(NotYours):
        comment(cast.vera, incident)


def test_no_comment_is_put_under_another_marking_by_raw_sql(cast, incident, as_app):
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
    first = comment(cast.ana, incident)
    as_app("UPDATE ledger_comment SET marking = 'clear' WHERE id = %s", [first.pk], user=cast.ana)
    assert said(cast.vera) == []
    adding = """INSERT INTO ledger_comment (id, workspace_id, marking, state_note, status, about_kind, about_id, text,
                mentions, resolution) VALUES (gen_random_uuid(), %s, 'clear', '', 'active', %s, %s, 'x', '{}', '')"""
    as_app(adding, [incident.workspace_id, "incident", incident.pk], user=cast.ana)
    assert said(cast.vera) == []
    with pytest.raises(IntegrityError, match="stays with what it is about"):
        as_app("UPDATE ledger_comment SET about_kind = 'actor' WHERE id = %s", [first.pk], user=cast.ana)
    with pytest.raises(IntegrityError, match="no such record"):
        as_app(adding, [incident.workspace_id, "weather", incident.pk], user=cast.ana)


def test_a_lower_clearance_puts_no_word_on_a_stricter_record_by_raw_sql(cast, incident, as_app):
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
    cast.ben.memberships.update(clearance="amber")
    adding = """INSERT INTO ledger_comment (id, workspace_id, marking, state_note, status, about_kind, about_id, text,
                mentions, resolution) VALUES (gen_random_uuid(), %s, 'clear', '', 'active', %s, %s, 'x', '{}', '')"""
    with pytest.raises(ProgrammingError, match="row-level security"):
        as_app(adding, [incident.workspace_id, "incident", incident.pk], user=cast.ben)


def test_who_is_named_is_told_and_who_may_not_read_is_not(cast, incident):
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
    first = comment(cast.ana, incident, "@Ben and @Vera and @Stranger, look.", mentions=[cast.sofia.pk])
    assert set(first.mentions) == {cast.ben.pk, cast.sofia.pk}
    assert told(cast.ben) == told(cast.sofia) == [("mentioned", "@Ben and @Vera and @Stranger, look.")]
    assert told(cast.vera) == told(cast.stranger) == told(cast.ana) == []


def test_mentioning_by_id_someone_who_may_not_read_is_refused(cast, incident):
    with pytest.raises(ValidationError, match="Choose members"):
        comment(cast.ana, incident, mentions=[cast.stranger.pk])


def test_a_mention_shows_nothing_once_the_record_is_out_of_reach(cast, incident):
    comment(cast.ana, incident, "@Vera, the secret name is X.")
    assert len(told(cast.vera)) == 1
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
    assert told(cast.vera) == []
    with acting_as(cast.vera):
        assert Notification.objects.unread().count() == 0


def test_owners_and_those_in_the_thread_are_told_of_new_words(cast, incident):
    head = comment(cast.ben, incident)
    assert told(cast.ana) == [("commented", "Is that so?")]
    comment(cast.sofia, incident, "It is.", reply_to=head)
    assert told(cast.ben) == [("commented", "It is.")]
    assert len(told(cast.ana)) == 1


def test_a_record_in_review_is_frozen_and_still_talked_about(cast, in_review):
    comment(cast.ben, in_review, "Why so sure?")
    assert said(cast.ana) == ["Why so sure?"]


def test_a_thread_is_resolved_with_a_word_and_reopened(cast, incident):
    head = comment(cast.ana, incident)
    reply = comment(cast.ben, incident, "No.", reply_to=head)
    with acting_as(cast.ben):
        with pytest.raises(ValidationError, match="how it was resolved"):
            head.resolve(by=cast.ben, word=" ")
        with pytest.raises(IllegalStep, match="reply"):
            reply.resolve(by=cast.ben, word="Done")
        head.resolve(by=cast.ben, word="Agreed")
        assert (head.resolution, head.resolved_by) == ("Agreed", cast.ben)
        with pytest.raises(IllegalStep):
            Comment.objects.get(pk=head.pk).resolve(by=cast.ben, word="Again")
        with pytest.raises(IllegalStep, match="resolved"):
            Comment.add(by=cast.ben, about=incident, text="But", reply_to=head)
        head.reopen(by=cast.ben)
        with pytest.raises(IllegalStep, match="open"):
            head.reopen(by=cast.ben)
        Comment.add(by=cast.ben, about=incident, text="But", reply_to=head)


def test_a_reply_stays_in_its_thread(cast, incident, east):
    head = comment(cast.ana, incident)
    reply = comment(cast.ana, incident, "No.", reply_to=head)
    with acting_as(cast.ana):
        other = making.an_incident(by=cast.ana, workspace=east)
    for about, to, sentence in [(other, head, "same record"), (incident, reply, "first comment")]:
        with pytest.raises(ValidationError, match=sentence):
            comment(cast.ana, about, "x", reply_to=to)


def test_only_its_author_withdraws_a_comment_and_says_why(cast, incident):
    first = comment(cast.ana, incident)
    with acting_as(cast.sofia), pytest.raises(NotYours, match="who wrote"):
        first.withdraw(by=cast.sofia, reason="Rude.")
    with acting_as(cast.ana):
        with pytest.raises(ValidationError):
            first.withdraw(by=cast.ana, reason="")
        first.withdraw(by=cast.ana, reason="Mistaken.")
        assert str(first) == "A withdrawn comment"
        with pytest.raises(IllegalStep):
            first.withdraw(by=cast.ana, reason="Again.")


def test_words_stay_as_written(cast, incident, as_app):
    first = comment(cast.ana, incident)
    with pytest.raises(IntegrityError, match="stays as it was written"):
        as_app("UPDATE ledger_comment SET text = 'x' WHERE id = %s", [first.pk], user=cast.ana)


def test_comments_are_not_about_comments_or_nothing(cast, incident):
    first = comment(cast.ana, incident)
    with pytest.raises(ValidationError, match="never about"):
        comment(cast.ana, first)
    with acting_as(cast.ana), pytest.raises(ValidationError, match="what it is about"):
        Comment.add(by=cast.ana, text="x")


def test_comments_are_found_by_their_words_within_the_wall(cast, incident, as_app):
    with acting_as(cast.ana):
        incident.change(by=cast.ana, marking="red")
    comment(cast.ana, incident, "The ferry timetable does not fit.")
    assert as_app("SELECT kind FROM search('ferry timetable')", user=cast.ben) == [("comment",)]
    assert as_app("SELECT kind FROM search('ferry timetable')", user=cast.vera) == []
