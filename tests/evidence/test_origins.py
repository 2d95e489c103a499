"""Independence: origins are counted as the graph has them."""

from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from evidence.models import Derivation
from evidence.origins import components, origins_of
from ledger.acting import acting_as
from tests import making

NODES = st.integers(0, 7)


@given(st.lists(st.tuples(NODES, st.none() | NODES, st.integers(0, 5))), st.lists(NODES, unique=True))
def test_components_agree_with_a_search_of_the_graph(edges, wanted):
    rows = [(UUID(int=a), None if b is None else UUID(int=b), UUID(int=100 + v)) for a, b, v in edges]
    known = [UUID(int=n) for n in wanted if any(n in (a, b) for a, b, _ in edges)]
    found = components(known, rows)
    for one in known:
        for other in known:
            assert (found[one] == found[other]) == (other in _reach(one, rows))


def _reach(start: UUID, rows) -> set[UUID]:
    """Everything that hangs together with `start`, by plain search."""
    reached, front = {start}, [start]
    while front:
        node = front.pop()
        for item, repeats, voice in rows:
            linked = {item, voice} | ({repeats} if repeats else set())
            if node in linked:
                front += linked - reached
                reached |= linked
    return reached


def test_sources_with_one_owner_at_any_depth_are_one_origin(cast, east):
    with acting_as(cast.ana):
        top = making.a_source(by=cast.ana, workspace=east)
        middle = making.a_source(by=cast.ana, workspace=east, owner=top)
        sources = [making.a_source(by=cast.ana, workspace=east, owner=owner) for owner in (top, middle, None)]
        items = [making.an_item(by=cast.ana, workspace=east, source=source) for source in sources]
        origin = origins_of([item.pk for item in items])
    assert origin[items[0].pk] == origin[items[1].pk] != origin[items[2].pk]


def test_two_items_that_repeat_an_uncited_third_are_one_origin_until_the_link_is_withdrawn(cast, east):
    with acting_as(cast.ana):
        first, second, wire = (making.an_item(by=cast.ana, workspace=east) for _ in range(3))
        Derivation.add(by=cast.ana, item=first, original=wire)
        link = Derivation.add(by=cast.ana, item=second, original=wire)
        assert len(set(origins_of([first.pk, second.pk]).values())) == 1
        link.withdraw(by=cast.ana, reason="Written independently.")
        assert len(set(origins_of([first.pk, second.pk]).values())) == 2


def test_counting_origins_takes_one_query(cast, east):
    with acting_as(cast.ana):
        items = [making.an_item(by=cast.ana, workspace=east).pk for _ in range(3)]
        with CaptureQueriesContext(connection) as queries:
            origins_of(items)
    assert len(queries) == 1
