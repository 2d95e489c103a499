from collections import Counter

from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError

from config.vault import folder_vault
from evidence.copying import copy_all


class Command(BaseCommand):
    help = (
        "Copy all stored files from the folder to the bucket that ATTEST_S3_* names, or back, and verify each. "
        "Nothing is deleted; begun again, it goes on where it ended."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--to", choices=["bucket", "folder"], required=True)
        parser.add_argument("--thoroughly", action="store_true", help="Hash again what is there already.")

    def handle(self, *, to: str, thoroughly: bool, **options) -> None:
        bucket = storages.create_storage(settings.STORAGES["default"])
        if not hasattr(bucket, "bucket_name"):
            raise CommandError("Name the bucket by ATTEST_S3_BUCKET and the other ATTEST_S3_ settings.")
        folder = storages.create_storage(folder_vault(settings.FILES_DIR))
        origin, target = (folder, bucket) if to == "bucket" else (bucket, folder)
        self._tell(copy_all(origin, target, thoroughly=thoroughly))

    def _tell(self, outcomes) -> None:
        counted: Counter[str] = Counter()
        for each in outcomes:
            counted[each.outcome] += 1
            if each.outcome in ("altered", "failed"):
                self.stderr.write(f"{each.sha256}: {each.outcome}")
        self.stdout.write(
            f"{counted['copied']} copied and verified, {counted['there']} there already, "
            f"{counted['altered']} altered at the origin and not copied, {counted['failed']} failed."
        )
        if counted["altered"] or counted["failed"]:
            raise CommandError("Not everything was copied.")
