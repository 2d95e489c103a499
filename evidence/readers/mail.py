"""Electronic mail (RFC 5322): its headers and its words on one page; what is attached is told by name."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import BinaryIO, NamedTuple, cast

from evidence.labels import label_of
from evidence.readers import html
from evidence.readers.plain import decoded_somehow, read_whole, whole
from evidence.unreadable import Unreadable

HEADERS = ("From", "To", "Cc", "Date", "Subject")
MOST_IN_A_HEADER = 20_000
"""Characters of one header."""

MOST_NAMED = 50
"""Attachments named on the page."""

MOST_MULTIPARTS = 500
"""Parts that hold parts. A mail with more is made to exhaust its reader."""

MOST_LEAVES = 5_000
"""Parts of a mail, of any type."""

MOST_READ = 100 * 2**20
"""Bytes of a mail."""

MULTIPART = re.compile(rb"^content-type:\s*(multipart/|message/)", re.IGNORECASE | re.MULTILINE)

PART = re.compile(rb"^content-type:", re.IGNORECASE | re.MULTILINE)


class Attachment(NamedTuple):
    """What came with a mail, under the name that it was given there."""

    name: str
    content: bytes


def pages_of(stream: BinaryIO) -> list[str]:
    message = opened(stream)
    named = [_name(part, number) for number, part in enumerate(_attached(message), start=1)]
    lines = [f"{name}: {value}" for name in HEADERS if (value := header(message, name))]
    lines += [f"Attachment: {name}" for name in named[:MOST_NAMED]]
    if len(named) > MOST_NAMED:
        lines.append(f"and {len(named) - MOST_NAMED:,} more attachments")
    return ["\n".join([*lines, "", _body(message)])]


def opened(stream: BinaryIO) -> EmailMessage:
    """The mail in its parts. Raises `Unreadable` where they are nested or repeated beyond measure."""
    raw = read_whole(stream, MOST_READ)
    _require_few_parts(raw)
    try:
        message = cast(EmailMessage, email.message_from_bytes(raw, policy=email.policy.default))
        parts = sum(1 for _ in message.walk())
    except RecursionError as error:
        raise Unreadable("The mail's parts are nested too deep.") from error
    except Exception as error:  # the parser of the standard library lets many through
        raise Unreadable("The mail cannot be opened: its structure is broken.") from error
    if parts > MOST_LEAVES:
        raise Unreadable(f"The mail holds more than {MOST_LEAVES:,} parts.")
    return message


def _require_few_parts(raw: bytes) -> None:
    """Before it is parsed: the parser takes about a millisecond for each part."""
    if sum(1 for _ in MULTIPART.finditer(raw)) > MOST_MULTIPARTS:
        raise Unreadable(f"The mail holds more than {MOST_MULTIPARTS} parts that hold parts.")
    if sum(1 for _ in PART.finditer(raw)) > MOST_LEAVES:
        raise Unreadable(f"The mail holds more than {MOST_LEAVES:,} parts.")


def header(message: EmailMessage, name: str) -> str:
    """A header as it reads; as it stands, where it is malformed."""
    try:
        value = str(message[name] or "")
    except Exception:  # whatever the parser of headers trips over
        value = next((str(raw) for key, raw in message.raw_items() if key.lower() == name.lower()), "")
    return whole(" ".join(value.split()))[:MOST_IN_A_HEADER]


def attachments(message: EmailMessage) -> Iterator[Attachment]:
    """What is attached, mails in mails included, each unpacked when its turn comes."""
    for number, part in enumerate(_attached(message), start=1):
        yield Attachment(_name(part, number), _content(part))


def _attached(message: EmailMessage) -> Iterator[EmailMessage]:
    """Parts that are no words of the mail itself; what is inside an attached mail stays in it."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if part.get_content_maintype() == "multipart":
            waiting += reversed(_inside(part))
        elif part is not message and _is_attached(part):
            yield part


def _inside(part: EmailMessage) -> list[EmailMessage]:
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, EmailMessage)] if isinstance(payload, list) else []


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_maintype() != "text" or _disposition(part) == "attachment" or bool(_filename(part))


def _disposition(part: EmailMessage) -> str:
    try:
        return part.get_content_disposition() or ""
    except Exception:  # a malformed header
        return "attachment"


def _filename(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except Exception:  # a malformed header
        return ""


def _name(part: EmailMessage, number: int) -> str:
    if name := _filename(part):
        return label_of(name)
    if part.get_content_maintype() == "message":
        subject = next((header(each, "Subject") for each in _inside(part)), "")
        return label_of(f"{subject or f'attached mail {number}'}.eml")
    return f"attachment {number}"


def _content(part: EmailMessage) -> bytes:
    """The bytes as they were before they were put into the mail."""
    try:
        if inside := _inside(part):
            return b"".join(each.as_bytes() for each in inside)
        content = part.get_payload(decode=True)
    except Exception:  # encodings that are none
        content = None
    return content if isinstance(content, bytes) else whole(str(part.get_payload())).encode()


def _body(message: EmailMessage) -> str:
    """The words of the mail: as plain text if it has them so, else out of its HTML."""
    try:
        part = message.get_body(("plain", "html"))
    except Exception:  # parts that contradict each other
        part = None
    if part is None:
        return ""
    raw = part.get_payload(decode=True)
    raw = raw if isinstance(raw, bytes) else b""
    stated = _charset(cast(EmailMessage, part))
    if part.get_content_subtype() != "html":
        return decoded_somehow(raw, stated)
    try:
        return html.words_of(raw, stated)
    except Unreadable:
        return ""


def _charset(part: EmailMessage) -> str:
    try:
        return part.get_content_charset() or ""
    except Exception:  # a malformed header
        return ""
