"""Origins of random graphs, counted in three ways: by `components`, by the database, and by brute force.

Brute force is the transitive closure of a matrix over items and sources, which knows nothing of how the others work.
"""

from itertools import count
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite

from evidence.models import Derivation, EvidenceItem, Source
from evidence.origins import components, origins_of
from ledger.acting import acting_as
from tests import making

_rounds = count(1)


class Graph:
    """Sources owned by earlier ones, items of sources, and which items repeat earlier ones, active or withdrawn."""

    def __init__(self, owners: list[int | None], given_by: list[int], repeats: dict[tuple[int, int], bool]) -> None:
        self.owners, self.given_by, self.repeats = owners, given_by, repeats

    def __repr__(self) -> str:
        return f"Graph({self.owners}, {self.given_by}, {self.repeats})"

    def partition(self, wanted: list[int]) -> set[frozenset[int]]:
        """The origins of some items, by closing the relation step by step until nothing is new (Warshall)."""
        items, size = len(self.given_by), len(self.given_by) + len(self.owners)
        near = [[one == other for other in range(size)] for one in range(size)]
        linked = [(item, items + source) for item, source in enumerate(self.given_by)]
        linked += [(items + source, items + owner) for source, owner in enumerate(self.owners) if owner is not None]
        linked += [pair for pair, is_active in self.repeats.items() if is_active]
        for one, other in linked:
            near[one][other] = near[other][one] = True
        for middle in range(size):
            for one in range(size):
                if near[one][middle]:
                    near[one] = [a or b for a, b in zip(near[one], near[middle], strict=True)]
        return {frozenset(other for other in wanted if near[one][other]) for one in wanted}


@composite
def graphs(draw: DrawFn, most: int = 9) -> Graph:
    sources = draw(st.integers(1, most))
    owners = [draw(st.none() | st.integers(0, at - 1)) if at else None for at in range(sources)]
    given_by = draw(st.lists(st.integers(0, sources - 1), min_size=1, max_size=most))
    pairs = [(item, original) for item in range(len(given_by)) for original in range(item)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=most)) if pairs else []
    return Graph(owners, given_by, {pair: draw(st.booleans()) for pair in chosen})


@composite
def asked(draw: DrawFn, most: int = 9) -> tuple[Graph, list[int]]:
    graph = draw(graphs(most))
    return graph, draw(st.lists(st.integers(0, len(graph.given_by) - 1), unique=True))


def partition_of(origins: dict, names: dict) -> set[frozenset[int]]:
    """Which items are together, by their places in the graph."""
    groups: dict[int, set[int]] = {}
    for key, origin in origins.items():
        groups.setdefault(origin, set()).add(names[key])
    return {frozenset(each) for each in groups.values()}


def rows_of(graph: Graph) -> list[tuple[UUID, UUID | None, UUID]]:
    """What the database would tell of all items: each with what it repeats and its topmost owner."""

    def top(source: int) -> int:
        owner = graph.owners[source]
        return source if owner is None else top(owner)

    rows = []
    for item, source in enumerate(graph.given_by):
        originals = [other for (one, other), is_active in graph.repeats.items() if one == item and is_active]
        voice = UUID(int=1000 + top(source))
        rows += [(UUID(int=item), UUID(int=each), voice) for each in originals] or [(UUID(int=item), None, voice)]
    return rows


@settings(max_examples=400, deadline=None)
@given(asked())
def test_components_are_those_of_brute_force(question):
    graph, wanted = question
    found = components([UUID(int=each) for each in wanted], rows_of(graph))
    assert partition_of(found, {UUID(int=each): each for each in wanted}) == graph.partition(wanted)


@settings(max_examples=60, deadline=None)
@given(asked(), st.randoms())
def test_neither_the_order_of_rows_nor_that_of_items_matters(question, chance):
    graph, wanted = question
    rows = rows_of(graph)
    chance.shuffle(rows)
    shuffled = list(wanted)
    chance.shuffle(shuffled)
    found = components([UUID(int=each) for each in shuffled], rows)
    assert partition_of(found, {UUID(int=each): each for each in wanted}) == graph.partition(wanted)
    assert sorted(set(found.values())) == list(range(len(set(found.values()))))


def recorded(graph: Graph, by, room) -> list[EvidenceItem]:
    """The graph as records, by the verbs that people use."""
    sources: list[Source] = []
    for owner in graph.owners:
        sources.append(making.a_source(by=by, workspace=room, owner=None if owner is None else sources[owner]))
    items = [making.an_item(by=by, workspace=room, source=sources[source]) for source in graph.given_by]
    for (item, original), is_active in graph.repeats.items():
        link = Derivation.add(by=by, item=items[item], original=items[original])
        if not is_active:
            link.withdraw(by=by, reason="Written independently.")
    return items


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked(most=5))
def test_the_database_finds_the_origins_of_brute_force(cast, east, question):
    graph, wanted = question
    with acting_as(cast.ana), transaction.atomic():
        items = recorded(graph, cast.ana, east)
        found = origins_of([items[each].pk for each in wanted])
        places = {item.pk: place for place, item in enumerate(items)}
        assert partition_of(found, places) == graph.partition(wanted)
        transaction.set_rollback(True)


def test_brute_force_itself_knows_what_an_origin_is():
    graph = Graph([None, 0, None, None], [1, 0, 2, 3, 3], {(2, 0): False, (3, 2): True})
    assert graph.partition([0, 1, 2, 3, 4]) == {frozenset({0, 1}), frozenset({2, 3, 4})}
    assert graph.partition([0, 2]) == {frozenset({0}), frozenset({2})}
    assert graph.partition([]) == set()


# --- Circles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [1, 2, 4])
def test_no_source_comes_to_own_its_owner(cast, east, length):
    with acting_as(cast.ana):
        top = making.a_source(by=cast.ana, workspace=east)
        lowest = top
        for _ in range(length):
            lowest = making.a_source(by=cast.ana, workspace=east, owner=lowest)
        with pytest.raises(ValidationError, match="owner of its own owner"):
            top.change(by=cast.ana, owner=lowest)
        with pytest.raises(ValidationError, match="cannot own itself"):
            Source.objects.get(pk=top.pk).change(by=cast.ana, owner=top)


def test_not_even_through_an_owner_that_one_may_not_read(cast, east):
    with acting_as(cast.ana):
        top = making.a_source(by=cast.ana, workspace=east)
        hidden = making.a_source(by=cast.ana, workspace=east, owner=top, marking="red")
        lowest = making.a_source(by=cast.ana, workspace=east, owner=hidden)
    cast.ben.memberships.update(clearance="amber")
    with acting_as(cast.ben), pytest.raises(ValidationError, match="owner of its own owner"):
        Source.objects.get(pk=top.pk).change(by=cast.ben, owner=Source.objects.get(pk=lowest.pk))


def test_whoever_writes_the_row_a_circle_of_owners_is_refused(cast, east, as_app):
    with acting_as(cast.ana):
        top = making.a_source(by=cast.ana, workspace=east)
        lower = making.a_source(by=cast.ana, workspace=east, owner=top)
    with pytest.raises(IntegrityError, match="owner of its own owner"):
        as_app("UPDATE evidence_source SET owner_id = %s WHERE id = %s", [lower.pk, top.pk], user=cast.ana)


@pytest.mark.parametrize("length", [1, 2, 4])
def test_nothing_comes_to_repeat_what_repeats_it(cast, east, length):
    with acting_as(cast.ana):
        items = [making.an_item(by=cast.ana, workspace=east) for _ in range(length + 1)]
        links = [Derivation.add(by=cast.ana, item=items[at + 1], original=items[at]) for at in range(length)]
        with pytest.raises(ValidationError, match="repeats this one already"):
            Derivation.add(by=cast.ana, item=items[0], original=items[-1])
        links[0].withdraw(by=cast.ana, reason="The other way round.")
        assert Derivation.add(by=cast.ana, item=items[0], original=items[-1]).status == "active"
