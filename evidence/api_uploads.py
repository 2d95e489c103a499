"""Uploads that resume where they broke off: tus 1.0.0 with creation, checksum, expiration and termination.

A piece is written down as it comes, outside the transaction of the door (`config/door.py`) and outside memory.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, UnsupportedMediaType
from rest_framework.exceptions import ValidationError as Malformed
from rest_framework.response import Response

from accounts.asking import TooLarge
from evidence import pieces
from evidence.api import EvidenceItemViewSet
from evidence.api_shapes import CONFIRMED
from evidence.intake import take_in
from evidence.models import EvidenceItem, Upload
from evidence.models.uploads import too_large
from ledger.acting import acting_as
from ledger.api import RecordViewSet, document_serializer, input_serializer

PROTOCOL = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
BYTES = "application/offset+octet-stream"

SILENCE = 60
"""Seconds after which a sender that says nothing is taken to be gone, and another may go on."""

NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


class AnotherProtocol(APIException):
    status_code = 412
    default_detail = f"Send Tus-Resumable: {PROTOCOL}."


class BeingWritten(APIException):
    status_code = 423
    default_detail = "Another request is sending bytes to this upload: ask again in a moment."


class OtherBytes(APIException):
    status_code = 460
    default_detail = "None of these bytes were kept: send them again."


def told(name: str, sort: Any, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, sort, OpenApiParameter.HEADER, description=description, **more)


A_NUMBER = {"type": "integer", "minimum": 0}
VERSION = told("Tus-Resumable", {"type": "string", "enum": [PROTOCOL]}, "The protocol.", required=True)
LENGTH = told("Upload-Length", {"type": "integer", "minimum": 1}, "Bytes in all.", required=True)
METADATA = told(
    "Upload-Metadata", OpenApiTypes.STR, "Names with values in Base64, with commas between; `filename` is kept."
)
OFFSET = told("Upload-Offset", A_NUMBER, "How many bytes are here: the piece begins there.", required=True)
CHECKSUM = told("Upload-Checksum", OpenApiTypes.STR, "`sha1` or `sha256`, a space, and the digest in Base64.")
LOCATION = told("Location", {"type": "string", "format": "uri"}, "Where the bytes are sent.", response=[201])
EXPIRES = told(
    "Upload-Expires", OpenApiTypes.STR, "When it is forgotten if nobody goes on with it.", response=[200, 201, 204]
)
REACHED = told("Upload-Offset", A_NUMBER, "How many bytes are here.", response=[200, 204])


class UploadDocument(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    length = serializers.IntegerField(min_value=1, help_text="Bytes in all.")
    offset = serializers.IntegerField(min_value=0, help_text="Bytes that are here.")
    begun_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="When it is forgotten if nobody goes on with it.")


class Uploads(serializers.Serializer):
    results = UploadDocument(many=True)


class UploadViewSet(RecordViewSet):
    """Files on their way in, each its sender's alone."""

    model = Upload
    http_method_names = ("get", "post", "patch", "delete", "head", "options")
    more_problems = ("another-protocol", "being-written", "other-bytes")

    def known_parameters(self) -> frozenset[str]:
        return frozenset()

    def get_queryset(self):
        return Upload.objects.alive()

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        speaks = request.headers.get("Tus-Resumable")
        if speaks != PROTOCOL and (speaks or self.action in ("create", "partial_update", "destroy")):
            raise AnotherProtocol

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Tus-Resumable"] = PROTOCOL
        if response.status_code == AnotherProtocol.status_code:
            response["Tus-Version"] = PROTOCOL
        return response

    def options(self, request, *args, **kwargs) -> HttpResponse:
        """What is spoken here."""
        offers = {
            "Tus-Version": PROTOCOL,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(settings.MAX_UPLOAD_BYTES),
            "Tus-Checksum-Algorithm": ",".join(pieces.ALGORITHMS),
        }
        return HttpResponse(status=204, headers=offers)

    @extend_schema(responses=Uploads, parameters=[])
    def list(self, request, *args, **kwargs) -> Response:
        """Your uploads that are not taken in yet, the newest first."""
        return Response({"results": UploadDocument(self.get_queryset().order_by("-pk"), many=True).data})

    @extend_schema(responses=UploadDocument, parameters=[REACHED, EXPIRES])
    def retrieve(self, request, *args, **kwargs) -> Response:
        """How far an upload is. HEAD tells the same by its headers alone."""
        upload = self.get_object()
        headers = {**_standing(upload), "Upload-Length": str(upload.length)}
        if request.method == "HEAD":
            return HttpResponse(headers=headers)
        return Response(UploadDocument(upload).data, headers=headers)

    @extend_schema(request=None, responses={201: None}, parameters=[VERSION, LENGTH, METADATA, LOCATION, EXPIRES])
    def create(self, request, *args, **kwargs) -> HttpResponse:
        """Announce a file by its length. Its bytes go to the address in `Location`, in pieces, by PATCH."""
        length = self._header_number("Upload-Length")
        if not length:
            raise Malformed({"Upload-Length": "The file is empty."})
        if length > settings.MAX_UPLOAD_BYTES:
            raise TooLarge(too_large())
        name = _metadata(request.headers.get("Upload-Metadata", "")).get("filename", "")
        upload = Upload.begin(by=request.user, name=name, length=length)
        where = request.build_absolute_uri(f"{request.path}{upload.pk}/")
        return HttpResponse(status=201, headers={"Location": where, **_standing(upload)})

    @extend_schema(
        request={BYTES: OpenApiTypes.BINARY},
        responses={204: None},
        parameters=[VERSION, OFFSET, CHECKSUM, REACHED, EXPIRES],
    )
    def partial_update(self, request, *args, **kwargs) -> HttpResponse:
        """Send the next piece, as large as you like. What came before a connection broke is kept: go on from there."""
        with self._acting():
            upload = self.get_object()
        if request.content_type.partition(";")[0] != BYTES:
            raise UnsupportedMediaType(request.content_type)
        sent = {"at": self._header_number("Upload-Offset"), "size": self._header_number("Content-Length")}
        checksum = _checksum(request.headers.get("Upload-Checksum"))
        try:
            with patience(request._request):
                upload.append(request._request, by=request.user, token=request.auth, checksum=checksum, **sent)
        except pieces.Busy as refusal:
            raise BeingWritten from refusal
        except pieces.NotAsAnnounced as refusal:
            raise OtherBytes from refusal
        except UnreadablePostError as refusal:
            raise Malformed({"Content-Length": "The bytes broke off: ask how many are here."}) from refusal
        with self._acting():
            return HttpResponse(status=204, headers=_standing(self.get_object()))

    @extend_schema(responses={204: None}, parameters=[VERSION])
    def destroy(self, request, *args, **kwargs) -> HttpResponse:
        """Give an upload up. Its bytes are removed."""
        try:
            self.get_object().give_up(by=request.user)
        except pieces.Busy as refusal:
            raise BeingWritten from refusal
        return HttpResponse(status=204)

    @extend_schema(responses={201: document_serializer(EvidenceItem)})
    @action(detail=True, methods=["post"], url_path="take-in")
    def take_in(self, request, pk=None) -> HttpResponse:
        """Make a new evidence item of an upload that is whole: item and file, both or neither."""
        upload = self.get_object()
        return self._answer(take_in(by=request.user, upload=upload, **self._input(take_in_input())), 201)

    def get_serializer_class(self):
        return take_in_input()

    @contextmanager
    def _acting(self) -> Iterator[None]:
        with acting_as(self.request.user, token=self.request.auth):
            yield

    def _header_number(self, name: str) -> int:
        given = self.request.headers.get(name, "")
        if not NUMBER.fullmatch(given):
            raise Malformed({name: "Send a number of bytes."})
        return int(given)


@cache
def take_in_input() -> type[serializers.Serializer]:
    """What is taken for a new item, whose title may be left out."""
    names = [name for name in EvidenceItemViewSet.fields if name != "title"]
    asked = {"confirmed_harmless": CONFIRMED, "confirmed_repeat": REPEAT}
    return type("TakeIn", (input_serializer(EvidenceItem, *names, title=TITLE, **asked),), {})


TITLE = serializers.CharField(required=False, max_length=500, help_text="Without one, the name of the file.")
REPEAT = serializers.BooleanField(
    required=False, help_text="True says that the bytes are kept although the workspace holds the same already."
)


@contextmanager
def patience(request: HttpRequest) -> Iterator[None]:
    """Not to wait for ever for a sender that is gone without a word (the socket is named by gunicorn)."""
    socket = request.META.get("gunicorn.socket")
    before = socket.gettimeout() if socket else None
    if socket:
        socket.settimeout(SILENCE)
    try:
        yield
    finally:
        if socket:
            socket.settimeout(before)


def _standing(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
        "Cache-Control": "no-store",
    }


def _metadata(header: str) -> dict[str, str]:
    """Names and values of Upload-Metadata. Raises `Malformed`."""
    found = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError) as error:
            raise Malformed({"Upload-Metadata": f"The value of {name} is no text in Base64."}) from error
    return found


def _checksum(header: str | None) -> pieces.Checksum | None:
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm not in pieces.ALGORITHMS:
        raise Malformed({"Upload-Checksum": f"By one of {', '.join(pieces.ALGORITHMS)}."})
    try:
        return pieces.Checksum(algorithm, base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError) as error:
        raise Malformed({"Upload-Checksum": "The digest is no Base64."}) from error
