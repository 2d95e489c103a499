from django.core.management.base import BaseCommand, CommandError

from ledger.acting import as_owner
from ledger.checkpoints import make_checkpoint
from ledger.verification import verify


class Command(BaseCommand):
    help = "Verify the ledger (names the first entry that does not fit), or sign a checkpoint over it."

    def add_arguments(self, parser) -> None:
        parser.add_argument("what", choices=["verify", "checkpoint"])

    def handle(self, *, what: str, **options) -> None:
        if what == "verify":
            self._verify()
        else:
            self._checkpoint()

    def _verify(self) -> None:
        report = verify()
        if report.fault:
            raise CommandError(str(report.fault))
        self.stdout.write(f"{report.entries} entries fit.")

    def _checkpoint(self) -> None:
        with as_owner():
            checkpoint = make_checkpoint()
        if checkpoint is None:
            self.stdout.write("Nothing new to cover.")
        else:
            self.stdout.write(
                f"Checkpoint {checkpoint.number} covers {checkpoint.entries} entries: {checkpoint.digest}"
            )
