"""Expunging: personal data that slipped in goes, and the fact and the reason of its going stay."""

from __future__ import annotations

from typing import Any, NamedTuple, Self
from uuid import UUID

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.choices import STEWARDS, SUPERVISORS
from accounts.errors import IllegalStep, NotYours
from accounts.models import User
from evidence.choices import BytesState, Custody, ExpungingStatus, Extent, Ground
from evidence.harm import harms_in
from evidence.models.custody import CustodyEvent
from evidence.models.files import StoredFile
from evidence.models.items import EvidenceItem
from evidence.models.pages import TextPage
from evidence.models.passages import Passage
from evidence.removing import remove_what_is_expunged
from evidence.signals import asks_what_left
from ledger import triggers
from ledger.acting import require_person, taking
from ledger.addresses import address_of
from ledger.choices import Event
from ledger.expunging import MARK
from ledger.models import PERSON, AboutRecord, Record, kinds, needed
from ledger.notices import readers_of, tell

IN_CHARGE = STEWARDS | SUPERVISORS
"""Who carries an expunging out, or refuses it: never the steward who asked."""

WHOLE_KINDS = ("evidence_item", "stored_file")
"""Kinds that are expunged as a whole, with all that hangs on them."""

FEWEST = 4
"""Characters of words: fewer stand in too many places."""

LONGEST = 1000


class Reached(NamedTuple):
    """A record that an expunging concerns."""

    kind: str
    id: UUID
    is_copy: bool
    """It quotes what is expunged: only these words go from it."""


class Expunging(AboutRecord, Record):
    """Personal data to be removed for good: asked for by a steward, carried out by a second person.

    It concerns the record that it is about, and never what is marked above that. Which words are sought
    is kept apart (`SoughtWords`) until it is decided, and nowhere afterwards. PostgreSQL holds who may
    take which step; `expunging_carry_out` alone sets aside what keeps the ledger and texts as they are.
    """

    kind = "expunging"
    not_about = ("expunging", "custody_event", "time_stamp")
    writable_by = STEWARDS
    extra_triggers = (
        *AboutRecord.about_triggers,
        triggers.Call(
            "expunging_keeps_its_life",
            name="keeps_its_life",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
        ),
    )

    extent = models.CharField(max_length=10, choices=Extent)
    ground = models.CharField(max_length=20, choices=Ground)
    reason = models.TextField(help_text="Which data, in general words, and why it must go. Never the data itself.")
    status = models.CharField(max_length=10, choices=ExpungingStatus, default=ExpungingStatus.ASKED, editable=False)
    decided_by = models.ForeignKey("accounts.User", **PERSON)
    decided_at = models.DateTimeField(null=True, editable=False)
    outcome = models.JSONField(
        default=dict, editable=False, help_text="By kind the ids of what was expunged, and of what still holds words."
    )

    class Meta(AboutRecord.Meta):
        ordering = ["-id"]
        constraints = [
            *AboutRecord.Meta.constraints,
            models.CheckConstraint(condition=~Q(about_kind=""), name="expunging_is_about_something"),
            models.CheckConstraint(condition=~Q(reason=""), name="expunging_says_why"),
            models.CheckConstraint(
                condition=Q(extent=Extent.WORDS) | Q(extent=Extent.WHOLE, about_kind__in=WHOLE_KINDS),
                name="only_items_and_files_are_expunged_whole",
                violation_error_message="Items and files are expunged as a whole; elsewhere, name the words.",
            ),
            models.CheckConstraint(
                condition=Q(status=ExpungingStatus.ASKED, decided_by=None, decided_at=None)
                | (
                    Q(status__in=[ExpungingStatus.DONE, ExpungingStatus.REFUSED], decided_at__isnull=False)
                    & Q(decided_by__isnull=False)
                    & ~Q(decided_by=F("created_by"))
                )
                | Q(status=ExpungingStatus.WITHDRAWN, decided_by=F("created_by"), decided_at__isnull=False),
                name="a_second_person_expunges",
            ),
        ]
        indexes = [
            *AboutRecord.Meta.indexes,
            models.Index(fields=["workspace", "marking", "-id"], name="expunging_list"),
        ]

    def __str__(self) -> str:
        return "Expunging of words" if self.extent == Extent.WORDS else "Expunging of all of it"

    def get_absolute_url(self) -> str:
        return address_of("expunging", self.pk)

    # --- Steps --------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def ask(cls, *, by: User, words: str = "", **fields: Any) -> Self:
        """Ask that a record, or words, be expunged. A steward in person; others in charge are told."""
        require_person()
        asked = cls.add(by=by, **fields)
        if asked.extent == Extent.WORDS:
            _require_words(words, asked.reason)
            SoughtWords.objects.create(expunging=asked, words=words.strip())
        elif words.strip():
            raise ValidationError({"words": "All of it goes: name no words."})
        tell(asked._others_in_charge(), about=asked, event=Event.EXPUNGING_ASKED, sentence=asked.reason)
        return asked

    @classmethod
    def _completed(cls, by: User, fields: dict[str, Any]) -> dict[str, Any]:
        return super()._completed(by, {**fields, "reason": fields.get("reason", "").strip()})

    def clean(self) -> None:
        super().clean()
        _require_silent(self.reason)

    @transaction.atomic
    def carry_out(self, *, by: User) -> None:
        """Remove it, for good. A second person in person; approvals that rested on it are looked at again.

        Raises `NotYours`, or `IllegalStep` where it was decided meanwhile.
        """
        self._require_second(by)
        with taking("expunge", self.reason), connection.cursor() as cursor:
            cursor.execute("SELECT expunging_carry_out(%s)", [self.pk])
            if cursor.fetchone()[0] is None:
                raise IllegalStep("This was decided already.")
        self.refresh_from_db()
        self._note_custody(by)
        self._say_moved(by)
        self._tell_asker("Carried out.")
        self._have_compared_anew()
        transaction.on_commit(remove_what_is_expunged, robust=True)

    def _have_compared_anew(self) -> None:
        """What finds near copies of a text goes with its words: the items concerned are compared anew."""
        pages = self.outcome["expunged"].get("text_page", [])
        for item in TextPage.objects.filter(pk__in=pages).order_by("item").values_list("item", flat=True).distinct():
            app.configure_task("evidence.find_near_copies", queue="reading").defer(item_id=str(item))

    @transaction.atomic
    def refuse(self, *, by: User, reason: str) -> None:
        """Leave everything as it is, and say why. A second person in person."""
        self._require_second(by)
        self._end(ExpungingStatus.REFUSED, by=by, reason=reason, step="refuse")
        self._tell_asker(f"Refused: {self.state_note}")

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Ask for it no longer. Only who asked."""
        require_person()
        if by.pk != self.created_by_id:
            raise NotYours("An expunging is withdrawn by the steward who asked for it; others refuse it.")
        self._require_writer(by)
        self._end(ExpungingStatus.WITHDRAWN, by=by, reason=reason, step="withdraw")

    def _end(self, status: str, *, by: User, reason: str, step: str) -> None:
        """The filtered update is both check and lock; the database forgets the words that were sought."""
        why = needed(reason)
        _require_silent(why)
        with taking(step, why):
            asked = Expunging.objects.filter(pk=self.pk, status=ExpungingStatus.ASKED)
            if not asked.update(status=status, decided_by=by, decided_at=timezone.now(), state_note=why):
                raise IllegalStep("This was decided already.")
        self.refresh_from_db()

    def _require_second(self, by: User) -> None:
        require_person()
        self._require_writer(by, IN_CHARGE)
        if by.pk == self.created_by_id:
            raise NotYours("Another steward or a supervisor decides: two people expunge.")

    def _require_open_to_change(self, names: set[str]) -> None:
        raise IllegalStep("What was asked stays as it was asked; withdraw it and ask anew.")

    # --- What it does --------------------------------------------------------------------------

    def _note_custody(self, by: User) -> None:
        """Each file whose text went says so, with the ground and never the reason of another marking."""
        for file in StoredFile.objects.filter(pk__in=self.ids("stored_file")):
            CustodyEvent.add(by=by, file=file, action=Custody.EXPUNGED, note=f"Expunging {self.pk}")

    def _say_moved(self, by: User) -> None:
        sentence = f"Personal data was expunged: {self.get_ground_display()}."
        if self.about_kind == EvidenceItem.kind and self.extent == Extent.WHOLE:
            EvidenceItem.objects.get(pk=self.about_id).say_moved(by=by, reason=sentence)
        for passage in Passage.objects.filter(pk__in=self.outcome.get("orphans", [])):
            passage._say_moved(by=by, reason=sentence)

    def ids(self, kind: str) -> list[str]:
        """What was expunged of one kind."""
        return self.outcome.get("expunged", {}).get(kind, [])

    def _tell_asker(self, sentence: str) -> None:
        tell([self.created_by_id], about=self, event=Event.EXPUNGING_DECIDED, sentence=sentence)

    def _others_in_charge(self) -> models.QuerySet[User]:
        readers = readers_of(self.workspace_id, self.marking)
        return readers.filter(
            memberships__workspace=self.workspace_id, memberships__role__in=IN_CHARGE, memberships__ended_at=None
        ).distinct()

    # --- What is shown -------------------------------------------------------------------------

    def is_for(self, person: User) -> bool:
        """Whether a person may decide it now, as the second one."""
        is_in_charge = person.role_in(self.workspace_id) in IN_CHARGE
        return self.status == ExpungingStatus.ASKED and is_in_charge and person.pk != self.created_by_id

    def is_withdrawn_by(self, person: User) -> bool:
        """Whether a person may still take it back."""
        return self.status == ExpungingStatus.ASKED and person.pk == self.created_by_id

    @property
    def words(self) -> str:
        """The words that are sought; empty once it is decided, and for all who do not decide."""
        sought = SoughtWords.objects.filter(expunging=self).first()
        return sought.words if sought else ""

    def reach(self) -> list[Reached]:
        """What it would concern now. For those in charge; empty for others."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT kind, id, is_copy FROM expunging_reach(%s)", [self.pk])
            return [Reached(*row) for row in cursor.fetchall()]

    def concerned(self) -> list[Reached]:
        """What it concerns, or concerned once it was carried out."""
        if self.status == ExpungingStatus.ASKED:
            return self.reach()
        done = self.outcome.get("expunged", {})
        return [Reached(kind, UUID(pk), False) for kind, found in done.items() for pk in found]

    def still_holding(self, concerned: list[Reached]) -> list[dict[str, str]]:
        """What still holds words of it afterwards, as far as the reader may see it: records, bytes, what left."""
        told = [each for each in self.outcome.get("refused", []) if each["kind"] in kinds()]
        held = [_line(each["kind"], each["id"], "Its own rules refused it") for each in told]
        if self.extent == Extent.WORDS:
            pages = [each.id for each in concerned if each.kind == "text_page"]
            files = StoredFile.objects.filter(pages__in=pages).exclude(bytes_state=BytesState.EXPUNGED)
            held += [_line("stored_file", file.pk, "Its bytes are as they came") for file in files.distinct()]
        left = asks_what_left.send(type(self), records=concerned)
        held += [each for _, answer in left for each in answer]
        return [each for each in held if each]


class SoughtWords(models.Model):
    """The words that an expunging looks for. No record: once it is decided they are gone, from the database too."""

    grants = "SELECT, INSERT"

    expunging = models.OneToOneField(Expunging, models.PROTECT, primary_key=True, related_name="+")
    words = models.TextField()

    def __str__(self) -> str:
        return f"Words of {self.expunging_id}"


def expungings_about(records: list[Record]) -> list[Expunging]:
    """What waits to be expunged of some records, and what was; newest first. One query."""
    shown = Expunging.objects.filter(status__in=[ExpungingStatus.ASKED, ExpungingStatus.DONE])
    return list(shown.filter(about_id__in=[each.pk for each in records]))


def _line(kind: str, pk: UUID | str, why: str) -> dict[str, str]:
    """A record with why it is named; nothing if the reader may not see it."""
    record = kinds()[kind]._default_manager.filter(pk=pk).first()
    return {"label": str(record), "url": record.get_absolute_url(), "why": why} if record else {}


def _require_words(words: str, reason: str) -> None:
    plain = " ".join(words.split())
    if len(plain) < FEWEST:
        raise ValidationError({"words": f"Give the exact words, at least {FEWEST} characters."})
    if len(plain) > LONGEST or "\x00" in words:
        raise ValidationError({"words": f"Give at most {LONGEST} characters of plain text."})
    if plain.lower() in MARK:
        raise ValidationError({"words": f"These words stand in {MARK} itself."})
    if plain.lower() in " ".join(reason.split()).lower():
        raise ValidationError({"reason": "The reason repeats the words. It stays for good: leave them out."})


def _require_silent(reason: str) -> None:
    """The reason outlives the data: it must not hold any."""
    if found := harms_in(reason):
        raise ValidationError({"reason": [each.sentence for each in found]})
