"""Work for the background: it runs as the person who asked for it."""

from procrastinate.contrib.django import app

from accounts.models import User
from evidence.models import StoredFile
from ledger.acting import acting_as


@app.task(name="evidence.read_text", queue="reading", retry=3)
def read_text(file_id: str, user_id: str) -> None:
    """Take the text out of a file that came in."""
    person = User.objects.get(pk=user_id)
    with acting_as(person):
        file = StoredFile.objects.select_related("item").filter(pk=file_id).first()
        if file is not None:
            file.read_text(by=person)
