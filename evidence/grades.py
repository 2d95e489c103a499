"""What is told of an item's grades: its two questions apart, who found what, and what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evidence.choices import Credibility, Outcome, Question
from evidence.confirming import ORIGINS_THAT_CONFIRM, confirming_origins
from evidence.models import EvidenceItem, Grading
from evidence.models.gradings import Standing, standing_of
from ledger.history import grades_in, versions_of


@dataclass(frozen=True)
class Graded:
    """One question of an item: the grade that counts, its history, and the blind gradings shown to this reader."""

    question: Question
    grade: str
    meaning: str
    history: list[dict[str, Any]]
    gradings: list[Grading]
    standing: Standing

    @property
    def differs(self) -> bool:
        """Whether two who graded blind found otherwise, and nobody has settled it."""
        return any(each.outcome == Outcome.DIFFER for each in self.gradings)

    @property
    def waiting(self) -> Grading | None:
        """The reader's own grading that waits for its second."""
        return next((each for each in self.gradings if each.outcome == Outcome.WAITING), None)


@dataclass(frozen=True)
class GradesPanel:
    """The grades of an item, as its page tells them."""

    questions: list[Graded]
    confirmations: list
    confirms: list
    origins: int
    """Other origins that confirm it."""

    is_unconfirmed: bool
    """It stands at 1, and fewer than two other origins confirm it now."""

    @property
    def may_grade_blind(self) -> bool:
        return any(not each.standing.hindrance for each in self.questions)

    @property
    def why_not(self) -> str:
        """Why the reader gives no blind grading in any question, if so."""
        return "" if self.may_grade_blind else self.questions[0].standing.why_not

    @classmethod
    def of(cls, item: EvidenceItem) -> GradesPanel:
        """Seven queries, whatever the number of gradings."""
        gradings = list(item.gradings.exclude(outcome=Outcome.WITHDRAWN).select_related("grader"))
        standing, versions = standing_of(item.pk), versions_of(item.pk)
        confirmations = list(item.confirmations.filter(status="active").select_related("confirming__source"))
        origins = confirming_origins(item.pk)
        histories = {
            Question.SO: grades_in(versions, "credibility", "credibility_reason"),
            Question.SAID: grades_in(versions, "said_reliability", "said_credibility", "said_credibility_reason"),
        }
        return cls(
            questions=[
                Graded(
                    question=question,
                    grade=grade,
                    meaning=meaning,
                    history=histories[question],
                    gradings=[each for each in gradings if each.question == question],
                    standing=standing[question],
                )
                for question, grade, meaning in _grades(item)
            ],
            confirmations=confirmations,
            confirms=list(item.confirms.filter(status="active").select_related("item__source")),
            origins=origins,
            is_unconfirmed=item.credibility == Credibility.CONFIRMED and origins < ORIGINS_THAT_CONFIRM,
        )


def _grades(item: EvidenceItem) -> list[tuple[Question, str, str]]:
    said = f"{item.get_said_reliability_display()}; {item.get_said_credibility_display()}" if item.said_grade else ""
    is_so = f"{item.source.get_reliability_display()}; {item.get_credibility_display()}"
    return [(Question.SO, item.grade, is_so), (Question.SAID, item.said_grade, said)]
