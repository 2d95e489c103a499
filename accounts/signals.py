"""What the floors above may want to know of people. This floor only says what happened."""

from django.dispatch import Signal

membership_changed = Signal()
"""Sent in the transaction that ended a `membership` or gave it another role or clearance. Carries `by`."""
