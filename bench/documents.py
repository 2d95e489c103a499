"""Files as they come to an analyst, made from a seed: of eight kinds, each with a word that no other one holds.

Their words are the same for the same seed. What needs OCR is drawn large and clean: it is the way that is measured.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import EmailMessage
from random import Random
from typing import NamedTuple

import docx
import openpyxl
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from bench.making_texts import LATIN, a_sentence

SYLLABLES = [first + second for first in "bdkmpstvz" for second in "aeou"]
A_PAGE = (1240, 1754)
"""A4 at 150 dots an inch."""


class Made(NamedTuple):
    """A file, and the word by which it is found; for a mail also its attachment and the word in that."""

    name: str
    content: bytes
    word: str
    needs_ocr: bool = False
    attached: tuple[Made, ...] = ()


def made(seed: int) -> list[Made]:
    """Two hundred files, in an order that mixes their kinds."""
    chance = Random(seed)
    files = [make(chance, f"{kind} {number}") for kind, make, many in KINDS for number in range(many)]
    chance.shuffle(files)
    return files


def _word(chance: Random) -> str:
    """Six syllables: of ten billion words, and none of a language."""
    return "".join(chance.choices(SYLLABLES, k=6)) + "k"


def _lines(chance: Random, many: int, *words: str) -> list[str]:
    lines = [_own_words(a_sentence(LATIN, chance), chance) for _ in range(many)]
    lines[many // 2 : many // 2] = [f"Known by {word}." for word in words]
    return lines


def _own_words(line: str, chance: Random) -> str:
    """With a name every few words, so that no two files have five words in a row in common: none is a near copy."""
    words = line.split()
    named = ["".join(chance.choices(SYLLABLES, k=3)) for _ in words[::3]]
    return " ".join(word for at, name in enumerate(named) for word in (name, *words[3 * at : 3 * at + 3]))


def _pdf(chance: Random, name: str) -> Made:
    word, out = _word(chance), io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=A4, invariant=1)
    for page in range(chance.randint(1, 10)):
        for number, line in enumerate(_lines(chance, 38, *[word][page:])):
            sheet.drawString(56, 780 - 18 * number, line[:95])
        sheet.showPage()
    sheet.save()
    return Made(f"{name}.pdf", out.getvalue(), word)


def _drawn(chance: Random, lines: list[str]) -> Image.Image:
    picture = Image.new("RGB", A_PAGE, "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(26)
    for number, line in enumerate(lines):
        pen.text((90, 100 + 44 * number), line[:80], font=font, fill="black")
    return picture


def _scan(chance: Random, name: str) -> Made:
    word, out = _word(chance), io.BytesIO()
    first, *others = [_drawn(chance, _lines(chance, 24, *[word][page:])) for page in range(chance.randint(1, 3))]
    first.save(out, "PDF", resolution=150, save_all=True, append_images=others)
    return Made(f"{name}.pdf", out.getvalue(), word, needs_ocr=True)


def _picture(form: str) -> Callable[[Random, str], Made]:
    def make(chance: Random, name: str) -> Made:
        word, out = _word(chance), io.BytesIO()
        _drawn(chance, _lines(chance, 14, word)).crop((0, 0, 1240, 900)).save(out, form.upper())
        return Made(f"{name}.{form}", out.getvalue(), word, needs_ocr=True)

    return make


def _docx(chance: Random, name: str) -> Made:
    word, out, document = _word(chance), io.BytesIO(), docx.Document()
    for line in _lines(chance, 60, word):
        document.add_paragraph(line)
    document.save(out)
    return Made(f"{name}.docx", out.getvalue(), word)


def _html(chance: Random, name: str) -> Made:
    word = _word(chance)
    told = "".join(f"<p>{line}</p>" for line in _lines(chance, 40, word))
    page = (
        f"<!DOCTYPE html><html><head><title>{name}</title></head><body><nav>Home</nav><article>{told}</article></body>"
    )
    return Made(f"{name}.html", f"{page}</html>".encode(), word)


def _mail(chance: Random, name: str) -> Made:
    word, message = _word(chance), EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@carrier.example", "office@ministry.example", name
    message["Date"] = "Mon, 05 Jul 2021 10:00:00 +0000"
    message.set_content("\n".join(_lines(chance, 20, word)))
    attached = [chance.choice((_txt, _docx))(chance, f"{name}, attached")] if chance.random() < 0.5 else []
    for each in attached:
        message.add_attachment(each.content, maintype="application", subtype="octet-stream", filename=each.name)
    return Made(f"{name}.eml", message.as_bytes(), word, attached=tuple(attached))


def _xlsx(chance: Random, name: str) -> Made:
    word, out, book = _word(chance), io.BytesIO(), openpyxl.Workbook()
    for number, line in enumerate(_lines(chance, 80, word)):
        book.active.append([number, line, chance.randint(1, 9_999)])
    book.save(out)
    return Made(f"{name}.xlsx", out.getvalue(), word)


def _txt(chance: Random, name: str) -> Made:
    word = _word(chance)
    return Made(f"{name}.txt", "\n".join(_lines(chance, 60, word)).encode(), word)


KINDS: list[tuple[str, Callable[[Random, str], Made], int]] = [
    ("Report", _pdf, 50),
    ("Scan", _scan, 20),
    ("Picture", _picture("png"), 12),
    ("Photograph", _picture("jpeg"), 13),
    ("Statement", _docx, 30),
    ("Page", _html, 30),
    ("Mail", _mail, 20),
    ("Table", _xlsx, 15),
    ("Note", _txt, 10),
]
