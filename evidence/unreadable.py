"""The refusal that all readers share."""


class Unreadable(Exception):
    """The file holds no text that we can take; the sentence says why."""


class Unsupported(Unreadable):
    """Files of this kind hold no text for us at all."""
