"""The product that a response shares, as was agreed with its partners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.choices import Marking
from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from exchange.blocks import Dossier
from exchange.products import product_of
from exchange.shareable import Material, material_of
from exchange.withholding import names_any
from policy.choices import ResponseKind
from policy.models import IntelligenceCooperation, PolicyResponse
from policy.workflow import STANDING, Status

UNMISTAKABLE = 2
"""Words from which on a phrase is no term of ours by chance, as a single word may be."""

OF_THE_KIND = ResponseKind.INTELLIGENCE_COOPERATION


@dataclass(frozen=True)
class SharedProduct:
    """A product as it would leave, with what it is made of."""

    under: str
    dossier: Dossier
    material: Material

    def included(self) -> list[dict[str, Any]]:
        """Kind, id and version of every record that is in it."""
        records = sorted(self.material.included, key=lambda each: (each.kind, each.pk))
        return [{"kind": each.kind, "id": str(each.pk), "version": each.version} for each in records]

    def require_fit_to_leave(self) -> None:
        """The last look. Raises `ValidationError` where nothing would leave, or what is held back would."""
        told = self.material
        if not (told.incidents or told.actors or told.claims or told.judged or told.cited):
            raise ValidationError("Under this marking nothing is left to share.")
        phrases = [each for each in told.secrets if len(each.split()) >= UNMISTAKABLE]
        if names_any("\n".join(self.dossier.words()), phrases):
            raise ValidationError("What was made would name something that is held back. Have its words revised.")


def why_not_shared(response: PolicyResponse) -> str:
    """Why nothing of it is shared now, as a sentence; empty where it may be. No queries."""
    if response.response_kind != OF_THE_KIND:
        return "Only an intelligence cooperation shares a product."
    if response.is_on_record:
        return "This is a measure that others took: it is not ours to share."
    if response.status not in STANDING:
        return f"Only what is approved or in force is shared; this is {Status(response.status).label.lower()}."
    if response.is_in_question:
        return "Its basis is in question: someone must confirm it first."
    return ""


def agreed_of(response: PolicyResponse) -> IntelligenceCooperation:
    """With whom, under which marking. Raises `IllegalStep` before its own fields are filled in."""
    agreed = IntelligenceCooperation.objects.filter(response=response, status="active").first()
    if agreed is None:
        raise IllegalStep("Its own fields are not filled in: they say with whom it shares, and under which marking.")
    return agreed


def product_for(
    response: PolicyResponse,
    agreed: IntelligenceCooperation,
    *,
    under: str,
    reader: User,
    partner: str = "",
    preview: str = "",
) -> SharedProduct:
    """The product under a marking that both the agreement and the reader's clearance cover.

    With `preview` it says of itself that nothing was shared, and why. Raises `ValidationError` or `NotYours`.
    """
    if Marking(under).level > Marking(agreed.highest_marking).level:
        limit = Marking(agreed.highest_marking).label
        raise ValidationError({"under": f"{limit} is the strictest marking that was agreed with the partners."})
    membership = reader.membership_in(response.workspace_id)
    if membership is None or Marking(membership.clearance).level < Marking(under).level:
        raise NotYours("Your clearance does not cover what is shared under this marking.")
    material = material_of(response, agreed, under)
    return SharedProduct(under, product_of(material, partner=partner, at=timezone.now(), preview=preview), material)


def preview_of(response: PolicyResponse, *, under: str, reader: User) -> SharedProduct:
    """The product as it would leave now, which says of itself that it did not."""
    why = why_not_shared(response)
    said = f"This is how it would leave. {why}".strip()
    return product_for(response, agreed_of(response), under=under, reader=reader, preview=said)
