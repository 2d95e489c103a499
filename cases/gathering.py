"""Load the ground of attributions, one or thousands, in a fixed number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from django.apps import apps
from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.prepared import Prepared, hold
from cases.choices import Conclusion
from cases.ground import Cited, Explained, Ground, Reviewed, Told
from cases.matrix import Matrix, Row
from cases.models.findings import ElementFinding
from cases.models.policies import GatePolicy
from cases.ranking import Entry
from cases.workflow import OPEN_TO_EDIT
from evidence import storage
from evidence.lineage import groundless
from evidence.origins import origins_of
from evidence.quoted import files_of, weighed


def ground_of(attribution, *, approver=None, verify_bytes: bool = False) -> Ground:
    """The ground of one attribution; with `approver`, as if they approved.

    `verify_bytes` hashes every cited file again (an approval does); otherwise only their presence
    and size are looked at.
    """
    return grounds_of([attribution], approver=approver, verify_bytes=verify_bytes)[attribution.pk]


def grounds_of(attributions: Iterable, *, approver=None, verify_bytes: bool = False) -> dict[UUID, Ground]:
    """The grounds of many, by id, in as many queries as for one. Incident and actor should be loaded."""
    wanted = list(attributions)
    hold_co_authors(wanted)
    citations = _citations(wanted)
    passages = [each["passage"] for found in citations.values() for each in found if each["passage"]]
    items = {each.item_id for each in passages}
    origin = origins_of(items) if items else {}
    fallen = groundless(items) if items else set()
    verified = storage.verified(files_of(passages), thoroughly=verify_bytes)
    reviews, analyses = _reviews(wanted), _analyses(wanted)
    rules, today = GatePolicy.of_attributions(wanted), timezone.localdate()
    return {
        one.pk: Ground(
            attribution=one,
            policy=rules[one.pk],
            label=one.label,
            is_state=one.actor.is_state,
            accusers=frozenset(one.incident.target_countries),
            authors=frozenset(one.author_ids()),
            approver_id=approver.pk if approver else one.approver_id,
            citations=[_cited(each, origin, verified, fallen) for each in citations[one.pk]],
            reviews=[_reviewed(each) for each in reviews[one.pk]],
            review_texts=[told for each in reviews[one.pk] for told in _told(each)],
            today=today,
            **analyses[one.pk],
        )
        for one in wanted
    }


def hold_ground(attribution) -> None:
    """Keep all that it rests on still until the transaction ends, so that an approval sees what it seals.

    Whoever moves the ground at the same moment either is waited for, or finds the approval.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT hold_ground(%s)", [attribution.pk])


def resting_on(items: Iterable[UUID]) -> list[UUID]:
    """Ids of the attributions that cite or weigh any of these items, as far as the reader may read them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT attribution_id FROM resting_on(%s::uuid[])", [list(items)])
        return [row[0] for row in cursor.fetchall()]


def hold_co_authors(attributions: Iterable) -> None:
    """Load the co-authors of attributions, each with the person; where they are known already, nothing is asked."""
    wanted = [each for each in attributions if "co_authors" not in each.__dict__.get("_prefetched_objects_cache", {})]
    found = _co_authors([each.pk for each in wanted]) if wanted else []
    for each in wanted:
        hold(each, "co_authors", [one for one in found if one.attribution_id == each.pk])


@Prepared
def _co_authors(attributions: list[UUID]) -> QuerySet:
    written = apps.get_model("cases", "CoAuthor").objects.filter(attribution__among=attributions)
    return written.select_related("person").only("attribution", "person__name", "person__email").order_by("id")


# --- Citations -----------------------------------------------------------------------------------


OF_A_CITATION = ("id", "attribution_id", "passage_id", "supports", "intent_basis", "note")


def _citations(attributions: list) -> dict[UUID, list[dict[str, Any]]]:
    """Active citations, each with its `passage` (page, file, item and source loaded); a hidden one comes as None."""
    found = defaultdict(list)
    if attributions:
        told = _active([each.pk for each in attributions])
        passages = weighed(each["passage_id"] for each in told) if told else {}
        for each in told:
            found[each["attribution_id"]].append({**each, "passage": passages.get(each["passage_id"])})
    return found


@Prepared
def _active(attributions: list[UUID]) -> QuerySet:
    citations = apps.get_model("cases", "Citation").objects.filter(attribution__among=attributions, status="active")
    return citations.order_by("id").values(*OF_A_CITATION)


def _cited(citation: Mapping[str, Any], origin: dict[UUID, int], verified: frozenset[str], fallen: set[UUID]) -> Cited:
    passage = citation["passage"]
    return Cited(
        id=citation["id"],
        supports=citation["supports"],
        intent_basis=citation["intent_basis"],
        note=citation["note"],
        passage=passage,
        item=passage.item if passage else None,
        origin=origin.get(passage.item_id) if passage else None,
        bytes_verify=bool(passage) and passage.page.file.sha256 in verified,
        is_groundless=bool(passage) and passage.item_id in fallen,
    )


# --- Reviews -------------------------------------------------------------------------------------

OF_A_REVIEW = ("attribution_id", "reviewer_id", "conclusion", "reasons", "interests")
OF_ITS_DISSENT = ("dissents__reasons", "dissents__answer")


def _reviews(attributions: list) -> dict[UUID, list[dict[str, Any]]]:
    """What was concluded on the version last submitted of each, with the dissent if it is one."""
    found = defaultdict(list)
    if attributions:
        for each in _concluded([each.pk for each in attributions]):
            found[each["attribution_id"]].append(each)
    return found


@Prepared
def _concluded(attributions: list[UUID]) -> QuerySet:
    reviews = apps.get_model("cases", "Review").objects.filter(attribution__among=attributions)
    this_round = reviews.filter(round=F("attribution__round")).order_by("id")
    return this_round.values(*OF_A_REVIEW, *OF_ITS_DISSENT)


def _reviewed(review: dict[str, Any]) -> Reviewed:
    return Reviewed(
        reviewer_id=review["reviewer_id"],
        conclusion=review["conclusion"],
        interests=review["interests"],
        dissent_answered=review["conclusion"] != Conclusion.DISSENT or bool(review["dissents__answer"]),
    )


def _told(review: dict[str, Any]) -> list[Told]:
    texts = [("A review", review["reasons"]), ("The answer to a dissent", review["dissents__answer"])]
    return [Told(where, text) for where, text in texts if text]


# --- The analysis: matrix and findings ------------------------------------------------------------


def _analyses(attributions: list) -> dict[UUID, dict[str, Any]]:
    """Hypotheses, matrix and findings of each: as submitted, or as they stand while it is open to edit."""
    frozen = _frozen([one for one in attributions if one.status not in OPEN_TO_EDIT])
    live = _live({one.incident_id for one in attributions if one.pk not in frozen})
    told = {one.pk: frozen.get(one.pk) or live[one.incident_id] for one in attributions}
    graded = _graded({item for each in told.values() for item in each["cells"]})
    return {
        key: {
            "hypotheses": each["hypotheses"],
            "findings": each["findings"],
            "matrix": _matrix(each["hypotheses"], each["cells"], graded),
            "item_names": each["item_names"],
        }
        for key, each in told.items()
    }


def _matrix(hypotheses: list[Explained], cells: Mapping[UUID, Any], graded: Mapping[UUID, tuple]) -> Matrix:
    rows = (
        Row(item, source, reliability, credibility, ratings, is_active)
        for item, ratings in sorted(cells.items())
        for source, reliability, credibility, is_active in [graded[item]]
    )
    return Matrix(tuple(each.id for each in hypotheses), tuple(rows))


def _frozen(attributions: list) -> dict[UUID, dict[str, Any]]:
    """The analysis inside the submitted version of each that has one."""
    if not attributions:
        return {}
    versions = _submitted([each.pk for each in attributions])
    return {key: analysis_of(orjson.loads(canonical)) for key, canonical in versions}


@Prepared
def _submitted(attributions: list[UUID]) -> QuerySet:
    versions = apps.get_model("cases", "SubmittedVersion").objects.filter(attribution__among=attributions)
    return versions.filter(round=F("attribution__round")).values_list("attribution_id", "canonical")


def analysis_of(version: Mapping[str, Any]) -> dict[str, Any]:
    """Hypotheses, cells and findings as a submitted version (or a sealed packet) holds them."""
    matrix = version["matrix"]
    cells = {
        UUID(row["item"]["id"]): {
            UUID(one): {UUID(who): rating for who, rating in rated.items()} for one, rated in row["ratings"].items()
        }
        for row in matrix["rows"]
    }
    return {
        "hypotheses": [Explained(UUID(h["id"]), h["hypothesis_kind"], h["name"]) for h in matrix["hypotheses"]],
        "findings": version["findings"],
        "cells": cells,
        "item_names": {UUID(row["item"]["id"]): row["item"]["title"] for row in matrix["rows"]},
    }


def analysis_now(incident: UUID) -> dict[str, Any]:
    """Hypotheses, cells and findings of an incident as they stand, whatever was submitted."""
    return _live({incident})[incident]


def _live(incidents: set[UUID]) -> dict[UUID, dict[str, Any]]:
    """The analysis of incidents as it stands."""
    told = {each: {**weighed, "findings": [], "item_names": {}} for each, weighed in _weighed_so_far(incidents).items()}
    if told:
        for incident, element, finding, rationale in _findings(list(incidents)):
            told[incident]["findings"].append({"element": element, "finding": finding, "rationale": rationale})
    return told


def matrix_of(incident_id: UUID) -> tuple[list[Explained], Matrix]:
    """Hypotheses and matrix of an incident as they stand, whoever asks. Two queries.

    It looks past blindness, as the gate must: what may be told of it is for `cases.blindness` to say.
    """
    told = _weighed_so_far({incident_id})[incident_id]
    return told["hypotheses"], _matrix(told["hypotheses"], told["cells"], _graded(set(told["cells"])))


def _weighed_so_far(incidents: set[UUID]) -> dict[UUID, dict[str, Any]]:
    """Hypotheses and ratings of incidents. The ratings come past the wall: see `matrix_cells`."""
    told: dict[UUID, dict[str, Any]] = {each: {"hypotheses": [], "cells": {}} for each in incidents}
    if not incidents:
        return told
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT incident_id, hypothesis_id, hypothesis_kind, name, item_id, analyst_id, rating"
            " FROM matrix_cells(%s::uuid[])",
            [list(incidents)],
        )
        for incident, hypothesis, kind, name, item, analyst, rating in cursor.fetchall():
            known = Explained(hypothesis, kind, name)
            if known not in told[incident]["hypotheses"]:
                told[incident]["hypotheses"].append(known)
            if item is not None:
                told[incident]["cells"].setdefault(item, {}).setdefault(hypothesis, {})[analyst] = rating
    return told


@Prepared
def _findings(incidents: list[UUID]) -> QuerySet:
    found = ElementFinding.objects.filter(incident__among=incidents).order_by("element")
    return found.values_list("incident_id", "element", "finding", "rationale")


def _graded(items: set[UUID]) -> dict[UUID, tuple[UUID, str, int, bool]]:
    """Source, reliability, credibility and use of items, whoever asks: weights must not depend on the reader."""
    if not items:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT item_id, source_id, reliability, credibility, is_active FROM weighed(%s::uuid[])", [list(items)]
        )
        return {item: tuple(rest) for item, *rest in cursor.fetchall()}


def ranking_entries_of(incident_id: UUID) -> list[Entry]:
    """All that ever moved an incident's matrix, in ledger order, whoever asks. Ids come as text. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, kind, object_id, told::text FROM ranking_entries(%s)", [incident_id])
        return [
            Entry(timezone.localdate(at), kind, str(id), json.loads(told)) for at, kind, id, told in cursor.fetchall()
        ]
