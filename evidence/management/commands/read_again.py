"""`manage.py read_again`: have files read again, after a reader was renewed or OCR was installed."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from evidence.choices import ItemStatus
from evidence.models import StoredFile
from ledger.acting import acting_as


class Command(BaseCommand):
    help = "Have files read again in the background, as one person. No passage is lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="as whom: files of whose workspaces are read")
        parser.add_argument("--media-type", help="only files of this type, like application/pdf or image/")
        parser.add_argument("--extractor", help="only files whose text this took, like pypdfium2")
        parser.add_argument("--not-version", help="of those, only files that another version than this one read")

    def handle(self, *, email: str, **chosen) -> None:
        person = User.objects.filter(email=email).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {email}.")
        with acting_as(person):
            asked = sum(_ask(file, person) for file in _files(**chosen).select_related("item"))
        self.stdout.write(f"{asked} files are waiting to be read again.")


def _files(*, media_type: str | None, extractor: str | None, not_version: str | None, **rest):
    files = StoredFile.objects.filter(item__status=ItemStatus.ACTIVE, replaced_by=None)
    if media_type:
        files = files.filter(media_type__startswith=media_type)
    if extractor:
        files = files.filter(pages__extractor=extractor)
    if not_version:
        files = files.exclude(pages__extractor_version=not_version)
    return files.distinct()


def _ask(file: StoredFile, person: User) -> bool:
    try:
        file.read_again(by=person)
    except (IllegalStep, NotYours):  # waiting already, or only to be read
        return False
    return True
