"""What a verb answers when it will not. Each refusal carries a sentence fit to show."""


class Refusal(Exception):
    """Base of what a verb answers when it will not."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class IllegalStep(Refusal):
    """Not now: the record is not in a state that allows this (HTTP 409).

    `checks` holds the gate's results when an approval is refused by the gate.
    """

    def __init__(self, sentence: str, *, checks: list | None = None) -> None:
        super().__init__(sentence)
        self.checks = checks or []


class IdTaken(IllegalStep):
    """The id that was chosen for a new record is another's already (HTTP 409)."""

    def __init__(self) -> None:
        super().__init__("A record with this id exists already.")


class StaleVersion(IllegalStep):
    """Someone changed the record since it was read (HTTP 412)."""

    def __init__(self, current_version: int) -> None:
        super().__init__("Someone changed this record since you read it.")
        self.current_version = current_version


class RowsRefused(Exception):
    """Some of many rows were refused, and none was written: why, by the row's number from 0."""

    def __init__(self, refusals: dict[int, Exception]) -> None:
        super().__init__(f"{len(refusals)} rows were refused.")
        self.refusals = refusals


class NotYours(Refusal):
    """Not you: another person must do this (HTTP 403)."""
