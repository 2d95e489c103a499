"""A connection that is kept open is looked at without a word to the server, and one that has ended is seen."""

import os

import psycopg
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_that_stands_costs_no_round_trip(monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(connection.connection, "cursor", lambda *args: pytest.fail("The server was asked."))
    assert connection.is_usable()


def test_one_that_the_server_ended_is_not_used_again():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])
    assert not connection.is_usable()
    connection.close()


def test_one_that_is_closed_here_is_not_used_again():
    connection.ensure_connection()
    connection.connection.close()
    assert not connection.is_usable()
    connection.close()
