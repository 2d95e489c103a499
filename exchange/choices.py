"""The terms of exchange."""

from django.db import models


class Form(models.TextChoices):
    """What a dossier is handed over as."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "DOCX"
    HTML = "html", "HTML"

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    Form.PDF: "application/pdf",
    Form.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Form.HTML: "text/html; charset=utf-8",
}


class FreeText(models.TextChoices):
    """The texts of a claim, each of which a supervisor must confirm for a lower marking."""

    STATEMENT = "statement", "The statement"
    KEY_ASSUMPTIONS = "key_assumptions", "Key assumptions"
    GAPS = "gaps", "Gaps"
    SOURCE_SUMMARY = "source_summary", "Source summary statement"
    CONTRARY_SEARCH = "contrary_search_note", "Note on the search for contrary evidence"
    WHAT_WOULD_CHANGE = "what_would_change", "What would change this"
    AI_USE = "ai_use_note", "Note on the use of AI"
    FINDINGS = "findings", "Reasons of the findings on the elements"
    CITATION_NOTES = "citation_notes", "Why each passage is cited"
    HYPOTHESES = "hypotheses", "Names of the hypotheses"
    REVIEWS = "reviews", "Reviews, dissent and all names of people"
    NOTE = "note", "The approver's note"


class SharingStatus(models.TextChoices):
    SHARED = "shared", "Shared"
    RECALLED = "recalled", "Recalled"
