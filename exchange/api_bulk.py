"""The endpoint for many operations at once."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.parsers import BaseParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asking import KnownParameters, TooLarge
from exchange.bulk import carry_out

MOST_BYTES = 20 * 1024 * 1024


class NDJSONParser(BaseParser):
    """Newline-delimited JSON, as bytes; each line is read on its own."""

    media_type = "application/x-ndjson"

    def parse(self, stream, media_type=None, parser_context=None) -> bytes:
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise TooLarge()
        return body


class LineResult(serializers.Serializer):
    line = serializers.IntegerField(help_text="Its number, from 1.")
    status = serializers.IntegerField(help_text="As a request of its own would be answered.")
    id = serializers.UUIDField(required=False)
    version = serializers.IntegerField(required=False)
    problem = serializers.DictField(required=False, help_text="Why it was refused (RFC 9457).")


class BulkResult(serializers.Serializer):
    results = LineResult(many=True)


EXAMPLE = OpenApiExample(
    "Two lines",
    request_only=True,
    media_type=NDJSONParser.media_type,
    value='{"op":"create","kind":"source","fields":{"workspace_id":"...","name":"Ministry","source_class":"accused"}}\n'
    '{"op":"withdraw","kind":"evidence_item","id":"...","version":3,"fields":{"reason":"Retracted."}}',
)


class BulkView(KnownParameters, APIView):
    parameters = frozenset({"partial"})
    more_problems = ("lines-refused",)
    parser_classes = [NDJSONParser]

    @extend_schema(
        request={NDJSONParser.media_type: OpenApiTypes.STR},
        responses={200: BulkResult},
        examples=[EXAMPLE],
        parameters=[
            OpenApiParameter(
                "partial", OpenApiTypes.INT, enum=[0, 1], description="1 to keep what passes when other lines do not."
            )
        ],
    )
    def post(self, request) -> Response:
        """Up to 1,000 operations, one a line: all or nothing, unless `partial=1`."""
        partial = request.query_params.get("partial", "0")
        if partial not in ("0", "1"):
            raise Malformed({"partial": "0 or 1."})
        return Response({"results": carry_out(request, request.data or b"", partial=partial == "1")})
