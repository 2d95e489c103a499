"""What the floors above may want to know. This floor only says what happened."""

from django.dispatch import Signal

ground_moved = Signal()
"""Sent in the transaction that changed what a judgement may rest on.

Carries `by`, `reason` (a sentence), and one of `source`, `item`.
"""
