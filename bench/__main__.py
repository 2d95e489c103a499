"""Measure pages and endpoints against a floor taken in the same run: the same rows, straight from PostgreSQL.

Works on whatever the database holds; in an empty one it loads the demonstration first. The figures are
medians of whole requests inside one process, without a web server.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import feed, reliance
from config.embedded import Cluster

HERE = Path(__file__).resolve().parent.parent
RUNS = 60
FLOOR = """SELECT json_agg(to_jsonb(t)) FROM (SELECT * FROM cases_incident ORDER BY id DESC LIMIT 50) t"""


def median_ms(act: Callable[[], object]) -> float:
    """Median of some runs after a warm-up, in milliseconds."""
    spent = []
    for run in range(RUNS + 5):
        began = time.perf_counter()
        act()
        if run >= 5:
            spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def measure() -> None:
    from django.db import connection
    from django.test import Client

    from accounts.models import User
    from cases.models import Attribution
    from ledger.acting import acting_as

    person = User.objects.get(email="analyst@demo.example")
    client = Client()
    client.force_login(person)
    with acting_as(person):
        one = Attribution.objects.order_by("pk").first()

    def floor() -> None:
        with acting_as(person), connection.cursor() as cursor:
            cursor.execute(FLOOR)
            cursor.fetchall()

    rows = [("floor: 50 rows as JSON, straight from SQL", median_ms(floor))]
    for label, address in [
        ("API list of incidents", "/api/v1/incidents/"),
        ("API one attribution", f"/api/v1/attributions/{one.pk}/"),
        ("page: list of incidents", "/incidents/"),
        ("page: one attribution with its gate", one.get_absolute_url()),
        ("page: desk", "/"),
    ]:
        assert client.get(address).status_code == 200, address
        rows.append((label, median_ms(lambda address=address: client.get(address))))
    print(f"{'what':<44} {'median ms':>10} {'x floor':>8}")
    for label, spent in rows:
        print(f"{label:<44} {spent:>10.2f} {spent / rows[0][1]:>8.1f}")


def main(wanted: list[str]) -> int:
    """Measure all, or only what is named: `feed`, `pages`, `reliance`."""
    cluster = None
    os.environ.setdefault("ATTEST_MODE", "demo")
    if "DATABASE_URL" not in os.environ:
        cluster = Cluster(HERE / ".data" / "cluster")
        os.environ["DATABASE_URL"] = cluster.start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        if not wanted or "reliance" in wanted:
            reliance.measure()
        if not wanted or "feed" in wanted:
            feed.measure()
        if not wanted or "pages" in wanted:
            call_command("prepare_demo")
            measure()
    finally:
        if cluster and cluster.started_here:
            cluster.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
