"""Records on which judgements rest: whatever changes their weight is said to the floors above."""

from typing import Any, ClassVar

from django.db import transaction

from accounts.models import User
from evidence.lineage import hold_lineage
from evidence.signals import ground_moved


class Weighing:
    """Mixed into a `Record`: an edit of what weighs in it is never made unsaid."""

    weighs: ClassVar[tuple[str, ...]] = ()
    """Fields whose value may decide whether an approval holds."""

    leans_on: ClassVar[str] = ""
    """Of those, the one that names a source."""

    @transaction.atomic
    def change(self, *, by: User, **given: Any) -> None:
        """Edit, and have every approval that rests on it looked at again if its weight changed."""
        before = self._weights()
        super().change(by=by, **given)
        moved = [name for name, value in before.items() if getattr(self, self._column(name)) != value]
        if moved:
            leaning = getattr(self, f"{self.leans_on}_id") if self.leans_on in moved else None
            if leaning:
                hold_lineage(sources=[leaning])
            names = ", ".join(str(self._meta.get_field(name).verbose_name) for name in moved)
            self.say_moved(by=by, reason=f"“{self}” was edited ({names}).")

    def say_moved(self, *, by: User | None, reason: str) -> None:
        """Have every approval that rests on it looked at again, in this transaction."""
        ground_moved.send(type(self), moved=self, by=by, reason=reason, marking=self.marking)

    def _weights(self) -> dict[str, Any]:
        """What weighs in it as stored now; the row stays locked, so that nobody edits in between."""
        locked = type(self).objects.select_for_update(no_key=True).filter(pk=self.pk)
        stored = locked.values(*map(self._column, self.weighs)).first()
        return {name: stored[self._column(name)] for name in self.weighs} if stored else {}

    def _column(self, name: str) -> str:
        return self._meta.get_field(name).attname
