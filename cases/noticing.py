"""What happened to judgements, put where people read it."""

from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from cases.models import Attribution
from cases.signals import told, told_many
from cases.telling import authors_of
from cases.workflow import Status
from evidence.choices import HOLDING_ANCHORS
from evidence.models import Passage
from evidence.signals import ground_moved
from ledger import notices
from ledger.acting import as_owner
from ledger.choices import Event


@receiver(told, dispatch_uid="cases.notice")
def notice(sender, *, about, event, people, sentence, by, **kwargs) -> None:
    """Tell some people of one record."""
    notices.tell(people, about=about, event=event, sentence=sentence)


@receiver(told_many, dispatch_uid="cases.notice_many")
def notice_many(sender, *, rows, event, by, **kwargs) -> None:
    """Tell of many records at once."""
    told_of = ((person, about, event, sentence) for people, about, sentence in rows for person in people)
    notices.tell_all(told_of)


@receiver(ground_moved, sender=Passage, dispatch_uid="cases.tell_who_cites")
def tell_who_cites(sender, *, moved: Passage, reason: str, by: User | None, **kwargs) -> None:
    """Tell those who are at work on an attribution that a passage which it cites no longer carries it.

    Whoever rests on it with an approval hears of that approval (`cases.reliance`). Of many passages of one item they
    hear once a day. It looks past the wall.
    """
    if moved.anchor_state in HOLDING_ANCHORS:
        return
    with as_owner():
        citing = Attribution.objects.filter(citations__passage=moved, citations__status="active")
        for attribution in citing.filter(status__in=[Status.DRAFT, Status.IN_REVIEW]).distinct():
            people = [each for each in authors_of(attribution) if by is None or each.pk != by.pk]
            key = f"{moved.item_id} {moved.anchor_state} {timezone.localdate()}"
            notices.tell(people, about=attribution, event=Event.PASSAGE_LOST, sentence=reason, key=key)
