from typing import Any

from django.db import models

from accounts.models import User
from evidence.alarms import require_confirmed


class TypedRecord(models.Model):
    """Beside `Record`: what people type into these fields is looked at for harm before it is kept.

    The ledger forgets nothing, so the question comes first. `confirmed_harmless` answers it, for the
    texts of that one call, and is kept nowhere itself.
    """

    typed: tuple[str, ...] = ()
    _confirmed_harmless = False
    _typed_anew: tuple[str, ...] = ()

    class Meta:
        abstract = True

    @property
    def confirmed_harmless(self) -> bool:
        """Whether somebody has looked at what was found in the fields of a new record."""
        return self._confirmed_harmless

    @confirmed_harmless.setter
    def confirmed_harmless(self, told: bool) -> None:
        self._confirmed_harmless = told

    def clean(self) -> None:
        super().clean()
        if self._state.adding and not self.confirmed_harmless:
            require_confirmed(getattr(self, name) for name in self.typed)
        require_confirmed(self._typed_anew)

    def change(self, *, by: User, confirmed_harmless: bool = False, **fields: Any) -> None:
        """As every record's; only what is typed anew is looked at."""
        if not confirmed_harmless:
            changed = (name for name in self.typed if name in fields and fields[name] != getattr(self, name))
            self._typed_anew = tuple(fields[name] for name in changed)
        try:
            super().change(by=by, **fields)
        finally:
            self._typed_anew = ()
