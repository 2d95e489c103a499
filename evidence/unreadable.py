"""The refusal that all readers share."""


class Unreadable(Exception):
    """The file holds no text that we can take; the sentence says why."""
