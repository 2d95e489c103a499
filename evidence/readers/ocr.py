"""Text out of pictures, by tesseract where it is installed. Where it is not, that is said plainly."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytesseract
from PIL import Image

from evidence.ocr_languages import installed
from evidence.pages import FULL, Mark, Page, page_of

SHARP = 300
"""Dots per inch at which a page is drawn for OCR."""

SECONDS_A_PAGE = 120

WORD = 5
"""The level of a word in tesseract's table."""


class Ocr:
    """Reads pictures in the languages that were chosen, and notes what it could not do."""

    widest: ClassVar[int] = 4_000
    """Pixels of the longer side."""

    def __init__(self, languages: Sequence[str] = ()) -> None:
        self.languages = list(languages)
        self.notes: set[str] = set()

    def page(self, picture: Image.Image, size: tuple[int, int], *, where: str) -> Page:
        """The page of a picture. Without OCR it is a page without words."""
        if not installed():
            self.notes.add("OCR is not installed here, so that pictures of text stay unread.")
            return Page("", size=size)
        missing = [each for each in self.languages if each not in installed()]
        if missing:
            self.notes.add(f"OCR has no data for {', '.join(missing)} here.")
        spoken = [each for each in self.languages if each in installed()] or [installed()[0]]
        try:
            table = pytesseract.image_to_data(
                picture.convert("RGB"),
                lang="+".join(spoken),
                output_type=pytesseract.Output.DICT,
                timeout=SECONDS_A_PAGE,
            )
        except (RuntimeError, pytesseract.TesseractError):  # pytesseract says RuntimeError of its own time limit
            self.notes.add(f"{where}: OCR did not come to an end.")
            return Page("", size=size)
        sure = [float(each) for each, level in zip(table["conf"], table["level"], strict=True) if level == WORD]
        return page_of(_marks(table, picture.size), size, round(sum(sure) / len(sure)) if sure else 0)


def version() -> str:
    return str(pytesseract.get_tesseract_version()) if installed() else "none"


def _marks(table: dict, size: tuple[int, int]) -> Iterator[Mark]:
    """Words with their boxes; spaces, line ends and empty lines between them as the layout has them."""
    before: tuple[int, ...] | None = None
    for row, level in enumerate(table["level"]):
        if level != WORD or not table["text"][row].strip():
            continue
        here = tuple(table[name][row] for name in ("block_num", "par_num", "line_num"))
        if before is not None:
            yield Mark(" " if here == before else "\n" if here[:2] == before[:2] else "\n\n", None)
        yield Mark(table["text"][row], _box(table, row, size))
        before = here


def _box(table: dict, row: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    across, down = FULL / size[0], FULL / size[1]
    left, top, width, height = (table[name][row] for name in ("left", "top", "width", "height"))
    return round(left * across), round(top * down), round(width * across), round(height * down)
