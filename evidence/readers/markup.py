"""XML that nobody vouches for: entities stay unexpanded and nothing is fetched.

libxml2 bounds depth and size by itself (`huge_tree` off).
"""

from typing import BinaryIO

from lxml import etree

from evidence.readers.archives import BROKEN, office
from evidence.readers.plain import read_whole
from evidence.unreadable import Unreadable

MOST_READ = 50 * 2**20
"""Bytes of a document of XML."""

SVG = "{http://www.w3.org/2000/svg}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
IN_SVG = (f"{SVG}title", f"{SVG}desc", f"{SVG}text", "title", "desc", "text")
IN_ODT = (f"{TEXT}p", f"{TEXT}h")


def tree_of(raw: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Unreadable("Its XML is broken, or nested or repeated beyond measure.") from error


def drawing_of(stream: BinaryIO) -> list[str]:
    """The words in an SVG drawing. The drawing itself is never shown in our pages."""
    lines = [_words(each) for each in tree_of(read_whole(stream, MOST_READ)).iter(*IN_SVG)]
    return ["\n".join(line for line in lines if line)]


def open_document_of(stream: BinaryIO) -> list[str]:
    """The paragraphs and headings of an OpenDocument text, on one page: it keeps none."""
    with office(stream) as archive:
        try:
            with archive.open("content.xml") as part:
                raw = read_whole(part, MOST_READ)  # type: ignore[arg-type]
        except (KeyError, *BROKEN) as error:
            raise Unreadable("The document has no text that can be opened: it is broken or encrypted.") from error
    return ["\n".join(_words(each) for each in tree_of(raw).iter(*IN_ODT))]


def _words(element: etree._Element) -> str:
    return " ".join("".join(element.xpath(".//text()")).split())
