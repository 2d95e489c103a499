"""What a file holds beside its text that whoever opens it should know. Pure, and bounded as the readers are.

It is a help and no guarantee: what is hidden well enough is not found. It runs where the text is taken.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from evidence import detection as kinds
from evidence import ole
from evidence.choices import Trait
from evidence.readers import mail, wacz, warc
from evidence.readers.archives import chunks_of, opened, why_not
from evidence.unreadable import Unreadable

LOOK_AT = 64 * 2**20
"""Bytes of a PDF, a drawing or a mail that are looked at."""

LOOK_AT_ENDS = 64 * 1024
"""Bytes of the beginning and the end in which another type would show itself."""

MOST_INFLATED = 16 * 2**20
"""Bytes of one object stream of a PDF."""


class Found(NamedTuple):
    """A trait, and the sentence that tells of it."""

    trait: Trait
    sentence: str


ENCRYPTED = Found(Trait.IS_ENCRYPTED, "It is encrypted.")
MACROS = Found(Trait.HOLDS_MACROS, "It holds macros. They are never run here.")
FILES = Found(Trait.HOLDS_FILES, "It holds other files, which are not taken out.")
CONTAINER = Found(Trait.IS_CONTAINER, "It holds other files, which are kept as items of their own.")


def traits_of(stream: BinaryIO, media_type: str) -> list[Found]:
    """What was found, each trait once; nothing where the file is too broken to tell."""
    look = LOOKS.get(media_type)
    found: dict[Trait, Found] = {}
    for each in (look, _also_valid_as):
        stream.seek(0)
        try:
            for one in each(stream, media_type) if each else ():
                found.setdefault(one.trait, one)
        except Unreadable:
            continue
    return list(found.values())


# --- Another type as well ------------------------------------------------------------------------

PAGE = re.compile(rb"<(!doctype\s+html|html|script)[\s>]", re.IGNORECASE)
ARE_ZIP = frozenset(
    {kinds.ZIP, kinds.DOCX, kinds.XLSX, kinds.PPTX, kinds.ODT, kinds.ODS, kinds.ODP, kinds.EPUB, kinds.WACZ}
)


def _also_valid_as(stream: BinaryIO, media_type: str) -> Iterator[Found]:
    head, tail = _ends(stream)
    if media_type != kinds.PDF and not _is_text(media_type) and b"%PDF-" in head[:1024]:
        yield _polyglot("PDF")
    if (media_type == kinds.PDF or media_type.startswith(("image/", "audio/", "video/"))) and _is_page(
        media_type, head, tail
    ):
        yield _polyglot("web page")
    if media_type not in ARE_ZIP and b"PK\x05\x06" in tail:
        with opened(stream) as archive:
            if archive.infolist():
                yield _polyglot("ZIP archive")


def _ends(stream: BinaryIO) -> tuple[bytes, bytes]:
    head = stream.read(LOOK_AT_ENDS)
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - LOOK_AT_ENDS - 64))
    return head, stream.read()


def _is_text(media_type: str) -> bool:
    return media_type.startswith(("text/", "message/"))


def _is_page(media_type: str, head: bytes, tail: bytes) -> bool:
    return media_type != kinds.SVG and bool(PAGE.search(head) or PAGE.search(tail))


def _polyglot(name: str) -> Found:
    return Found(Trait.IS_POLYGLOT, f"It is a valid {name} as well: it was made to be taken for two things.")


# --- PDF -----------------------------------------------------------------------------------------

ACTIVE = {
    b"JavaScript": "scripts",
    b"JS": "scripts",
    b"Launch": "an action that starts a program",
    b"RichMedia": "media that run",
    b"XFA": "a form that runs",
    b"SubmitForm": "a form that sends",
    b"ImportData": "an action that fetches data",
}
NAME = re.compile(rb"/([A-Za-z]{2,20})(?![A-Za-z])")


def _in_pdf(stream: BinaryIO, media_type: str) -> Iterator[Found]:
    structure = b"".join(_without_streams(stream.read(LOOK_AT)))
    plain = re.sub(rb"#([0-9a-fA-F]{2})", lambda found: bytes.fromhex(found[1].decode()), structure)
    names = {found[1] for found in NAME.finditer(plain)}
    if active := sorted({said for name, said in ACTIVE.items() if name in names}):
        yield _active(active)
    if names & {b"EmbeddedFile", b"EmbeddedFiles"}:
        yield FILES
    if b"Encrypt" in names:
        yield ENCRYPTED


def _without_streams(content: bytes) -> Iterator[bytes]:
    """The objects of a PDF without what hangs on them; with the objects that are packed into a stream."""
    at = 0
    while (start := content.find(b"stream", at)) != -1:
        yield content[at:start]
        end = content.find(b"endstream", start)
        if end == -1:
            return
        if b"/ObjStm" in content[max(at, start - 2000) : start]:
            yield _inflated(content[start + 6 : end].lstrip(b"\r\n"))
        at = end + 9
    yield content[at:]


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, MOST_INFLATED)
    except zlib.error:
        return b""


def _active(what: Iterable[str]) -> Found:
    return Found(Trait.HOLDS_ACTIVE_CONTENT, f"It holds active content ({', '.join(what)}), which is never run here.")


# --- Office --------------------------------------------------------------------------------------

MOST_RELATIONS = 2**20
"""Bytes of a list of relations."""


def _in_office(stream: BinaryIO, media_type: str) -> Iterator[Found]:
    with opened(stream) as archive:
        names = [info.filename.lower() for info in archive.infolist()]
        if any(name.endswith(("vbaproject.bin", "/script-lb.xml")) or "macrosheets/" in name for name in names):
            yield MACROS
        active = ["controls"] if any("/activex/" in name for name in names) else []
        if any(_fetches_template(archive, name) for name in archive.namelist()):
            active.append("a template fetched from elsewhere")
        if active:
            yield _active(active)
        if any("/embeddings/" in name or name.startswith("object ") for name in names):
            yield FILES
        if _states_encryption(archive):
            yield ENCRYPTED


def _fetches_template(archive, name: str) -> bool:
    if not name.lower().endswith("settings.xml.rels"):
        return False
    info = archive.getinfo(name)
    if info.file_size > MOST_RELATIONS or why_not(info):
        return False
    relations = b"".join(chunks_of(archive, info))
    return b"attachedTemplate" in relations and b'TargetMode="External"' in relations


def _states_encryption(archive) -> bool:
    """OpenDocument encrypts part by part and says so in its manifest."""
    try:
        info = archive.getinfo("META-INF/manifest.xml")
    except KeyError:
        return False
    if info.file_size > MOST_RELATIONS or why_not(info):
        return False
    return b"encryption-data" in b"".join(chunks_of(archive, info))


def _in_old_office(stream: BinaryIO, media_type: str) -> Iterator[Found]:
    names = set(ole.names_of(stream))
    if "EncryptedPackage" in names:
        yield ENCRYPTED
    if names & {"_VBA_PROJECT", "VBA", "Macros", "_VBA_PROJECT_CUR"}:
        yield MACROS
    if names & {"ObjectPool", "MBD"} or any(name.startswith("\x01Ole10") for name in names):
        yield FILES


# --- Drawings, archives, mails -------------------------------------------------------------------

IN_A_DRAWING = {
    rb"<\s*(\w+:)?script[\s>]": "scripts",
    rb"\son[a-z]+\s*=": "scripts",
    rb"javascript:": "scripts",
    rb"<\s*(\w+:)?foreignObject[\s>]": "a web page inside",
    rb"<!entity": "entities",
}


def _in_drawing(stream: BinaryIO, media_type: str) -> Iterator[Found]:
    content = stream.read(LOOK_AT)
    if found := sorted({said for sign, said in IN_A_DRAWING.items() if re.search(sign, content, re.IGNORECASE)}):
        yield _active(found)


def _in_zip(stream: BinaryIO, media_type: str) -> Iterator[Found]:
    with opened(stream) as archive:
        if any(info.flag_bits & 0x1 for info in archive.infolist()):
            yield ENCRYPTED
        if archive.infolist():
            yield CONTAINER


def _in_mail(stream: BinaryIO, media_type: str) -> Iterator[Found]:
    message = mail.opened(stream)
    kinds_inside = {part.get_content_type() for part in message.walk()}
    if kinds_inside & {"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"}:
        yield ENCRYPTED
    if media_type == kinds.EML and any(True for _ in mail.attachments(message)):
        yield CONTAINER


def _in_web_archive(stream: BinaryIO, media_type: str) -> Iterator[Found]:
    captures = wacz.captures if media_type == kinds.WACZ else warc.captures
    found = [each.digest for each in captures(stream, with_text=False)]
    if differing := found.count(warc.DIFFERS):
        yield Found(
            Trait.DIGESTS_DIFFER,
            f"{differing:,} of {len(found):,} captures no longer have the digest that was recorded with them.",
        )


Look = Callable[[BinaryIO, str], Iterator[Found]]
LOOKS: dict[str, Look] = {
    kinds.PDF: _in_pdf,
    kinds.SVG: _in_drawing,
    kinds.ZIP: _in_zip,
    kinds.EML: _in_mail,
    kinds.MHTML: _in_mail,
    **dict.fromkeys((kinds.WARC, kinds.WACZ), _in_web_archive),
    **dict.fromkeys((kinds.DOCX, kinds.XLSX, kinds.PPTX, kinds.ODT, kinds.ODS, kinds.ODP), _in_office),
    **dict.fromkeys((kinds.DOC, kinds.XLS, kinds.PPT, kinds.OLE, kinds.MSG), _in_old_office),
}
