"""Small files of many formats, made where they are needed: harmless ones, and ones made to harm."""

import gzip
import hashlib
import io
import json
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import docx
import openpyxl
from PIL import Image
from reportlab.pdfgen import canvas
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from evidence import extraction

DATE = "2021-07-02T10:00:00Z"
CONTENT_TYPES = "[Content_Types].xml"


def a_zip(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def rezipped(content: bytes, *, without: tuple[str, ...] = (), **members: bytes) -> bytes:
    """A ZIP file with some members in the place of its own, by `path__to__member` or `members`' names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        kept = {info.filename: archive.read(info) for info in archive.infolist() if info.filename not in without}
    return a_zip({**kept, **members})


def a_pdf(*pages: str) -> bytes:
    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    for text in pages:
        sheet.drawString(72, 720, text)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def a_docx(*paragraphs: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def an_xlsx(**sheets: list[list]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def an_odt(*paragraphs: str) -> bytes:
    words = "".join(f"<text:p>{each}</text:p>" for each in paragraphs)
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        f'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>{words}'
        "</office:text></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def an_image(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(out, form)
    return out.getvalue()


def an_eml(
    body: str = "Carriers came at night.", *attached: tuple[str, bytes], headers: str = "", html: str = ""
) -> bytes:
    """A mail by hand, so that malformed ones can be made as well."""
    lines = [
        headers
        or "From: Ana <ana@example.org>\r\nTo: Ben <ben@example.org>\r\nSubject: The border\r\n"
        "Date: Fri, 02 Jul 2021 10:00:00 +0000",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        f"Content-Type: text/{'html' if html else 'plain'}; charset=utf-8",
        "",
        html or body,
    ]
    for name, content in attached:
        lines += [
            "--b",
            "Content-Type: application/octet-stream",
            f'Content-Disposition: attachment; filename="{name}"',
            "Content-Transfer-Encoding: base64",
            "",
            __import__("base64").b64encode(content).decode(),
        ]
    return "\r\n".join([*lines, "--b--", ""]).encode()


def a_warc(*pages: tuple[str, str], gzipped: bool = True) -> bytes:
    """Responses of web pages, by address and HTML."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=gzipped)
    for address, page in pages:
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        record = writer.create_warc_record(
            address,
            "response",
            payload=io.BytesIO(page.encode()),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": DATE},
        )
        writer.write_record(record)
    return out.getvalue()


def a_page(words: str) -> str:
    return f"<html><body><article><p>{words}</p></article></body></html>"


def a_wacz(warc: bytes, *, hash_of: bytes | None = None) -> bytes:
    digest = hashlib.sha256(warc if hash_of is None else hash_of).hexdigest()
    told = {"resources": [{"path": "archive/data.warc.gz", "hash": f"sha256:{digest}"}]}
    return a_zip(
        {"archive/data.warc.gz": warc, "datapackage.json": json.dumps(told).encode()}, method=zipfile.ZIP_STORED
    )


def an_ole(*names: str) -> bytes:
    """A compound file of nothing but a directory."""
    free, last, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    entries = ["Root Entry", *names]
    sectors = -(-len(entries) // 4)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIII4xIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 4096, last, 0, last, 0, 0)[:52]
    header = header[:76] + struct.pack("<I", 0) + struct.pack("<I", free) * 108
    links = [table, *range(2, sectors + 1), last]
    fat = struct.pack(f"<{len(links)}I", *links) + struct.pack("<I", free) * (128 - len(links))
    directory = b""
    for name in entries:
        told = name.encode("utf-16-le") + b"\x00\x00"
        directory += told.ljust(64, b"\x00") + struct.pack("<H", len(told)) + b"\x02" + bytes(61)
    return header.ljust(512, b"\x00") + fat + directory.ljust(sectors * 512, b"\x00")


# --- Made to harm --------------------------------------------------------------------------------


def a_bomb(size: int = 32 * 2**20) -> bytes:
    """A member of nothing but zeros."""
    return a_zip({"zeros.bin": bytes(size), "note.txt": b"A harmless note."})


def nested(depth: int, inner: bytes = b"The innermost words.") -> bytes:
    """ZIP in ZIP in ZIP."""
    content, name = inner, "innermost.txt"
    for level in range(depth):
        content, name = a_zip({name: content}), f"level{level}.zip"
    return content


def overlapping(times: int = 50) -> bytes:
    """Many entries of the directory that name one and the same member."""
    content = bytearray(a_zip({"a": bytes(2**20)}))
    at = content.index(b"PK\x01\x02")
    entry, end = bytes(content[at : content.index(b"PK\x05\x06")]), bytes(content[content.index(b"PK\x05\x06") :])
    entries = b"".join(entry[:46] + f"{number:x}".encode()[:1] + entry[47:] for number in range(times))
    end = end[:8] + struct.pack("<HHII", times, times, len(entries), at) + end[20:]
    return bytes(content[:at]) + entries + end


def encrypted(content: bytes) -> bytes:
    """A ZIP file that says of its first member that it is encrypted."""
    raw = bytearray(content)
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def a_huge_png(side: int = 60_000) -> bytes:
    """A PNG that declares billions of pixels in a few bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    size = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a0 "lol">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


def a_laughing(kind: str) -> bytes:
    """A document whose entities expand without end."""
    if kind == "svg":
        return (
            f'<?xml version="1.0"?>{LAUGHS}<svg xmlns="http://www.w3.org/2000/svg"><text>Ha &a9;</text></svg>'.encode()
        )
    content, part, root = (
        (a_docx("x"), "word/document.xml", "w:document xmlns:w='x'")
        if kind == "docx"
        else (an_xlsx(One=[["x"]]), "xl/worksheets/sheet1.xml", "worksheet")
    )
    name = root.split()[0]
    return rezipped(content, **{part: f'<?xml version="1.0"?>{LAUGHS}<{root}>&a9;</{name}>'.encode()})


def a_pdf_of(pages: int) -> bytes:
    """A PDF whose page tree names one page over and over."""
    kids = b" ".join([b"3 0 R"] * pages)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    ]
    return a_raw_pdf(objects)


def a_raw_pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def an_active_pdf(action: bytes) -> bytes:
    catalog = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /Type /Action %s >> >>" % action
    pages = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
    return a_raw_pdf([catalog, pages, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"])


def a_packed_pdf() -> bytes:
    """A script hidden in a stream of objects."""
    packed = zlib.compress(b"4 0 << /S /JavaScript /JS (app.alert(1)) >>")
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (
        len(packed),
        packed,
    )
    pages = b"<< /Type /Pages /Count 0 /Kids [] >>"
    return a_raw_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", pages, stream])


def a_gzip_bomb(size: int = 64 * 2**20) -> bytes:
    """A web archive whose one header's line never ends."""
    return gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\nX: " + b"A" * size)


def many_nested_multiparts(depth: int) -> bytes:
    lines = ["From: a@example.org", "To: b@example.org", "Subject: x", "Date: Fri, 02 Jul 2021 10:00:00 +0000"]
    for level in range(depth):
        lines += [f'Content-Type: multipart/mixed; boundary="b{level}"', "", f"--b{level}"]
    return "\r\n".join([*lines, "Content-Type: text/plain", "", "At last."]).encode()


def pages_of(content: bytes, media_type: str) -> list[str]:
    """The text that is taken from these bytes, page by page, in this process."""
    with tempfile.NamedTemporaryFile() as kept:
        kept.write(content)
        kept.flush()
        reading, _ = extraction.opened(Path(kept.name), media_type)
        return [page.text for page in reading.pages]
