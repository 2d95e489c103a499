"""`accounts.prepared`: the rows of a queryset, without composing its text again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F, Value
from django.utils import timezone

from accounts.models import Membership, User, Workspace
from accounts.prepared import Prepared, hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(cast, east):
    return [cast.ana, cast.ben, cast.sofia]


def test_it_gives_what_the_queryset_gives_with_what_goes_along(people):
    by_user = Prepared(lambda user: Membership.objects.filter(user=user).select_related("workspace", "user"))
    for person in people * 2:
        found = by_user(person.pk)
        told = list(Membership.objects.filter(user=person).select_related("workspace", "user"))
        assert [vars(each).keys() for each in found] == [vars(each).keys() for each in told]
        assert [(each, each.user, each.workspace) for each in found] == [(x, x.user, x.workspace) for x in told]


def test_each_argument_goes_where_it_stands_however_often(people):
    at = timezone.now() - timedelta(days=1)
    asked = Prepared(
        lambda email, since, number: (
            User.objects.filter(email=email, date_joined__gt=since)
            .annotate(told=Value(number), again=F("email"))
            .exclude(name=email)
        )
    )
    for number, person in enumerate(people):
        (found,) = asked(person.email, at, number)
        assert (found, found.told, found.again) == (person, number, person.email)
    assert asked(people[0].email, timezone.now() + timedelta(days=1), 0) == []


def test_a_list_of_ids_is_one_parameter_however_long(people):
    among = Prepared(lambda ids: User.objects.filter(pk__among=ids).order_by("email").values_list("pk", flat=True))
    for few in ([], people[:1], people):
        assert among([each.pk for each in few]) == [each.pk for each in sorted(few, key=lambda each: each.email)]


def test_a_reference_may_be_among_a_list_too(people):
    among = Prepared(lambda users: Membership.objects.filter(user__among=users).order_by("pk"))
    for few in ([], people[:1], people):
        told = Membership.objects.filter(user__in=few).order_by("pk")
        assert among([each.pk for each in few]) == list(told)


def test_rows_may_be_held_as_if_they_were_fetched_beforehand(people, django_assert_num_queries):
    held = list(people[0].memberships.all())
    hold(people[0], "memberships", held)
    with django_assert_num_queries(0):
        assert list(people[0].memberships.all()) == held
    with django_assert_num_queries(1):
        assert people[0].memberships.filter(role="steward").count() == 0


def test_related_records_are_fetched_beforehand(people, django_assert_num_queries):
    rooms = Prepared(lambda name: Workspace.objects.filter(name=name).prefetch_related("memberships"))
    rooms("East")
    with django_assert_num_queries(2):
        (east,) = rooms("East")
        assert {each.user_id for each in east.memberships.all()} >= {person.pk for person in people}


def test_it_is_one_query_and_is_composed_once(people, django_assert_num_queries, monkeypatch):
    asked = Prepared(lambda key: User.objects.filter(pk=key))
    asked(people[0].pk)
    monkeypatch.setattr(asked, "build", lambda *args: pytest.fail("It is composed already."))
    with django_assert_num_queries(1):
        assert asked(people[1].pk) == [people[1]]


@pytest.mark.parametrize("given", [None, True, 1.5])
def test_what_changes_the_text_is_refused(given):
    with pytest.raises(TypeError):
        Prepared(lambda value: User.objects.filter(name=value))(given)


def test_an_argument_that_the_text_does_not_use_is_refused(people):
    with pytest.raises(TypeError, match="argument 1"):
        Prepared(lambda key, unused: User.objects.filter(pk=key))(people[0].pk, uuid4())


def test_it_answers_on_the_connection_of_the_moment(people):
    asked = Prepared(lambda key: User.objects.filter(pk=key))
    assert asked(people[0].pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET name = 'Anna' WHERE id = %s", [people[0].pk])
    assert [each.name for each in asked(people[0].pk)] == ["Anna"]
