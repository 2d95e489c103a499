"""Mail: as chosen, once, built as the receiver, and silent about what is marked above TLP:AMBER."""

import re
from unittest import mock

import pytest
from django.core import mail
from django.urls import reverse

from ledger.acting import acting_as
from ledger.models import Notification
from ledger.notices import tell
from ledger.tasks import mail_at_once, mail_daily
from tests import making


@pytest.fixture
def told(cast, east):
    """Ben, who wants mail within minutes, was told of an open and of a strict record."""
    cast.ben.digest = "at_once"
    cast.ben.save()
    with acting_as(cast.ana):
        plain = making.a_source(by=cast.ana, workspace=east, name="Plain ministry", marking="amber")
        strict = making.a_source(by=cast.ana, workspace=east, name="Secret ministry", marking="amber_strict")
        tell([cast.ben, cast.vera], about=plain, event="approved", sentence="By Ana.")
        tell([cast.ben], about=strict, event="dissent", sentence="A secret reason.")
    return {"plain": plain, "strict": strict}


def test_mail_names_only_what_may_leave_and_leads_to_the_rest(client, cast, told):
    mail_at_once(0)
    (sent,) = mail.outbox
    assert sent.to == [cast.ben.email]
    assert sent.subject == "Attest: 2 notifications"
    assert "Approved: Plain ministry. By Ana." in sent.body
    assert "A record at TLP:AMBER+STRICT or above" in sent.body
    for secret in ("Secret ministry", "A secret reason", "Dissent", "source"):
        assert secret not in sent.body + sent.subject
    client.force_login(cast.ben)
    answers = [client.get(path).url for path in re.findall(r"/notifications/[\w-]+/", sent.body)]
    assert set(answers) == {each.get_absolute_url() for each in told.values()}


def test_nothing_is_mailed_twice_or_after_it_was_read(cast, told):
    mail_at_once(0)
    mail_at_once(0)
    assert len(mail.outbox) == 1
    with acting_as(cast.ana):
        tell([cast.ben], about=told["plain"], event="returned")
    with acting_as(cast.ben):
        Notification.objects.mark_read()
    mail_at_once(0)
    assert len(mail.outbox) == 1


def test_each_is_mailed_as_they_chose(cast, told):
    cast.vera.digest = "daily"
    cast.vera.save()
    mail_daily(0)
    assert [each.to for each in mail.outbox] == [[cast.vera.email]]
    assert "once a day" in mail.outbox[0].body


def test_what_moved_out_of_reach_is_not_mailed(cast, told):
    with acting_as(cast.ana):
        told["plain"].change(by=cast.ana, marking="red")
    cast.ben.memberships.update(clearance="green")
    mail_at_once(0)
    assert mail.outbox == []


def test_who_left_the_room_or_was_switched_off_gets_no_mail(cast, told):
    cast.ben.memberships.get().end(by=cast.sofia)
    mail_at_once(0)
    cast.vera.digest, cast.vera.is_active = "at_once", False
    cast.vera.save()
    mail_at_once(0)
    assert mail.outbox == []


def test_mail_that_fails_is_tried_again(cast, told):
    with mock.patch("ledger.digests.send_mail", side_effect=ConnectionRefusedError):
        mail_at_once(0)
    mail_at_once(0)
    assert len(mail.outbox) == 1


def test_the_choice_is_made_on_the_profile_page(client, cast):
    client.force_login(cast.ana)
    assert client.post(reverse("profile"), {"name": "Ana", "digest": "daily"}).status_code == 302
    cast.ana.refresh_from_db()
    assert cast.ana.digest == "daily"
