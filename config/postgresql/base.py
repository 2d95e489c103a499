"""PostgreSQL as Django speaks to it, but for how it is seen that a connection kept open still leads there."""

import select

from django.db.backends.postgresql import base
from psycopg import Error


class DatabaseWrapper(base.DatabaseWrapper):
    """The settings ask for a look at each request's first use of a connection. It costs no round trip here."""

    def is_usable(self) -> bool:
        """A server that is gone has ended the connection, and that end can be read; a silent one is as it was."""
        try:
            poll = select.poll()
            poll.register(self.connection.fileno(), select.POLLIN)
            return not poll.poll(0) or super().is_usable()
        except Error:
            return False
