from datetime import timedelta

from django.db.models import Avg, Count, F, Min, Q
from django.utils import timezone

from accounts.choices import REVIEWERS, SUPERVISORS
from cases.filters import AttributionFilter
from cases.models import Attribution, Dissent, Incident
from cases.workflow import Status
from ledger.choices import Event
from ledger.models import Notification, Task
from ledger.models.about import attach
from ledger.pages import RecordList, RecordPage

SHOWN = 8
"""Rows of each list on the desk."""

LOOKED_INTO = 4
"""Drafts whose gate is evaluated for the desk: each costs a handful of queries."""

FIGURES_OVER = timedelta(days=90)


class Desk(RecordPage):
    """What waits for this person, what they are writing, and how the queue stands."""

    template_name = "cases/desk.html"

    def get_context_data(self, **kwargs):
        me = self.request.user
        mine = Attribution.objects.written_by(me).select_related("incident", "actor")
        drafts = list(mine.filter(status__in=[Status.DRAFT, Status.RETURNED, Status.STALE])[:SHOWN])
        for draft in drafts[:LOOKED_INTO]:
            draft.lacking = draft.gate().failed
        return super().get_context_data(
            to_review=self._to_review(me),
            dissents=self._dissents(me),
            drafts=drafts,
            in_review=mine.filter(status=Status.IN_REVIEW)[:SHOWN],
            incidents=Incident.objects.exclude(status__in=["closed", "withdrawn"]).order_by("-updated_at")[:SHOWN],
            figures=self._figures(me),
            tasks=self._tasks(me),
            **self._told(),
            may_add=self.may_write(),
            **kwargs,
        )

    def _tasks(self, me) -> list[Task]:
        mine = list(Task.objects.open().filter(assignee=me).soonest_first()[:SHOWN])
        attach(mine)
        return mine

    def _told(self) -> dict[str, list[Notification]]:
        """What names me, and what my watches found, as long as it is unread."""
        wanted = Notification.objects.unread().filter(event__in=[Event.MENTIONED, Event.WATCH_FIRED])
        told = wanted[: 2 * SHOWN].shown()
        return {
            "mentions": [each for each in told if each.event == Event.MENTIONED],
            "fired": [each for each in told if each.event == Event.WATCH_FIRED],
        }

    def _rooms(self, me, roles) -> list:
        return [room.pk for room in me.workspaces() if me.role_in(room.pk) in roles]

    def _to_review(self, me):
        waiting = Attribution.objects.waiting().filter(workspace__in=self._rooms(me, REVIEWERS))
        others = waiting.exclude(Q(author=me) | Q(co_authors__person=me))
        return others.select_related("incident", "actor", "author")[:SHOWN]

    def _dissents(self, me):
        rooms = self._rooms(me, SUPERVISORS)
        open_ones = Dissent.objects.filter(workspace__in=rooms, answer="", review__attribution__status=Status.IN_REVIEW)
        this_round = open_ones.filter(review__round=F("review__attribution__round"))
        return this_round.exclude(review__reviewer=me).select_related("review__attribution", "review__reviewer")[:SHOWN]

    def _figures(self, me) -> dict | None:
        """How the queue stands in the rooms that this person supervises."""
        rooms = self._rooms(me, SUPERVISORS)
        if not rooms:
            return None
        since = timezone.now() - FIGURES_OVER
        decided = Q(status=Status.APPROVED, approved_at__gte=since)
        figures = Attribution.objects.filter(workspace__in=rooms).aggregate(
            waiting=Count("pk", filter=Q(status=Status.IN_REVIEW)),
            oldest=Min("submitted_at", filter=Q(status=Status.IN_REVIEW)),
            approved=Count("pk", filter=decided),
            days=Avg(F("approved_at") - F("submitted_at"), filter=decided),
            stale=Count("pk", filter=Q(status=Status.STALE)),
        )
        return figures


class ReviewQueue(RecordList):
    """Everything in review: the oldest attributions first, within a page the longest waiting."""

    oldest_first = True
    template_name = "cases/review_queue.html"
    filterset_class = AttributionFilter
    queryset = (
        Attribution.objects.with_label()
        .filter(status=Status.IN_REVIEW)
        .select_related("incident", "actor", "author", "workspace")
        .annotate(concluded=Count("reviews", filter=Q(reviews__round=F("round"))))
    )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["records"].sort(key=lambda each: (each.submitted_at, each.pk))
        return context
