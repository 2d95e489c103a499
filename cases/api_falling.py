"""The endpoint of what falls. It writes nothing: a token that only reads may ask."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asking import KnownParameters
from cases.api_answers import WhatFallsDocument
from cases.models import Attribution
from cases.what_falls import PARAMETERS, address_of, asked, what_falls


class WhatFallsView(KnownParameters, APIView):
    parameters = frozenset(PARAMETERS)
    more_problems = ("not-visible", "not-so")

    @extend_schema(
        parameters=[
            OpenApiParameter("item", OpenApiTypes.UUID, many=True, description="Items taken for false."),
            OpenApiParameter("source", OpenApiTypes.UUID, many=True, description="Sources taken for false."),
            OpenApiParameter("after", OpenApiTypes.UUID, description="From `next` of the answer before."),
        ],
        responses=WhatFallsDocument,
    )
    def get(self, request) -> Response:
        """What would fall if these were false, with the margin of what holds, as far as one may read it."""
        question = asked(request.query_params)
        if not question.items and not question.sources:
            raise Malformed({"item": "Name at least one item or source."})
        answer = what_falls(question.items, question.sources, after=question.after)
        further = f"{request.path}?{address_of(answer.items, answer.sources, after=answer.next).partition('?')[2]}"
        return Response(
            {
                "items": [each.pk for each in answer.items],
                "sources": [each.pk for each in answer.sources],
                "falls": [{**_named(each.ground.attribution), "checks": _told(each.checks)} for each in answer.falls],
                "holds": [{**_named(each.ground.attribution), "margin": asdict(each.margin)} for each in answer.holds],
                "untold": [{**_named(each.ground.attribution), "checks": _told(each.checks)} for each in answer.untold],
                "touched": [_named(each) for each in answer.touched],
                "responses": answer.responses,
                "is_withheld": answer.is_withheld,
                "next": request.build_absolute_uri(further) if answer.next else None,
            }
        )


def _named(attribution: Attribution) -> dict[str, Any]:
    return {
        "attribution_id": attribution.pk,
        "statement": attribution.statement,
        "label": attribution.label.value,
        "status": attribution.status,
    }


def _told(checks: list) -> list[dict[str, str]]:
    return [asdict(check) for check in checks]
