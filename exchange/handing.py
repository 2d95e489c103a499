"""Handing a dossier, a text or a calendar over, the same at both doors."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.text import slugify

from accounts.choices import Marking
from accounts.errors import IllegalStep
from accounts.models import User
from cases.models import Attribution
from evidence.models import EvidenceItem
from exchange.assembly import dossier_for, draw
from exchange.blocks import Dossier
from exchange.choices import Form
from exchange.custody import report_of
from exchange.models import Release, Sharing
from exchange.renderers.web import style_source
from exchange.texts.assembly import text_for
from policy.models import PolicyResponse

LONGEST_NAME = 60
"""Characters of a title in the name of a file."""

REPORTED = EvidenceItem.objects.select_related("source", "workspace", "collected_by")

ATTRIBUTIONS = Attribution.objects.select_related("incident", "actor", "approver").prefetch_related("co_authors")


def hand_over(attribution: Attribution, *, reader: User, form: str, marking: str = "") -> HttpResponseBase:
    """The dossier as its reader may have it; under a lower marking, what was last released.

    Raises `IllegalStep` where nothing was released under that marking.
    """
    asked = Marking(marking or attribution.marking)
    if asked.level > Marking(attribution.marking).level:
        raise IllegalStep("The attribution's own marking is the highest that there is of it.")
    if asked.value != attribution.marking:
        return hand_over_release(_last_released(attribution, asked, form))
    dossier = dossier_for(attribution)
    return _drawn(dossier, form, dossier.title.replace(" ", "-").lower())


def hand_over_report(item: EvidenceItem, *, form: str) -> HttpResponse:
    """The custody report of an item as its reader may have it."""
    return _drawn(report_of(item), form, f"custody-{slugify(item.title)[:LONGEST_NAME].strip('-')}")


def hand_over_text(response: PolicyResponse, *, form: str) -> HttpResponse:
    """The text of a response as its reader may have it. Raises `IllegalStep` for a kind that has none."""
    text = text_for(response)
    return _drawn(text, form, f"{slugify(text.title)}-{slugify(text.subtitle)[:LONGEST_NAME].strip('-')}")


def _drawn(dossier: Dossier, form: str, name: str) -> HttpResponse:
    answer = HttpResponse(draw(dossier, form), content_type=Form(form).media_type)
    if form == Form.HTML:  # shown, not saved: its one style is named by its hash
        answer._csp_update = {"style-src": [style_source(dossier)]}
    else:
        answer["Content-Disposition"] = f'attachment; filename="{name}-{dossier.marking_key}.{form}"'
    return answer


def hand_over_release(release: Release) -> FileResponse:
    """The bytes that left, always as a download."""
    return _as_left(release, f"{release.title}-{release.marking}")


def hand_over_sharing(sharing: Sharing) -> FileResponse:
    """The bytes that a partner was given, always as a download."""
    return _as_left(sharing, f"{sharing.title}-{sharing.partner}-{sharing.under}")


def _as_left(kept: Release | Sharing, name: str) -> FileResponse:
    answer = FileResponse(kept.open(), as_attachment=True, filename=f"{name.replace(' ', '-').lower()}.{kept.form}")
    answer["Content-Type"] = Form(kept.form).media_type
    return answer


def _last_released(attribution: Attribution, marking: Marking, form: str) -> Release:
    released = Release.objects.filter(attribution=attribution, marking=marking, form=form, status="active")
    last = released.order_by("-pk").first()
    if last is None:
        raise IllegalStep(f"Nothing is released under {marking.label} as {Form(form).label}: a supervisor releases it.")
    return last


def hand_over_calendar(request: HttpRequest, feed: bytes, *, since: datetime | None = None) -> HttpResponseBase:
    """A feed, or 304 to a program that holds it already. It asks each time: what may be read can change."""
    answer = HttpResponse(feed, content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-cache"
    answer["ETag"] = quote_etag(hashlib.sha256(feed).hexdigest())
    if since:
        answer["Last-Modified"] = http_date(since.timestamp())
    told = int(since.timestamp()) if since else None
    return get_conditional_response(request, etag=answer["ETag"], last_modified=told, response=answer)
