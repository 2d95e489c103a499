"""Near copies are found in the worker, past the wall, and suggested to who may read both items.

Candidates come from the fingerprints that two texts share, the oldest `MOST_PER_KEY` items of each, so that what
stands in every text (an imprint, a disclaimer) costs no more than what stands in few. The best `MOST_COMPARED` are
compared exactly, and the best `MOST_SUGGESTED` of those that are alike enough are suggested.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.choices import strictest
from evidence.choices import CopyGround
from evidence.models import EvidenceItem, NearCopy, TextPage, TextSignature
from evidence.shingles import Likeness, likeness, shingles_of, sketch_of
from ledger.acting import as_owner, taking

ALIKE = 50
"""Percent of common runs from which two texts are alike as a whole."""

INSIDE = 60
"""Percent of the shorter text's runs from which it stands inside the longer one."""

MOST_PER_KEY, MOST_COMPARED, MOST_SUGGESTED = 50, 40, 10

MOST_CHARACTERS = 1_500_000
"""Of an item's text; what follows is not compared."""

AT_ONCE = 200
"""Items looked at in one run of those that were never looked at."""

CANDIDATES = """
    SELECT found.item_id
    FROM unnest(%(keys)s::bigint[]) AS key (hash)
    CROSS JOIN LATERAL (
        SELECT f.item_id
        FROM evidence_fingerprint f JOIN evidence_evidenceitem i ON i.id = f.item_id
        WHERE f.hash = key.hash AND f.item_id <> %(item)s AND i.workspace_id = %(room)s
        ORDER BY f.item_id LIMIT %(per_key)s
    ) found
    WHERE NOT EXISTS (
        SELECT 1 FROM evidence_nearcopy n
        WHERE least(n.item_id, n.other_id) = least(found.item_id, %(item)s)
          AND greatest(n.item_id, n.other_id) = greatest(found.item_id, %(item)s))
      AND NOT EXISTS (
        SELECT 1 FROM evidence_derivation d
        WHERE d.status = 'active'
          AND (d.item_id, d.original_id) IN ((found.item_id, %(item)s), (%(item)s, found.item_id)))
    GROUP BY found.item_id ORDER BY count(*) DESC, found.item_id LIMIT %(most)s
"""


def find_near_copies(item_id: UUID) -> int:
    """Keep the signature of an item's text, then suggest what it is a near copy of. Returns how many were suggested.

    In two transactions: of two items read at once, the later one to look sees the signature of the other.
    """
    with as_owner():
        shingles = shingles_of(text_of(item_id))
        keys = _keep_signature(item_id, shingles)
    if not keys:
        return 0
    with as_owner():
        return _suggest(EvidenceItem.objects.get(pk=item_id), shingles, keys)


def look_at_what_was_not() -> int:
    """Look at items with text that were never looked at, oldest first. Returns how many."""
    with as_owner():
        unseen = TextPage.objects.exclude(item__in=TextSignature.objects.values("item")).order_by("item")
        found = list(unseen.values_list("item", flat=True).distinct()[:AT_ONCE])
    for item_id in found:
        find_near_copies(item_id)
    return len(found)


def text_of(item_id: UUID) -> str:
    """The text of an item, all files and pages in order, as far as texts are compared."""
    pages, length = [], 0
    found = TextPage.objects.current().filter(item=item_id).order_by("file_id", "number").values_list("text", flat=True)
    for text in found.iterator(chunk_size=50):
        pages.append(text)
        length += len(text)
        if length > MOST_CHARACTERS:
            break
    return "\n".join(pages)[:MOST_CHARACTERS]


def _keep_signature(item_id: UUID, shingles: frozenset[int]) -> list[int]:
    """Put the signature of a text, and its fingerprints, in the place of those from before. Returns its keys."""
    sketch = sketch_of(shingles)
    keys = sketch.keys if sketch else []
    before = TextSignature.objects.select_for_update().filter(pk=item_id).values_list("keys", flat=True).first() or []
    kept = {
        "shingles": sketch.shingles if sketch else 0,
        "signature": sketch.signature if sketch else b"",
        "keys": keys,
        "made_at": timezone.now(),
    }
    TextSignature.objects.update_or_create(item_id=item_id, defaults=kept)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_fingerprint WHERE item_id = %s AND hash = ANY (%s)", [item_id, before])
        cursor.execute(
            "INSERT INTO evidence_fingerprint (hash, item_id) SELECT unnest(%s::bigint[]), %s ON CONFLICT DO NOTHING",
            [keys, item_id],
        )
    return keys


def _suggest(item: EvidenceItem, shingles: frozenset[int], keys: list[int]) -> int:
    """Compare with the candidates, and suggest the most alike."""
    compared = ((other, likeness(shingles, shingles_of(text_of(other)))) for other in candidates(item, keys))
    alike = [(other, how) for other, how in compared if how.similarity >= ALIKE or how.containment >= INSIDE]
    best = sorted(alike, key=lambda pair: (-max(pair[1]), pair[0]))[:MOST_SUGGESTED]
    others = EvidenceItem.objects.in_bulk([other for other, _ in best])
    suggestions = [_suggestion(item, others[other], how) for other, how in best]
    with taking("suggest"):
        NearCopy.objects.bulk_create(suggestions, ignore_conflicts=True)  # another looker may have come first
    return len(suggestions)


def _suggestion(item: EvidenceItem, other: EvidenceItem, how: Likeness) -> NearCopy:
    return NearCopy(
        workspace_id=item.workspace_id,
        marking=strictest([item.marking, other.marking]),
        item=item,
        other=other,
        similarity=how.similarity,
        containment=how.containment,
        ground=CopyGround.ALIKE if how.similarity >= ALIKE else CopyGround.INSIDE,
    )


def candidates(item: EvidenceItem, keys: Iterable[int]) -> list[UUID]:
    """Items of the same workspace that share most fingerprints with this one, without those decided on. As owner."""
    given = {
        "keys": list(keys),
        "item": item.pk,
        "room": item.workspace_id,
        "per_key": MOST_PER_KEY,
        "most": MOST_COMPARED,
    }
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, given)
        return [pk for (pk,) in cursor.fetchall()]
