"""The matrix of an incident as one reader sees it, for the page and the API alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from accounts.choices import WRITERS
from accounts.models import User
from cases.blindness import Progress, items_weighed, may_rate, progress_over
from cases.choices import Consistency
from cases.gathering import matrix_of
from cases.matrix import Flip, Matrix, Row, Variation, shown
from cases.models import Hypothesis, Incident, MatrixRow, Rating
from evidence.choices import Credibility, ItemStatus, Reliability
from evidence.models import EvidenceItem

HIDDEN_ITEM, HIDDEN_SOURCE = "an item that you may not read", "a source that you may not read"


@dataclass(frozen=True)
class Cell:
    """One item against one hypothesis, as far as the reader may see."""

    hypothesis: Hypothesis
    own: str
    others: list[tuple[User, str]]
    steps: int
    """How many steps the evaluators furthest apart lie from each other."""

    @property
    def chosen(self) -> str:
        return Consistency(self.own).label if self.own in Consistency.values else ""


@dataclass
class SeenRow:
    """One item of the matrix with its cells."""

    item: EvidenceItem
    row: Row
    hypotheses: list[Hypothesis]
    own: Mapping[UUID, str]
    people: Mapping[UUID, User]
    reader: User
    may_rate: bool
    added: MatrixRow | None
    refused: list[str] = field(default_factory=list)
    typed: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return all(each.pk in self.own for each in self.hypotheses)

    @property
    def is_shown(self) -> bool:
        """Whether others' ratings are there to be seen."""
        return self.is_whole or not self.may_rate

    @property
    def is_rated(self) -> bool:
        return any(self.row.cell(each.pk) for each in self.hypotheses)

    @property
    def weight(self) -> str:
        return shown(self.row.weight)

    @property
    def discounted_for(self) -> str:
        """Why the row counts for nothing, or nothing."""
        if self.item.status != ItemStatus.ACTIVE:
            return self.item.get_status_display().lower()
        if self.item.source.reliability == Reliability.E:
            return "its source is unreliable, E"
        return "it is improbable, 5" if self.item.credibility == Credibility.IMPROBABLE else ""

    @cached_property
    def diagnosticity(self) -> float:
        return self._alone.diagnosticity(self.row)

    @property
    def discriminates(self) -> bool:
        return self._alone.discriminates(self.row)

    @property
    def _alone(self) -> Matrix:
        return Matrix(tuple(each.pk for each in self.hypotheses), (self.row,))

    @property
    def diagnosticity_shown(self) -> str:
        return shown(self.diagnosticity, 2)

    @cached_property
    def cells(self) -> list[Cell]:
        return [self._cell(each) for each in self.hypotheses]

    def _cell(self, hypothesis: Hypothesis) -> Cell:
        others = [
            (self.people[who], rating)
            for who, rating in self.row.cell(hypothesis.pk).items()
            if not (self.may_rate and who == self.reader.pk)
        ]
        own = self.typed.get(hypothesis.pk) or self.own.get(hypothesis.pk, "")
        others.sort(key=lambda each: (each[0].name, str(each[0].pk)))
        return Cell(hypothesis, own, others, self.row.disagreement(hypothesis.pk))


@dataclass(frozen=True)
class Evaluator:
    """A member who rates, and how many of the rows they have rated whole."""

    person: User
    whole: int
    of: int

    @property
    def is_done(self) -> bool:
        return self.of > 0 and self.whole >= self.of


@dataclass
class Weighing:
    """Hypotheses against items, with what all ratings come to where the reader may hear it."""

    incident: Incident
    matrix: Matrix
    hypotheses: list[Hypothesis]
    rows: list[SeenRow]
    progress: Progress
    people: dict[UUID, User]

    @property
    def is_open(self) -> bool:
        return self.progress.is_open

    @property
    def hidden_rows(self) -> int:
        """Rated items that the reader's clearance does not cover; they count all the same."""
        return len({row.item for row in self.matrix.rows} - {row.item.pk for row in self.rows})

    @property
    def names(self) -> dict[UUID, str]:
        return {each.pk: each.name for each in self.hypotheses}

    @cached_property
    def ranking(self) -> list[dict]:
        """Hypotheses from least to most inconsistent, the untested last."""
        known = {each.pk: each for each in self.hypotheses}
        worst = min(self.matrix.scores.values(), default=0) or 1
        return [
            {
                "hypothesis": known[one],
                "score": shown(self.matrix.scores[one]),
                "share": round(100 * float(self.matrix.scores[one] / worst)),
                "is_leader": one in self.matrix.leaders,
                "is_untested": one in self.matrix.untested,
            }
            for one in self.matrix.ranking
            if one in known
        ]

    @property
    def leaders(self) -> list[str]:
        return [self.names[one] for one in self.matrix.ranking if one in self.matrix.leaders]

    @cached_property
    def sensitivity(self) -> list[str]:
        """What single change would change the leader, each a sentence."""
        return [self.sentence(flip) for flip in self.matrix.flips]

    def sentence(self, flip: Flip) -> str:
        items = {row.item.pk: row.item for row in self.rows}
        sources = {row.item.source_id: row.item.source for row in self.rows}
        lead = leading([self.names[one] for one in self.matrix.ranking if one in flip.leaders])
        item = f"“{items[flip.about]}”" if flip.about in items else HIDDEN_ITEM
        match flip.variation:
            case Variation.ROW_OUT:
                return f"Without {item}, {lead}."
            case Variation.CREDIBILITY_LOWER:
                return f"If {item} were graded one step lower, {lead}."
        source = f"“{sources[flip.about]}”" if flip.about in sources else HIDDEN_SOURCE
        return f"If {source} were graded one step less reliable, {lead}."

    @cached_property
    def evaluators(self) -> list[Evaluator]:
        """Who has rated something, those furthest along first. Only how many, never what."""
        asked = [row.item.pk for row in self.rows if row.item.status == ItemStatus.ACTIVE]
        rated = {row.item: row for row in self.matrix.rows}

        def whole(who: UUID) -> int:
            return sum(
                item in rated and all(who in rated[item].cell(one) for one in self.matrix.hypotheses) for item in asked
            )

        found = [Evaluator(self.people[who], whole(who), len(asked)) for who in self.matrix.evaluators]
        return sorted(found, key=lambda each: (-each.whole, each.person.name, str(each.person.pk)))

    @property
    def still_to_rate(self) -> list[Evaluator]:
        return [each for each in self.evaluators if not each.is_done]

    @property
    def not_begun(self) -> list[User]:
        """Members who may rate and have rated nothing yet."""
        return sorted(
            (each for key, each in self.people.items() if key not in self.matrix.evaluators), key=lambda one: one.name
        )

    def by_diagnosticity(self) -> list[SeenRow]:
        """Rows that tell the hypotheses apart come first; those not yet to be told come last."""
        return sorted(self.rows, key=lambda row: -row.diagnosticity if row.is_shown else 1)


def leading(names: list[str]) -> str:
    """Who would lead, as the end of a sentence."""
    if not names:
        return "no hypothesis would be tested"
    if len(names) == 1:
        return f"“{names[0]}” would lead"
    return " and ".join(f"“{name}”" for name in names) + " would lead together"


def weighing_of(incident: Incident, reader: User) -> Weighing:
    """The matrix of an incident for a reader, in seven queries whatever its size."""
    _, matrix = matrix_of(incident.pk)
    hypotheses = list(incident.hypotheses.filter(pk__in=matrix.hypotheses))
    items = list(items_weighed(incident.pk, [row.item for row in matrix.rows], reader.pk).select_related("source"))
    rates = may_rate(reader, incident.workspace_id)
    progress = progress_over(((each.status, each.own_cells) for each in items), len(hypotheses), rates=rates)
    people = _people(incident, matrix)
    cells = _shown_cells(incident)
    added = {each.item_id: each for each in incident.matrix_rows.filter(status="active")}
    rows = [
        _seen(item, cells.get(item.pk, {}), hypotheses, people, rates, reader, added.get(item.pk)) for item in items
    ]
    return Weighing(incident, matrix, hypotheses, rows, progress, people)


def _seen(item, ratings, hypotheses, people, rates, reader, added) -> SeenRow:
    row = Row(
        item.pk, item.source_id, item.source.reliability, item.credibility, ratings, item.status == ItemStatus.ACTIVE
    )
    own = {one: by_person[reader.pk] for one, by_person in ratings.items() if reader.pk in by_person}
    return SeenRow(item, row, hypotheses, own, people, reader, rates, added)


def _shown_cells(incident: Incident) -> dict[UUID, dict[UUID, dict[UUID, str]]]:
    """Item to hypothesis to evaluator to rating: what PostgreSQL shows the one who asks."""
    found: dict[UUID, dict[UUID, dict[UUID, str]]] = {}
    told: Iterable = Rating.objects.filter(hypothesis__incident=incident, hypothesis__status="active")
    for item, one, who, rating in told.values_list("item", "hypothesis", "analyst", "rating"):
        found.setdefault(item, {}).setdefault(one, {})[who] = rating
    return found


def _people(incident: Incident, matrix: Matrix) -> dict[UUID, User]:
    """Everybody who rated, and the members who could."""
    members = Q(memberships__workspace=incident.workspace_id, memberships__ended_at=None, memberships__role__in=WRITERS)
    found = User.objects.filter(Q(pk__in=matrix.evaluators) | (members & Q(is_active=True))).distinct()
    return {each.pk: each for each in found}
