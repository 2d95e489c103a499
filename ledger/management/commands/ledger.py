from django.core.management.base import BaseCommand, CommandError

from ledger.acting import as_owner
from ledger.checkpoints import make_checkpoint, public_key
from ledger.verification import verify


class Command(BaseCommand):
    help = "Verify the ledger (names the first entry that does not fit), sign a checkpoint, or print the public key."

    def add_arguments(self, parser) -> None:
        parser.add_argument("what", choices=["verify", "checkpoint", "key"])

    def handle(self, *, what: str, **options) -> None:
        match what:
            case "verify":
                self._verify()
            case "checkpoint":
                self._checkpoint()
            case "key":
                self._key()

    def _key(self) -> None:
        key = public_key()
        if not key:
            raise CommandError("No signing key is set (ATTEST_LEDGER_SIGNING_KEY): checkpoints are not signed.")
        self.stdout.write(key)

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
