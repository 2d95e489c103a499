"""Hostile files: each is kept whole, refused or neutralised with one clear sentence, and never runs in our origin."""

import io
import re
import time
from contextlib import suppress

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from evidence import detection
from evidence.choices import Trait
from evidence.containers import unpack
from evidence.detection import media_type_of
from evidence.models import StoredFile
from evidence.readers import archives, mail, xlsx
from evidence.tasks import open_container, read_text
from evidence.traits import traits_of
from evidence.unreadable import Unreadable
from ledger.acting import acting_as
from ledger.pages import _cell
from tests import making
from tests.api.test_kinds import Door
from tests.evidence import files

PAGE = files.a_page("Carriers brought people to the border at night.")
MOST_SECONDS = 60


def type_of(content: bytes) -> str:
    return media_type_of(io.BytesIO(content))


def why_refused(content: bytes) -> str:
    """The one sentence by which the text of a file is refused, in little time."""
    began = time.monotonic()
    with pytest.raises(Unreadable) as refusal:
        files.pages_of(content, type_of(content))
    assert time.monotonic() - began < MOST_SECONDS
    assert re.fullmatch(r"[A-Z][^\n]+\.", str(refusal.value))
    return str(refusal.value)


def traits(content: bytes) -> set[str]:
    return {each.trait for each in traits_of(io.BytesIO(content), type_of(content))}


def left_out(content: bytes, folder) -> list[str]:
    return unpack(ContentFile(content), type_of(content), folder).left_out


# --- Bombs ---------------------------------------------------------------------------------------


def test_a_member_that_unpacks_beyond_measure_is_left_out_and_its_neighbour_is_not(tmp_path):
    found = unpack(ContentFile(files.a_bomb()), detection.ZIP, tmp_path)
    assert [each.path for each in found.parts] == ["note.txt"]
    assert found.left_out == ["“zeros.bin” would unpack to more than 200 times its size, as a decompression bomb does."]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (files.overlapping(), "members overlap"),
        (files.a_zip({"a": b"x"})[:-1], "no end"),
    ],
)
def test_an_archive_that_is_a_trick_is_not_opened(content, sentence, tmp_path):
    with pytest.raises(Unreadable, match=sentence):
        unpack(ContentFile(content), detection.ZIP, tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_archive_with_an_endless_list_of_members_is_not_held(monkeypatch, tmp_path):
    monkeypatch.setattr(archives, "MOST_DIRECTORY", 1000)
    with pytest.raises(Unreadable, match="list of members is longer"):
        left_out(files.a_zip({f"{n}.txt": b"x" for n in range(30)}), tmp_path)


def test_encrypted_members_links_and_odd_packing_are_left_out(tmp_path):
    assert left_out(files.encrypted(files.a_zip({"a.txt": b"x"})), tmp_path) == ["“a.txt” is encrypted."]
    link = files.zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with files.zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("odd", b"x" * 999, files.zipfile.ZIP_BZIP2)
        archive.writestr("empty", b"")
    assert left_out(out.getvalue(), tmp_path) == [
        "“link” is a link and no file.",
        "“odd” is compressed in a way that is not opened.",
        "“empty” is empty.",
    ]


def test_a_broken_member_is_left_out_alone(tmp_path):
    content = files.a_zip({"a.txt": b"aaaaaaaa", "b.txt": b"b"}, method=0).replace(b"aaaaaaaa", b"aaaaaaab")
    found = unpack(ContentFile(content), detection.ZIP, tmp_path)
    assert [each.path for each in found.parts] == ["b.txt"]
    assert found.left_out[0].startswith("“a.txt” is broken")


def test_a_web_archive_whose_line_never_ends_is_refused_without_holding_it():
    assert "web archive is broken" in why_refused(files.a_gzip_bomb())


def test_a_web_archive_that_unpacks_beyond_measure_is_refused(monkeypatch):
    monkeypatch.setattr("evidence.readers.warc.MOST_UNPACKED", 2**20)
    big = files.a_warc(("https://example.org/", PAGE + "x" * 2**22), gzipped=True)
    assert "unpacks to more than" in why_refused(big)


def test_an_image_that_declares_billions_of_pixels_is_named_by_its_first_bytes_alone():
    assert type_of(files.a_huge_png()) == "image/png"
    assert traits(files.a_huge_png()) == set()


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_an_office_file_of_huge_parts_is_refused(kind):
    made, part = (
        (files.a_docx("x"), "word/document.xml")
        if kind == "docx"
        else (files.an_xlsx(A=[["x"]]), "xl/sharedStrings.xml")
    )
    assert "as a decompression bomb does" in why_refused(files.rezipped(made, **{part: b" " * (32 * 2**20)}))


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_entities_that_laugh_a_billion_times_are_refused(kind):
    assert "declares entities" in why_refused(files.a_laughing(kind))


def test_entities_of_a_drawing_are_not_expanded():
    assert "repeated beyond measure" in why_refused(files.a_laughing("svg"))
    assert traits(files.a_laughing("svg")) == {Trait.HOLDS_ACTIVE_CONTENT}
    few = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>Words &x;</text></svg>'
    assert files.pages_of(few, type_of(few)) == ["Words"]


def test_a_cell_far_away_and_a_cell_that_spans_all_are_not_filled_up(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 1000)
    row = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="%d"><c r="A%d"><v>2</v></c></row>'
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
        b"<sheetData>" + row % (999_999_999, 999_999_999) + b"</sheetData></worksheet>"
    )
    assert "has more than 1,000 rows" in why_refused(
        files.rezipped(files.an_xlsx(A=[[1]]), **{"xl/worksheets/sheet1.xml": sheet})
    )
    document = files.docx.Document()
    document.add_table(rows=1, cols=1).cell(0, 0).text = "Words"
    out = io.BytesIO()
    document.save(out)
    with files.zipfile.ZipFile(out) as archive:
        xml = archive.read("word/document.xml").replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="999999999"/>', 1)
    content = files.rezipped(out.getvalue(), **{"word/document.xml": xml})
    assert "Words" in files.pages_of(content, type_of(content))[0]


def test_a_pdf_of_more_pages_than_are_read_is_refused():
    assert why_refused(files.a_pdf_of(10_001)) == "The PDF has 10,001 pages; at most 10,000 are read."


def test_one_line_of_fifty_megabytes_is_read_in_pieces_and_a_longer_text_refused():
    line = b"x" * 3_000_000
    assert [len(each) for each in files.pages_of(line, type_of(line))] == [1_000_000] * 3
    assert "more than 50,000,000 characters" in why_refused(b"x" * (50 * 2**20))


# --- Mails ---------------------------------------------------------------------------------------


def test_a_mail_nested_without_end_is_refused():
    assert "parts that hold parts" in why_refused(files.many_nested_multiparts(5000))
    content = files.many_nested_multiparts(mail.MOST_MULTIPARTS)
    assert "From: a@example.org" in files.pages_of(content, type_of(content))[0]


def test_a_mail_of_thousands_of_attachments_gives_as_many_as_are_allowed(tmp_path):
    assert "more than 5,000 parts" in why_refused(files.an_eml("Words.", *((f"{n}.txt", b"x") for n in range(5001))))
    content = files.an_eml("Words.", *((f"{n}.txt", b"x") for n in range(1100)))
    found = unpack(ContentFile(content), detection.EML, tmp_path)
    assert len(found.parts) == 1000
    assert found.left_out == ["100 more were not taken: at most 1,000 parts come out of one file."]
    (page,) = files.pages_of(content, detection.EML)
    assert "and 1,050 more attachments" in page


@pytest.mark.parametrize(
    "headers",
    [
        "From: \xff\xfe <a\x00@example.org>\r\nTo: ;;;,,,@\r\nDate: never\r\nSubject: =?x-none?Q?=FF?=",
        "From: a@example.org\r\nDate: Fri, 99 Jul 20210\r\nTo: " + "<" * 500 + "\r\nSubject: =?utf-8?B?!!!?=",
        "From: =?utf-8?q?=ED=A0=80?= <a@example.org>\r\nDate: x\r\nTo: " + "b@example.org, " * 3000,
        'From: "\r\nDate: x\r\nReceived: x\r\nTo: undisclosed-recipients:;\r\nCc: (((((((((',
    ],
)
def test_a_mail_with_malformed_headers_is_read_as_far_as_it_goes(headers):
    content = files.an_eml("Carriers came at night.", ("a\x00\u202e.txt", b"x"), headers=headers)
    (page,) = files.pages_of(content, detection.EML)
    assert "Carriers came at night." in page
    page.encode("utf-8")
    assert "\x00" not in page


@pytest.mark.parametrize("charset", ["x-unknown", "utf-7", "idna", "rot13", "zlib_codec"])
def test_a_mail_in_an_encoding_that_is_none_is_read_all_the_same(charset):
    content = files.an_eml("Carriers came.").replace(b"charset=utf-8", f"charset={charset}".encode())
    assert "Carriers came." in files.pages_of(content, detection.EML)[0]


# --- What is told of a file ----------------------------------------------------------------------


def with_part(content: bytes, **members: bytes) -> bytes:
    return files.rezipped(content, **members)


TOLD = [
    (with_part(files.a_docx("x"), **{"word/vbaProject.bin": b"x"}), {Trait.HOLDS_MACROS}),
    (with_part(files.an_xlsx(A=[["x"]]), **{"xl/vbaProject.bin": b"x"}), {Trait.HOLDS_MACROS}),
    (with_part(files.an_xlsx(A=[["x"]]), **{"xl/macrosheets/sheet1.xml": b"<x/>"}), {Trait.HOLDS_MACROS}),
    (with_part(files.a_docx("x"), **{"word/activeX/activeX1.bin": b"x"}), {Trait.HOLDS_ACTIVE_CONTENT}),
    (with_part(files.a_docx("x"), **{"word/embeddings/oleObject1.bin": b"x"}), {Trait.HOLDS_FILES}),
    (
        with_part(
            files.a_docx("x"),
            **{
                "word/_rels/settings.xml.rels": b'<R><R Type="http://x/attachedTemplate" Target="http://evil/t.dotm" '
                b'TargetMode="External"/></R>'
            },
        ),
        {Trait.HOLDS_ACTIVE_CONTENT},
    ),
    (files.an_ole("WordDocument", "Macros", "VBA", "_VBA_PROJECT"), {Trait.HOLDS_MACROS}),
    (files.an_ole("EncryptionInfo", "EncryptedPackage"), {Trait.IS_ENCRYPTED}),
    (files.an_active_pdf(b"/S /JavaScript /JS (app.alert(1))"), {Trait.HOLDS_ACTIVE_CONTENT}),
    (files.an_active_pdf(b"/S /J#61vaScript /J#53 (app.alert(1))"), {Trait.HOLDS_ACTIVE_CONTENT}),
    (files.an_active_pdf(b"/S /Launch /F (calc.exe)"), {Trait.HOLDS_ACTIVE_CONTENT}),
    (files.a_packed_pdf(), {Trait.HOLDS_ACTIVE_CONTENT}),
    (files.a_raw_pdf([b"<< /Type /Catalog /Names << /EmbeddedFiles 2 0 R >> >>"]), {Trait.HOLDS_FILES}),
    (files.a_raw_pdf([b"<< /Type /Catalog >>"], b"/Encrypt 9 0 R"), {Trait.IS_ENCRYPTED}),
    (files.a_pdf("Nothing but words."), set()),
    (files.a_docx("Nothing but words."), set()),
    (b'<svg xmlns="http://www.w3.org/2000/svg"><text onclick="x()">x</text></svg>', {Trait.HOLDS_ACTIVE_CONTENT}),
    (b'<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>', set()),
    (files.encrypted(files.a_zip({"a.txt": b"x"})), {Trait.IS_ENCRYPTED, Trait.IS_CONTAINER}),
    (files.a_pdf("Words.") + files.a_zip({"a.txt": b"x"}), {Trait.IS_POLYGLOT}),
    (files.an_image("JPEG") + b"<html><script>alert(1)</script></html>", {Trait.IS_POLYGLOT}),
    (files.an_image("GIF") + files.a_zip({"a.txt": b"x"}), {Trait.IS_POLYGLOT}),
    (files.a_zip({"x": b"%PDF-1.7"}, method=0), {Trait.IS_CONTAINER, Trait.IS_POLYGLOT}),
    (
        files.a_warc(("https://example.org/", PAGE), gzipped=False).replace(b"Carriers", b"Soldiers"),
        {Trait.DIGESTS_DIFFER},
    ),
    (files.an_eml("Words."), set()),
    (files.an_eml("Words.").replace(b"multipart/mixed", b"multipart/encrypted"), {Trait.IS_ENCRYPTED}),
]


@pytest.mark.parametrize(("content", "expected"), TOLD)
def test_what_a_file_holds_is_told(content, expected):
    assert traits(content) == expected
    for found in traits_of(io.BytesIO(content), type_of(content)):
        assert re.fullmatch(r"(It|\d).+\.", found.sentence)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (files.a_pdf("Words.") + files.a_zip({"a.txt": b"x"}), detection.PDF),
        (files.an_image("JPEG") + b"<html><script>alert(1)</script></html>", "image/jpeg"),
        (b"GIF89a/*" + b"<script>alert(1)</script>", "image/gif"),
    ],
)
def test_a_file_of_two_types_is_judged_by_how_it_begins(content, media_type):
    assert type_of(content) == media_type


def test_macros_stay_where_they_are_and_the_words_are_read():
    types = files.zipfile.ZipFile(io.BytesIO(files.a_docx("x"))).read(files.CONTENT_TYPES)
    main = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    content = with_part(
        files.a_docx("Words of the order."),
        **{
            files.CONTENT_TYPES: types.replace(main, b"application/vnd.ms-word.document.macroEnabled.main+xml"),
            "word/vbaProject.bin": b"x",
        },
    )
    assert files.pages_of(content, type_of(content)) == ["Words of the order."]


@pytest.mark.parametrize("content", [each for each, _ in TOLD])
@pytest.mark.parametrize("cut_at", [3, 2, 1.2])
def test_a_file_cut_off_anywhere_is_refused_or_read_and_nothing_else(content, cut_at):
    part = content[: int(len(content) / cut_at)]
    media_type = type_of(part)
    traits_of(io.BytesIO(part), media_type)
    with suppress(Unreadable):
        assert files.pages_of(part, media_type)


# --- In the database, and out of it --------------------------------------------------------------


@pytest.fixture
def item(cast, east):
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east)


def kept(item, by, content: bytes, name: str) -> StoredFile:
    with acting_as(by):
        file = StoredFile.receive(by=by, item=item, content=ContentFile(content), name=name)
    read_text(str(file.pk), str(by.pk))
    open_container(str(file.pk), str(by.pk))
    with acting_as(by):
        return StoredFile.objects.get(pk=file.pk)


HOSTILE = {
    "bomb.zip": files.a_bomb(),
    "overlapping.zip": files.overlapping(),
    "laughs.docx": files.a_laughing("docx"),
    "script.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><text>Words</text></svg>',
    "script.html": b"<html><body><script>alert(1)</script><p>Words of a page that are long enough.</p></body></html>",
    "macros.xlsx": with_part(files.an_xlsx(A=[["x"]]), **{"xl/vbaProject.bin": b"x"}),
    "encrypted.docx": files.an_ole("EncryptionInfo", "EncryptedPackage"),
    "script.pdf": files.an_active_pdf(b"/S /JavaScript /JS (app.alert(1))"),
    "nul.txt": b"Words\x00and\x00NUL",
    "halves.txt": "Words \ud83d and halves \udc00.".encode("utf-16-le", "surrogatepass").join([b"\xff\xfe", b""]),
    "nested.eml": files.many_nested_multiparts(5000),
    "\u202egnp.exe\x00": files.a_huge_png(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_kept_whole_and_served_so_that_nothing_of_it_runs(client, item, cast, name):
    file = kept(item, cast.ana, HOSTILE[name], name)
    assert file.verifies()
    assert file.extraction in ("done", "empty") or re.fullmatch(r"[A-Z][^\n]+\.", file.extraction_note)
    assert all(re.fullmatch(r".+\.", each) for each in [*file.remarks, *file.left_out])
    client.force_login(cast.ana)
    page = client.get(item.get_absolute_url())
    assert page.status_code == 200
    assert b"<script>alert(1)" not in page.content
    by_page = client.get(reverse("stored_file", args=[file.pk]))
    by_api = Door(client, cast.ana, "read").get(f"/stored-files/{file.pk}/content/")
    for answer in (by_page, by_api):
        assert b"".join(answer.streaming_content) == HOSTILE[name]
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert "\u202e" not in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_traits_are_shown_and_filter_the_lists_of_page_and_api(client, item, cast):
    file = kept(item, cast.ana, HOSTILE["macros.xlsx"], "x.xlsx")
    client.force_login(cast.ana)
    shown = client.get(item.get_absolute_url()).content.decode()
    assert '<span class="tag">Holds macros</span>' in shown
    assert "They are never run here." in shown
    for trait, found in (("holds_macros", True), ("is_encrypted", False)):
        listed = client.get(reverse("evidence_items"), {"traits": trait}).content.decode()
        assert (item.title in listed) is found
        answer = Door(client, cast.ana).get("/stored-files/", {"traits": trait}).json()
        assert [each["id"] for each in answer["results"]] == ([str(file.pk)] if found else [])


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\xa0@x"])
def test_no_text_of_ours_is_a_formula_in_a_spreadsheet(text):
    assert _cell(text) == f"'{text}"
    assert _cell([text]) == f"'{text}"


def test_exported_lists_neutralise_formulas(client, cast, east):
    with acting_as(cast.ana):
        making.an_item(by=cast.ana, workspace=east, title='=HYPERLINK("http://evil")')
    client.force_login(cast.ana)
    answer = client.get(reverse("evidence_items"), {"format": "csv"}).content.decode()
    assert '"\'=HYPERLINK(""http://evil"")"' in answer
