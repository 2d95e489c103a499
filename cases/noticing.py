"""What happened to judgements, put where people read it."""

from django.dispatch import receiver

from cases.signals import told, told_many
from ledger import notices


@receiver(told, dispatch_uid="cases.notice")
def notice(sender, *, about, event, people, sentence, by, **kwargs) -> None:
    """Tell some people of one record."""
    notices.tell(people, about=about, event=event, sentence=sentence)


@receiver(told_many, dispatch_uid="cases.notice_many")
def notice_many(sender, *, rows, event, by, **kwargs) -> None:
    """Tell of many records at once."""
    told_of = ((person, about, event, sentence) for people, about, sentence in rows for person in people)
    notices.tell_all(told_of)
