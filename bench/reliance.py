"""Measure how long it takes to look again at thousands of approvals that rest on one item.

Against a floor taken in the same run: one bare UPDATE of as many attributions, under the same triggers.
Everything happens in one transaction that is taken back: the database stays as it was.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.clones import clone

DEPENDENTS = 5_000
FLOOR = "UPDATE cases_attribution SET status = 'stale', state_note = 'x' WHERE id = ANY (%s)"
TABLES = "cases_attribution, cases_citation, cases_submittedversion, cases_review, cases_coauthor"


@contextmanager
def taken_back() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def seconds(act: Callable[[], object]) -> float:
    """How long an act takes; it is taken back afterwards."""
    with taken_back():
        began = time.perf_counter()
        act()
        return time.perf_counter() - began


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
    print(f"\n{f'{dependents} approvals rest on one item':<44} {'seconds':>10} {'ms each':>8} {'x floor':>8}")
    for label, spent in rows:
        print(f"{label:<44} {spent:>10.2f} {spent / dependents * 1000:>8.2f} {spent / rows[0][1]:>8.1f}")


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
