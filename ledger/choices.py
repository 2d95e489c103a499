"""What people are told of, and how a task stands."""

from django.db import models


class Event(models.TextChoices):
    """Why somebody is told of a record."""

    ATTRIBUTION_STALE = "attribution_stale", "Approval became stale"
    REVIEW_CLAIMED = "review_claimed", "Review claimed"
    REVIEW_RELEASED = "review_released", "Review released"
    REVIEW_DUE = "review_due", "Waits for your review"
    CONCLUDED = "concluded", "Review concluded"
    DISSENT = "dissent", "Dissent"
    ANSWERED = "answered", "Dissent answered"
    RETURNED = "returned", "Returned"
    DECLINED = "declined", "Declined"
    APPROVED = "approved", "Approved"
    SUBMITTED = "submitted", "Submitted"
    REASSIGNED = "reassigned", "Reassigned"
    MENTIONED = "mentioned", "Mentions you"
    COMMENTED = "commented", "New comment"
    TASK_ASSIGNED = "task_assigned", "Task for you"
    TASK_DUE = "task_due", "Task due"
    WATCH_FIRED = "watch_fired", "Watch fired"
    REVIEW_DATE_PASSED = "review_date_passed", "Review date passed"
    BASIS_IN_QUESTION = "basis_in_question", "Basis in question"
    RESPONSE_DUE = "response_due", "Response due"
    MEASURE_ENDS = "measure_ends", "Measure ends"
    PASSAGE_LOST = "passage_lost", "Passage lost"
    SECOND_GRADING = "second_grading", "Second grading given"
    BYTES_NOT_WHOLE = "bytes_not_whole", "Bytes altered or missing"
    EXPUNGING_ASKED = "expunging_asked", "Expunging asked for"
    EXPUNGING_DECIDED = "expunging_decided", "Expunging decided"


class TaskStatus(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    WITHDRAWN = "withdrawn", "Withdrawn"
