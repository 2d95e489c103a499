"""Parts of pictures and recordings, in the standard's writing (W3C Media Fragments URI 1.0) and in words. Pure."""

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError

from evidence.detection import is_drawn, is_played

NUMBER = r"(\d{1,6}(?:\.\d{1,3})?)"
AREA = re.compile(rf"xywh=percent:{NUMBER},{NUMBER},{NUMBER},{NUMBER}")
TIME = re.compile(rf"t={NUMBER},{NUMBER}")


class Part(NamedTuple):
    """A part: as the standard writes it, and in words."""

    fragment: str
    words: str

    def __str__(self) -> str:
        return self.words


def part_of(fragment: str, media_type: str) -> Part:
    """A rectangle of a page or picture (percent), or a stretch of a recording (seconds).

    Raises `ValidationError` on `fragment`.
    """
    if (found := AREA.fullmatch(fragment)) and is_drawn(media_type):
        return _area(*map(float, found.groups()))
    if (found := TIME.fullmatch(fragment)) and is_played(media_type):
        return _stretch(*map(float, found.groups()))
    raise ValidationError(
        {
            "fragment": "Write xywh=percent:x,y,width,height for a part of a page or picture, "
            "or t=from,to in seconds for one of a recording."
        }
    )


def _area(left: float, top: float, width: float, height: float) -> Part:
    if not (width and height) or left + width > 100.001 or top + height > 100.001:
        raise ValidationError({"fragment": "The part must lie within the page and have a width and a height."})
    numbers = [f"{each:g}" for each in (left, top, width, height)]
    words = "The part {} % from the left and {} % from the top, {} % wide and {} % high".format(*numbers)
    return Part(f"xywh=percent:{','.join(numbers)}", words)


def _stretch(start: float, end: float) -> Part:
    if end <= start:
        raise ValidationError({"fragment": "The stretch must end after it starts."})
    return Part(f"t={start:g},{end:g}", f"From {clock(start)} to {clock(end)}")


def clock(seconds: float) -> str:
    """Hours, minutes and seconds, as players show them: `0:07`, `1:02:03.5`."""
    whole, rest = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    told = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
    return told + f".{rest:03}".rstrip("0") if rest else told
