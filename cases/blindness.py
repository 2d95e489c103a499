"""Own ratings come first: what of an incident's matrix is told to whom, and when.

PostgreSQL withholds others' ratings row by row (`rating_is_shown`). What is computed over all of
them (scores, leaders, what the ranking hangs on) is told to an evaluator once every row that they
can rate is whole, and at once to who cannot rate. What was submitted is there for every reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.choices import WRITERS
from accounts.models import User, people_by_name
from accounts.prepared import Prepared
from cases import gate
from cases.gate import GateResult, Outcome
from cases.gate.judgement import incomplete
from cases.gathering import ground_of, matrix_of
from cases.ground import Ground
from cases.matrix import Matrix, shown
from cases.models import Attribution, Citation, FindingCitation, Incident, MatrixRow, Rating
from cases.workflow import OPEN_TO_EDIT, Status
from evidence.choices import ItemStatus
from evidence.models import EvidenceItem

NOT_WEIGHED = [Status.WITHDRAWN, Status.SUPERSEDED]
"""Attributions whose citations no longer ask to be weighed."""


@dataclass(frozen=True)
class Progress:
    """How far a reader's own ratings have come."""

    whole: int
    needed: int
    may_rate: bool

    @property
    def is_open(self) -> bool:
        """Whether the reader may hear what everybody's ratings come to."""
        return not self.may_rate or self.whole >= self.needed

    @property
    def sentence(self) -> str:
        """Why the reader may not, or nothing."""
        if self.is_open:
            return ""
        return f"Your own ratings come first: {self.whole} of {self.needed} rows are whole."


def may_rate(reader: User, workspace_id: UUID) -> bool:
    return reader.role_in(workspace_id) in WRITERS


def items_weighed(incident: UUID, rated: list[UUID], reader: UUID) -> QuerySet[EvidenceItem]:
    """The items of an incident's matrix that the reader may read: cited, added or rated; each with `own_cells`."""
    cited = Citation.objects.filter(attribution__incident=incident, status="active")
    found = FindingCitation.objects.filter(finding__incident=incident, status="active")
    added = MatrixRow.objects.filter(incident=incident, status="active")
    ids = (
        EvidenceItem.objects.order_by()
        .filter(pk__among=rated)
        .values("pk")
        .union(
            cited.exclude(attribution__status__in=NOT_WEIGHED).order_by().values("passage__item"),
            found.order_by().values("passage__item"),
            added.order_by().values("item"),
        )
    )
    own = Rating.objects.order_by().filter(item=OuterRef("pk"), analyst=reader, hypothesis__incident=incident)
    counted = own.filter(hypothesis__status="active").values("item").annotate(count=Count("pk")).values("count")
    return EvidenceItem.objects.filter(pk__in=ids).annotate(own_cells=Coalesce(Subquery(counted), 0)).order_by("pk")


def progress_over(items: Iterable[tuple[str, int]], hypotheses: int, *, rates: bool) -> Progress:
    """From (status, own cells) of each item. Items no longer in use ask for no rating."""
    asked = [own for status, own in items if status == ItemStatus.ACTIVE]
    return Progress(sum(own >= hypotheses for own in asked), len(asked), rates)


def progress_of(incident: Incident, matrix: Matrix, reader: User) -> Progress:
    """How far the reader's own ratings of an incident have come. At most one query."""
    if not may_rate(reader, incident.workspace_id):
        return Progress(0, 0, may_rate=False)
    items = _own_cells(incident.pk, [row.item for row in matrix.rows], reader.pk)
    return progress_over(items, len(matrix.hypotheses), rates=True)


@Prepared
def _own_cells(incident: UUID, rated: list[UUID], reader: UUID) -> QuerySet:
    """The status of each item, and how many cells the reader has rated."""
    return items_weighed(incident, rated, reader).values_list("status", "own_cells")


@dataclass(frozen=True)
class Summary:
    """What the matrix of an incident comes to, in a few words; only counts where the reader may not hear it yet."""

    hypotheses: int
    items: int
    evaluators: int
    leaders: list[str]
    untested: int
    progress: Progress
    score: str


def summary_of(incident: Incident, reader: User) -> Summary:
    """The matrix of an incident in a few words. At most three queries."""
    hypotheses, matrix = matrix_of(incident.pk)
    progress = progress_of(incident, matrix, reader)
    names = {each.id: each.name for each in hypotheses}
    told = matrix.ranking if progress.is_open else []
    leaders = [one for one in told if one in matrix.leaders]
    return Summary(
        hypotheses=len(hypotheses),
        items=len(matrix.rows),
        evaluators=len(matrix.evaluators),
        leaders=[names[one] for one in leaders],
        untested=len(matrix.untested) if progress.is_open else 0,
        progress=progress,
        score=shown(matrix.scores[leaders[0]]) if leaders else "",
    )


def gate_told_to(reader: User, attribution: Attribution) -> GateResult:
    """The gate as it stands, as this reader may hear it."""
    ground = ground_of(attribution)
    return as_told(gate.evaluate(ground), ground, reader)


def as_told(result: GateResult, ground: Ground, reader: User) -> GateResult:
    """The same result, but with nothing of a ranking that the reader may not hear yet.

    Whether the check holds is told all the same: an author must know what is missing.
    """
    attribution = ground.attribution
    check = next((each for each in result.checks if each.key == "alternatives"), None)
    if attribution.status not in OPEN_TO_EDIT or check is None or check.outcome == Outcome.NOT_APPLICABLE:
        return result
    if any(incomplete(ground, ground.policy)):
        return result  # what is missing is told, and nothing of the ranking
    progress = progress_of(attribution.incident, ground.matrix, reader)
    if progress.is_open:
        return result
    veiled = replace(check, sentence=f"Others have weighed it. {progress.sentence}", remedy="Rate the matrix.")
    return replace(result, checks=[veiled if each is check else each for each in result.checks])


@dataclass(frozen=True)
class WeighedGround:
    """The matrix under an attribution, as its panel shows it."""

    hypothesis: str
    is_chosen: bool
    is_frozen: bool
    progress: Progress
    leaders: list[str]
    is_leading: bool
    is_untested: bool
    evaluators: list[User]
    decisive: list[str]


def weighed_ground(ground: Ground, reader: User) -> WeighedGround:
    """Which explanation the claim takes, and what the matrix says of it: as submitted, or as it stands.

    What was submitted is there for every reader; what still moves, under blindness. At most two queries.
    """
    attribution, matrix, claimed = ground.attribution, ground.matrix, ground.claimed_hypothesis
    is_frozen = attribution.status not in OPEN_TO_EDIT
    progress = Progress(0, 0, may_rate=False) if is_frozen else progress_of(attribution.incident, matrix, reader)
    leaders = [one for one in matrix.ranking if one in matrix.leaders] if progress.is_open else []
    flips = matrix.decisive if progress.is_open else []
    return WeighedGround(
        hypothesis=claimed.name if claimed else "",
        is_chosen=attribution.hypothesis_id is not None,
        is_frozen=is_frozen,
        progress=progress,
        leaders=[ground.hypothesis(one) for one in leaders],
        is_leading=claimed is not None and leaders == [claimed.id],
        is_untested=progress.is_open and claimed is not None and claimed.id in matrix.untested,
        evaluators=people_by_name(matrix.evaluators),
        decisive=[ground.name_of(each.about) for each in flips],
    )
