"""What never stands in a log: the secrets of addresses that open something by themselves."""

import logging
import re

SECRETS = re.compile(r"(/(?:calendar|invitations)/)[\w-]+")


class WithoutSecrets(logging.Filter):
    """Put `...` where an address of a calendar or an invitation holds its secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRETS.sub(r"\1...", record.getMessage()), ()
        return True
