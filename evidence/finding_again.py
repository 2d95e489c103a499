"""When a file's text was taken anew, or a later version of it was read, its passages find their words again."""

from django.dispatch import receiver

from accounts.models import User
from evidence.anchoring import NOWHERE, Found, Stood, found_again
from evidence.choices import AnchorState
from evidence.models import Passage, StoredFile
from evidence.quoting import Anchor
from evidence.signals import text_taken
from ledger.models import RecordStatus


@receiver(text_taken, dispatch_uid="evidence.find_passages_again")
def find_passages_again(sender, *, file: StoredFile, by: User, **kwargs) -> None:
    """Each active passage of the file's earlier readings, and of the version that it replaces."""
    passages = _left_behind(file)
    if not passages:
        return
    pages = {page.number: page for page in file.pages.filter(reading=file.reading)}
    texts = {number: page.text for number, page in pages.items()}
    taken: set[tuple[int | None, int, int]] = set()
    for passage in passages:
        found = _found(passage, texts, taken)
        passage.stand_anew(found, pages.get(found.page) if found.page else None, by=by)


def _left_behind(file: StoredFile) -> list[Passage]:
    ours = Passage.objects.filter(status=RecordStatus.ACTIVE, page__file__in=[file.pk, file.replaces_id])
    behind = ours.exclude(page__file=file.pk, page__reading=file.reading)
    return list(behind.select_related("page", "item").order_by("pk"))


def _found(passage: Passage, texts: dict[int, str], taken: set) -> Found:
    """Where it stands; a place that another passage has taken is for a person to judge."""
    if passage.fragment:
        return _same_part(passage, texts)
    found = found_again(Stood(passage.page.number, _anchor_of(passage)), texts)
    if found.anchor is None or found.state == AnchorState.FUZZY:
        return found
    place = (found.page, found.anchor.start, found.anchor.end)
    if place in taken:
        return found._replace(state=AnchorState.FUZZY)
    taken.add(place)
    return found


def _same_part(passage: Passage, texts: dict[int, str]) -> Found:
    """A part of a picture or recording is where it was, as long as its page is there."""
    if passage.page.number not in texts:
        return NOWHERE
    return Found(AnchorState.EXACT, passage.page.number, _anchor_of(passage), 100)


def _anchor_of(passage: Passage) -> Anchor:
    return Anchor(passage.quote, passage.prefix, passage.suffix, passage.start, passage.end)
