"""Plain text, in whatever encoding it came."""

from charset_normalizer import from_bytes

from evidence.pages import tidy
from evidence.unreadable import Unreadable


def pages_of(raw: bytes) -> list[str]:
    """UTF-8 where it is UTF-8, else the most likely encoding; a form feed begins a new page. Raises `Unreadable`."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(raw).best()
        if best is None:
            raise Unreadable("The encoding of the text cannot be told.")
        text = str(best)
    return [tidy(page) for page in text.split("\f")]
