from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.choices import SUPERVISORS
from cases.figures import figures_of
from cases.filters import AttributionFilter
from cases.models import Attribution, Dissent, Incident, Review, ReviewClaim
from cases.models.review_claims import claims_of
from cases.workflow import Status
from ledger.choices import Event
from ledger.models import Notification, Task
from ledger.models.about import attach
from ledger.pages import RecordList, RecordPage

SHOWN = 8
"""Rows of each list on the desk."""

LOOKED_INTO = 4
"""Drafts whose gate is evaluated for the desk: each costs a handful of queries."""

OPEN_CLAIM = ReviewClaim.objects.open().filter(attribution=OuterRef("pk"), round=OuterRef("round"))


def _rooms(person, roles) -> list:
    """The workspaces where this person has one of these roles."""
    return [room.pk for room in person.workspaces() if person.role_in(room.pk) in roles]


class Desk(RecordPage):
    """What waits for this person, what they are writing, and how the queue stands."""

    template_name = "cases/desk.html"

    def get_context_data(self, **kwargs):
        me = self.request.user
        mine = Attribution.objects.written_by(me).select_related("incident", "actor")
        drafts = list(mine.filter(status__in=[Status.DRAFT, Status.RETURNED, Status.STALE])[:SHOWN])
        for draft in drafts[:LOOKED_INTO]:
            draft.lacking = draft.gate().failed
        to_decide = list(self._to_decide(me))
        return super().get_context_data(
            claimed=claims_of(me)[:SHOWN],
            to_review=self._to_review(me).exclude(pk__in=[each.pk for each in to_decide])[:SHOWN],
            to_decide=to_decide,
            left_behind=self._left_behind(me),
            dissents=self._dissents(me),
            drafts=drafts,
            in_review=mine.filter(status=Status.IN_REVIEW)[:SHOWN],
            incidents=Incident.objects.exclude(status__in=["closed", "withdrawn"]).order_by("-updated_at")[:SHOWN],
            tasks=self._tasks(me),
            **self._told(),
            figures=figures_of(_rooms(me, SUPERVISORS)),
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

    def _to_review(self, me):
        """What they could claim: waiting, claimed by nobody, and not concluded by them already."""
        free = Attribution.objects.waiting_for(me).unclaimed()
        mine = Review.objects.filter(reviewer=me, attribution=OuterRef("pk"), round=OuterRef("round"))
        return free.exclude(Exists(mine)).select_related("incident", "actor", "author")

    def _to_decide(self, me):
        """What they could decide on: reviewed, and no claim of another is open."""
        reviewed = Review.objects.filter(attribution=OuterRef("pk"), round=OuterRef("round"))
        ready = Attribution.objects.waiting_for(me).filter(Exists(reviewed), workspace__in=_rooms(me, SUPERVISORS))
        return ready.select_related("incident", "actor", "author")[:SHOWN]

    def _left_behind(self, me):
        """What nobody can carry on until a supervisor hands it over."""
        orphans = Attribution.objects.left_behind().filter(workspace__in=_rooms(me, SUPERVISORS))
        return orphans.select_related("incident", "actor", "author")[:SHOWN]

    def _dissents(self, me):
        rooms = _rooms(me, SUPERVISORS)
        open_ones = Dissent.objects.filter(workspace__in=rooms, answer="", review__attribution__status=Status.IN_REVIEW)
        this_round = open_ones.filter(review__round=F("review__attribution__round"))
        return this_round.exclude(review__reviewer=me).select_related("review__attribution", "review__reviewer")[:SHOWN]


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
        .annotate(claimant=Subquery(OPEN_CLAIM.values("reviewer__name")), due_on=Subquery(OPEN_CLAIM.values("due_on")))
    )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["figures"] = figures_of(_rooms(self.request.user, SUPERVISORS))
        today = timezone.localdate()
        for each in context["records"]:
            each.is_overdue = each.due_on is not None and each.due_on < today
        context["records"].sort(key=lambda each: (each.submitted_at, each.pk))
        return context
