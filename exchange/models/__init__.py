"""What left the room: under a lower marking, and to partners."""

from exchange.models.releases import Release
from exchange.models.sharings import Sharing

__all__ = ["Release", "Sharing"]
