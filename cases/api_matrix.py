"""Endpoints of the matrix, of what was submitted, and of the gate's policy."""

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.response import Response

from cases import policies
from cases.api_answers import MatrixDocument, SeenRowDocument
from cases.choices import Consistency
from cases.filters import HypothesisFilter, MatrixRowFilter, RatingFilter
from cases.matrix import shown
from cases.models import GatePolicy, Hypothesis, MatrixRow, Rating, SubmittedVersion, rate_row
from cases.weighing import SeenRow, Weighing, weighing_of
from evidence.models import EvidenceItem
from ledger.api import RecordViewSet, StrictSerializer, described, withdrawable


class RowSerializer(StrictSerializer):
    item_id = serializers.PrimaryKeyRelatedField(queryset=EvidenceItem.objects.all(), source="item")
    ratings = serializers.DictField(
        child=serializers.ChoiceField(choices=Consistency.choices),
        allow_empty=False,
        help_text="Hypothesis id to rating.",
    )


class WeighedIncident:
    """What the endpoint of incidents says and takes of their matrix."""

    @extend_schema(responses=MatrixDocument)
    @action(detail=True)
    def matrix(self, request, pk=None) -> Response:
        """Hypotheses against items. What all ratings come to only once one's own rows are whole."""
        return Response(_told(weighing_of(self.get_object(), request.user)))

    @extend_schema(request=RowSerializer, responses=SeenRowDocument)
    @action(detail=True, methods=["post"])
    def rate(self, request, pk=None) -> Response:
        """Rate one item against some or all hypotheses, in one's own name; answers with the row."""
        incident, given = self.get_object(), self._input(RowSerializer)
        try:
            rate_row(incident, by=request.user, **given)
        except ValidationError as refusal:
            raise _within_ratings(refusal)
        weighing = weighing_of(incident, request.user)
        return Response(_row(next(row for row in weighing.rows if row.item.pk == given["item"].pk)))


def _within_ratings(refusal: ValidationError) -> Exception:
    """Errors by hypothesis, told where the hypothesis stands in what was sent."""
    told = getattr(refusal, "error_dict", None)
    return ValidationError({f"ratings/{name}": each for name, each in told.items()}) if told else refusal


def _told(weighing: Weighing) -> dict[str, Any]:
    told = {
        "incident_id": weighing.incident.pk,
        "hypotheses": [
            {"id": each.pk, "hypothesis_kind": each.hypothesis_kind, "name": each.name, "description": each.description}
            for each in weighing.hypotheses
        ],
        "rows": [_row(row) for row in weighing.rows],
        "hidden_rows": weighing.hidden_rows,
        "evaluators": [
            {"id": each.person.pk, "name": each.person.name, "whole_rows": each.whole, "rows": each.of}
            for each in weighing.evaluators
        ],
    }
    if not weighing.is_open:
        return told | {"withheld": weighing.progress.sentence}
    return told | _result(weighing)


def _result(weighing: Weighing) -> dict[str, Any]:
    matrix = weighing.matrix
    return {
        "scores": [{"hypothesis_id": one, "score": shown(matrix.scores[one])} for one in matrix.ranking],
        "untested": [one for one in matrix.hypotheses if one in matrix.untested],
        "leaders": [one for one in matrix.ranking if one in matrix.leaders],
        "sensitivity": [
            {
                "change": flip.variation.value,
                "about_id": flip.about,
                "leaders": [one for one in matrix.hypotheses if one in flip.leaders],
                "sentence": weighing.sentence(flip),
            }
            for flip in matrix.flips
        ],
    }


def _row(row: SeenRow) -> dict[str, Any]:
    """A row as far as the reader may see it: others' ratings, and what follows from them, once theirs is whole."""
    told = {
        "item_id": row.item.pk,
        "title": row.item.title,
        "grade": row.item.grade,
        "weight": row.weight,
        "is_discounted": row.row.is_discounted,
        "is_added": row.added is not None,
        "is_whole": row.is_whole,
        "own": {str(one): rating for one, rating in row.own.items()},
        "others": {
            str(cell.hypothesis.pk): {str(person.pk): rating for person, rating in cell.others} for cell in row.cells
        },
    }
    if row.is_shown:
        told["disagreement"] = {str(cell.hypothesis.pk): cell.steps for cell in row.cells}
        told["diagnosticity"] = shown(row.diagnosticity, 4)
        told["discriminates"] = row.discriminates
    return told


@described
@withdrawable
class HypothesisViewSet(RecordViewSet):
    model = Hypothesis
    filterset_class = HypothesisFilter
    fields = ("incident", "name", "description")
    fixed = ("incident",)


@described
@withdrawable
class MatrixRowViewSet(RecordViewSet):
    """Items weighed without being cited."""

    model = MatrixRow
    filterset_class = MatrixRowFilter
    fields = ("incident", "item", "note")
    fixed = ("incident", "item")


@described
class RatingViewSet(RecordViewSet):
    """One's own ratings, and others' on rows where one's own are whole."""

    model = Rating
    filterset_class = RatingFilter
    fields = ("hypothesis", "item", "rating")
    fixed = ("hypothesis", "item")


@described
class SubmittedVersionViewSet(RecordViewSet):
    model = SubmittedVersion
    http_method_names = ("get", "head", "options")


@described
@withdrawable
class GatePolicyViewSet(RecordViewSet):
    """Versions of a workspace's numbers. A steward adds and withdraws; nothing in a version is changed."""

    model = GatePolicy
    fields = ("workspace", "numbers", "reason")
    http_method_names = ("get", "post", "head", "options")

    def _input(self, serializer_class, *, partial: bool = False) -> dict[str, Any]:
        given = super()._input(serializer_class, partial=partial)
        if "numbers" in given:
            if not isinstance(given["numbers"], dict):
                raise Malformed({"numbers": "Give the numbers by their names."})
            given["numbers"] = {**policies.POLICIES[policies.CURRENT_POLICY].numbers, **given["numbers"]}
        return given
