"""Pictures: what OCR reads on them, and the picture itself for marking on it."""

import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from evidence.pages import Opened, Page
from evidence.readers.ocr import Ocr, version
from evidence.unreadable import Unreadable

MOST_PIXELS = 100_000_000
"""Of one frame; past it the file is kept and not opened."""

MOST_FRAMES = 500


def opened(path: Path, ocr: Ocr) -> Opened:
    """Open a picture; each frame of it is a page. Raises `Unreadable`."""
    picture = _picture(path)
    frames = min(getattr(picture, "n_frames", 1), MOST_FRAMES) if picture.format == "TIFF" else 1
    return Opened(frames, "tesseract", version(), _pages(picture, frames, ocr))


def drawn(path: Path, number: int, width: int) -> Image.Image:
    """A frame, at most so many pixels wide. Raises `Unreadable`."""
    with _picture(path) as picture:
        frame = _frame(picture, number - 1)
        frame.thumbnail((width, width * 4))
        return frame


def _picture(path: Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(path)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise Unreadable("The picture cannot be opened.") from error
    if picture.width * picture.height > MOST_PIXELS:
        raise Unreadable(f"The picture has {picture.width} x {picture.height} pixels, more than are opened here.")
    return picture


def _frame(picture: Image.Image, index: int) -> Image.Image:
    try:
        if index:
            picture.seek(index)
        picture.load()
    except (OSError, EOFError, ValueError, SyntaxError) as error:
        raise Unreadable("The picture is damaged.") from error
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        ground = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(ground, upright.convert("RGBA"))
    return upright.convert("RGB")


def _pages(picture: Image.Image, frames: int, ocr: Ocr) -> Iterator[Page]:
    with picture:
        for index in range(frames):
            frame = _frame(picture, index)
            size = frame.size
            frame.thumbnail((Ocr.widest, Ocr.widest))
            yield ocr.page(frame, size, where=f"Frame {index + 1}")
