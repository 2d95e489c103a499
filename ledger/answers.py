"""Answers whose JSON is text already."""

from django.http import HttpResponse
from rest_framework import status

from ledger.documents import Document


class TextAnswer(HttpResponse):
    """JSON that is text already."""

    def __init__(self, text: str, code: int = status.HTTP_200_OK) -> None:
        super().__init__(text.encode(), status=code, content_type="application/json")


class DocumentAnswer(TextAnswer):
    """A record's document, with its version as ETag."""

    def __init__(self, document: Document, code: int) -> None:
        super().__init__(document.text, code)
        self.document = document
        self.headers["ETag"] = f'"{document.version}"'
