"""What the opening of one file may take, as the settings have it."""

from django.conf import settings

from evidence.apart import Limits
from evidence.unpacked import MOST_PART_BYTES


def allowed() -> Limits:
    """Enough memory and time to read it; room on disk for the largest part that comes out of a container."""
    written = MOST_PART_BYTES // 2**20 + 1
    return Limits(settings.READING_SECONDS, settings.READING_MEGABYTES, written)
