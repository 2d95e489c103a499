"""Web archives (WARC, gzipped or not): what was captured, where, when, and whether it is still what was captured."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from evidence.readers import html
from evidence.readers.plain import cut, decoded_somehow, whole
from evidence.unreadable import Unreadable

MOST_UNPACKED = 4 * 2**30
"""Bytes of an archive, unpacked."""

MOST_LINE = 64 * 1024
"""Bytes of a header's line."""

MOST_RECORDS = 200_000
MOST_CAPTURES = 50_000
MOST_TEXTS = 8_000
MOST_CHARACTERS = 40_000_000
"""Captures, and characters of theirs, whose text is taken; beyond that they are listed."""

MOST_READ = 5 * 2**20
"""Bytes of one captured page from which text is taken."""

CHUNK = 64 * 1024
CAPTURED = frozenset({"response", "resource", "revisit"})
READ_AS = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}

GOOD, DIFFERS, UNSTATED = "digest verified", "DIGEST DIFFERS", "no digest stated"


class Capture(NamedTuple):
    """One capture of an address. `digest` says how its content compares with the digests recorded with it."""

    address: str
    date: str
    status: str
    media_type: str
    digest: str
    text: str


class Bounded(DecompressingBufferedReader):
    """Unpacks no more than `MOST_UNPACKED` bytes, and holds no line longer than `MOST_LINE`."""

    def readline(self, length: int | None = None) -> bytes:
        return super().readline(min(length or MOST_LINE, MOST_LINE))

    def _process_read(self, data: bytes) -> None:
        super()._process_read(data)
        if self.num_read > MOST_UNPACKED:
            raise Unreadable(f"The web archive unpacks to more than {MOST_UNPACKED // 2**30} GB.")


def pages_of(stream: BinaryIO) -> list[str]:
    """First all captured addresses, then a page for each that has words, headed by its address and date."""
    return listed(list(captures(stream)))


def listed(found: list[Capture], also: tuple[str, ...] = ()) -> list[str]:
    """The pages of what was captured; `also` is said above the list."""
    counts = {state: sum(each.digest == state for each in found) for state in (GOOD, DIFFERS, UNSTATED)}
    told = ", ".join(f"{state}: {count:,}" for state, count in counts.items() if count)
    head = [f"Captured addresses: {len(found):,}" + (f" ({told})" if told else ""), *also, ""]
    lines = [
        " ".join(filter(None, (each.date, each.status, each.media_type, each.address, f"[{each.digest}]")))
        for each in found
    ]
    texts, all_told = _texts(found), sum(1 for each in found if each.text)
    if len(texts) < all_told:
        head.insert(-1, f"Captures whose text follows: the first {len(texts):,} of {all_told:,}")
    return [*cut("\n".join([*head, *lines])), *texts]


def _texts(found: list[Capture]) -> list[str]:
    """The words of the first captures, as many as one file may have."""
    texts: list[str] = []
    left = MOST_CHARACTERS
    for each in found:
        left -= len(each.text)
        if each.text and left >= 0 and len(texts) < MOST_TEXTS:
            texts.append(f"{each.address}\n{each.date} [{each.digest}]\n\n{each.text}")
    return texts


def captures(stream: BinaryIO, *, with_text: bool = True) -> Iterator[Capture]:
    """What was captured, in the order of the archive. Raises `Unreadable`."""
    records = ArchiveIterator(stream, check_digests=True)
    records.reader = Bounded(stream, block_size=CHUNK)
    found = 0
    try:
        for number, record in enumerate(records):
            if number >= MOST_RECORDS or found >= MOST_CAPTURES:
                raise Unreadable(
                    f"The web archive holds more than {number:,} records, of which {found:,} are captures."
                )
            if record.rec_type in CAPTURED:
                found += 1
                yield _capture(record, with_text)
    except ArchiveLoadFailed as error:
        raise Unreadable(f"The web archive is broken: {_first_line(error)}.") from error
    except (ValueError, AssertionError, EOFError, OSError, TypeError, AttributeError, LookupError) as error:
        raise Unreadable("The web archive is broken.") from error


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return whole(lines[0])[:200].rstrip(".") if lines else "it does not begin as one"


def _capture(record: ArcWarcRecord, with_text: bool) -> Capture:
    headers = record.rec_headers
    kind = _media_type(record)
    text = _text(record, kind) if with_text and record.rec_type != "revisit" else ""
    while record.raw_stream.read(CHUNK):  # digests are known at the end
        pass
    status = record.http_headers.get_statuscode() if record.http_headers else ""
    address, date = headers.get_header("WARC-Target-URI") or "", headers.get_header("WARC-Date") or ""
    return Capture(_line(address), _line(date), _line(status or ""), kind, _digest(record), text)


def _line(value: str) -> str:
    return whole(" ".join(value.split()))[:2000]


def _media_type(record: ArcWarcRecord) -> str:
    stated = record.http_headers.get_header("Content-Type") if record.http_headers else None
    if stated is None and record.rec_type == "resource":
        stated = record.rec_headers.get_header("Content-Type")
    return _line((stated or "").split(";")[0]).lower()[:100]


def _digest(record: ArcWarcRecord) -> str:
    if record.rec_type == "revisit":
        return UNSTATED
    return {True: GOOD, False: DIFFERS}.get(record.digest_checker.passed, UNSTATED)


def _text(record: ArcWarcRecord, kind: str) -> str:
    """The words of a captured page; nothing where it has none."""
    form = READ_AS.get(kind)
    if form is None:
        return ""
    raw = record.content_stream().read(MOST_READ)
    try:
        return html.words_of(raw) if form == "html" else decoded_somehow(raw)
    except Unreadable:
        return ""
