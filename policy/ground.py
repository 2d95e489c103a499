"""The ground of a response: all that its gate looks at, loaded in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone

from accounts.choices import Marking
from evidence import storage
from evidence.lineage import groundless
from evidence.models import Passage
from evidence.quoted import files_of
from policy.choices import ResponseKind

if TYPE_CHECKING:
    from policy.models import PolicyResponse


@dataclass(frozen=True)
class Ground:
    """Everything the gate of a response may look at. What the reader may not see comes as None."""

    response: PolicyResponse
    detail: Any  # the row of its kind's own table
    incidents: list[Any]
    grounds: list[Any]  # ResponseGround
    provisions: list[Any]  # ReliedProvision
    targets: list[Any]  # SanctionTarget
    citations: list[Any]  # ResponseCitation, each with its passage loaded
    rights: Mapping[str, Any]  # RightsAnswer by question
    test_answers: Mapping[tuple[UUID, str], Any]  # ProvisionTestAnswer by provision and test
    reviews: list[Any]
    verified: frozenset[str]
    fallen: frozenset[UUID]  # items that repeat something withdrawn
    approver_id: UUID | None
    today: date

    @property
    def kind(self) -> ResponseKind:
        return ResponseKind(self.response.response_kind)

    @property
    def attributions(self) -> list[Any]:
        """The attributions that it rests on, as far as the reader may see them."""
        return [each.attribution for each in self.grounds if each.attribution_id and each.attribution]

    @property
    def claims(self) -> list[Any]:
        return [each.claim for each in self.grounds if each.claim_id and each.claim]

    @property
    def actors(self) -> list[Any]:
        return [each.actor for each in self.grounds if each.actor_id and each.actor]

    @property
    def day(self) -> str:
        """The day of the measure as known; today where none is set."""
        return self.response.measure_date or self.today.isoformat()

    def holds(self, passage: Passage | None) -> bool:
        """Whether a passage is seen and may be cited (`Passage.holds`)."""
        return passage is not None and passage.holds(
            bytes_verify=passage.page.file.sha256 in self.verified, is_groundless=passage.item_id in self.fallen
        )

    @property
    def tests(self) -> list[tuple[str, Any]]:
        """The tests that the law it relies on sets, each with its answer or None."""
        relied = [each.provision for each in self.provisions]
        return [(test, self.test_answers.get((each.pk, test))) for each in relied for test in each.tests]

    @property
    def passages(self) -> list[Passage | None]:
        """Every passage that it cites, in its citations and in its answers on rights and on tests of the law."""
        cited = [each.seen_passage for each in self.citations]
        answers = [*self.rights.values(), *(answer for _, answer in self.tests if answer)]
        return cited + [each.passage for each in answers if each.passage_id]

    @property
    def strictest_marking(self) -> int:
        """The level of the strictest marking of what it rests on and cites; -1 where there is nothing."""
        seen = [each.item.marking for each in self.passages if each] + [each.marking for each in self.attributions]
        return max((Marking(each).level for each in seen), default=-1)


def ground_of(response, *, approver=None, verify: bool = False) -> Ground:
    """Load the ground of a response; with `approver`, as if they approved; `verify` hashes every cited file."""
    passages = Passage.objects.select_related("page__file", "item__source")
    seen = Prefetch("passage", passages)
    citations = list(response.citations.filter(status="active").prefetch_related(seen))
    rights = list(response.rights.filter(status="active").prefetch_related(seen))
    answers = list(response.test_answers.filter(status="active").prefetch_related(seen))
    for each in [*citations, *rights, *answers]:
        each._state.fields_cache.setdefault("passage", None)  # not there: the reader's clearance does not cover it
    cited = [*(each.seen_passage for each in citations), *(each.passage for each in [*rights, *answers])]
    found = [passage for passage in cited if passage]
    items = {passage.item_id for passage in found}
    return Ground(
        response=response,
        detail=_detail(response),
        incidents=list(response.incidents.filter(status="active").select_related("incident")),
        grounds=list(
            response.grounds.filter(status="active").select_related("attribution__actor", "claim__actor", "actor")
        ),
        provisions=list(response.provisions.filter(status="active").select_related("provision")),
        targets=list(response.targets.filter(status="active").select_related("actor")),
        citations=citations,
        rights={each.question: each for each in rights},
        test_answers={(each.provision_id, each.test): each for each in answers},
        reviews=list(response.reviews_of_this_round()),
        verified=storage.verified(files_of(found), thoroughly=verify),
        fallen=frozenset(groundless(items)) if items else frozenset(),
        approver_id=approver.pk if approver else response.approver_id,
        today=timezone.localdate(),
    )


def _detail(response):
    from policy.models import DETAILS

    return DETAILS[response.response_kind].objects.filter(response=response, status="active").first()
