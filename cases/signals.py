"""What happened to a judgement, said to whoever tells people."""

from django.dispatch import Signal

told = Signal()
"""Sent in the transaction of what happened.

Carries `about` (a record), `event` (a value of `cases.telling.Event`), `people` (whom it concerns, without who did
it), `sentence` (fit to show to whoever may read the record) and `by` (None: the system).
"""
