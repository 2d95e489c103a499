"""What can go wrong, each with a sentence fit to show."""

from typing import Any

import httpx
import orjson


class Problem(Exception):
    """The server's refusal (RFC 9457). `errors` point at what was wrong in what was sent."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.type: str = body.get("type", "")
        self.title: str = body.get("title", "")
        self.detail: str = body.get("detail", "")
        self.errors: list[dict[str, str]] = body.get("errors", [])
        self.body = body
        told = "; ".join(f"{each.get('pointer', '')} {each.get('detail', '')}".strip() for each in self.errors)
        super().__init__(f"{status} {self.title}: {told or self.detail}")

    @classmethod
    def of(cls, answer: httpx.Response) -> "Problem":
        try:
            body = orjson.loads(answer.content)
        except orjson.JSONDecodeError:
            body = {"title": answer.reason_phrase}
        return cls(answer.status_code, body if isinstance(body, dict) else {"title": answer.reason_phrase})


class OtherReplica(Exception):
    """The file holds the replica of another server, reader or choice of kinds."""


class AnotherSync(Exception):
    """Something else keeps the same file in step at this moment."""
