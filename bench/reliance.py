"""Measure how long it takes to look again at thousands of approvals that rest on one item.

Against a floor taken in the same run: one bare UPDATE of as many attributions, under the same triggers.
Everything happens in one transaction that is taken back: the database stays as it was.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.clones import clone
from bench.place import HERE
from config.embedded import Cluster

DEPENDENTS = 5_000
FLOOR = "UPDATE cases_attribution SET status = 'stale', state_note = 'x' WHERE id = ANY (%s)"
TABLES = "cases_attribution, cases_citation, cases_submittedversion, cases_review, cases_coauthor"


def main() -> int:
    """Measure on the demonstration's database, or on the one that DATABASE_URL names."""
    cluster = None
    os.environ.setdefault("ATTEST_MODE", "demo")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if "DATABASE_URL" not in os.environ:
        cluster = Cluster(HERE / ".data" / "cluster")
        os.environ["DATABASE_URL"] = cluster.start()
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        measure()
    finally:
        if cluster and cluster.started_here:
            cluster.stop()
    return 0


@contextmanager
def taken_back() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def seconds(act: Callable[[], object]) -> tuple[float, float]:
    """How long an act takes, and for how much of that this process computes; it is taken back afterwards."""
    with taken_back():
        began, idle = time.perf_counter(), time.process_time()
        act()
        return time.perf_counter() - began, time.process_time() - idle


def measure(dependents: int = DEPENDENTS) -> None:
    from evidence.models import EvidenceItem
    from ledger.acting import acting_as

    with taken_back():
        person, one = _approved()
        approvals = _many(one, dependents)
        with acting_as(person):
            item = EvidenceItem.objects.select_related("source").order_by("-pk")[0]
            rows = [
                (label, seconds(lambda act=act: act(item, person, approvals)))
                for label, act in [
                    ("floor: one bare UPDATE under the same triggers", _bare),
                    ("an item is withdrawn, all fall", _fall),
                    ("an item is re-graded, all hold", _hold),
                    ("what falls, the first answer of several", _ask),
                ]
            ]
    title = f"{dependents} approvals rest on one item"
    print(f"\n{title:<44} {'seconds':>9} {'computing':>9} {'ms each':>8} {'x floor':>8}")
    for label, (spent, computing) in rows:
        each, floors = spent / dependents * 1000, spent / rows[0][1][0]
        print(f"{label:<44} {spent:>9.2f} {computing:>9.2f} {each:>8.2f} {floors:>8.1f}")


def _approved():
    """A person, and an approved attribution of theirs that cites three items, each for six things."""
    from accounts.models import Membership, User, Workspace
    from ledger.acting import acting_as
    from tests import making

    room = Workspace.objects.create(name="Bench", slug="bench")
    people = []
    for role in ("analyst", "reviewer", "supervisor"):
        people.append(User.objects.create_user(f"{role}@bench.example", name=role.capitalize()))
        Membership.objects.create(user=people[-1], workspace=room, role=role, clearance="red")
    author, reviewer, supervisor = people
    with acting_as(author):
        one = making.a_ready_attribution(by=author, workspace=room)
    making.weighed(one, by=[author, reviewer])
    making.concurred(making.submitted(one, by=author), by=reviewer)
    with acting_as(supervisor):
        one.approve(by=supervisor)
    return author, one


def _many(one, dependents: int) -> list:
    """As many approvals as asked for, the one among them."""
    from django.db import connection

    from ledger.acting import as_owner

    with as_owner(), connection.cursor() as cursor:
        clones = clone(one.pk, dependents - 1)
        cursor.execute(f"ANALYZE {TABLES}")
    return [one.pk, *clones]


def _still_approved(approvals: list) -> int:
    from cases.models import Attribution

    return Attribution.objects.approved().filter(pk__in=approvals).count()


def _bare(item, person, approvals: list) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(FLOOR, [approvals])


def _fall(item, person, approvals: list) -> None:
    item.withdraw(by=person, reason="Measured.")
    assert _still_approved(approvals) == 0


def _hold(item, person, approvals: list) -> None:
    type(item).objects.get(pk=item.pk).regrade(by=person, credibility=3, reason="Measured.")
    assert _still_approved(approvals) == len(approvals)


def _ask(item, person, approvals: list) -> None:
    from cases.what_falls import what_falls

    assert what_falls([item], []).count > 0
