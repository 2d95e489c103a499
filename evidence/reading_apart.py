"""What runs apart (`evidence.apart`): a server that has the readers loaded, and forks a process for each file.

It knows nothing but the file's path: no connection, no setting, no key.
"""

import io
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import orjson

from evidence import extraction
from evidence.unreadable import Unreadable, Unsupported

QUALITY = 80

MOST_ASKED = 64 * 1024
"""Bytes of one request."""


def serve(line: socket.socket) -> None:
    """Fork a process for each job that is asked for, until the one that asks is gone."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        asked, [*handles], _, _ = socket.recv_fds(line, MOST_ASKED, 1)
        if not asked:
            return
        if os.fork() == 0:
            line.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with suppress(ConnectionError), Connection(handles[0]) as there:
                work(there, **orjson.loads(asked))
            os._exit(0)
        os.close(handles[0])


def work(there: Connection, *, job: str, given: list[Any], limits: list[int]) -> None:
    """Do a job within limits, and say what came of it."""
    os.setsid()
    say(there, process=os.getpid())
    try:
        confine(*limits)
        JOBS[job](there, *given)
    except Unreadable as reason:
        say(there, unreadable=str(reason), is_unsupported=isinstance(reason, Unsupported))
    except MemoryError:
        say(there, unreadable=f"Reading it takes more than {limits[1]} MB of memory.")
    except RecursionError:
        say(there, unreadable="The file is nested too deeply.")
    except ConnectionError:  # who asked has gone
        return
    except Exception as error:  # whatever a library lets through: the file is kept and says so
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        say(there, unreadable=f"The file cannot be read: it is damaged, or made to do harm ({type(error).__name__}).")


def confine(seconds: int, megabytes: int, written: int) -> None:
    """Take on the limits, for this process and all that it starts."""
    memory, largest = megabytes * 2**20, written * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (max(1, seconds), max(1, seconds) + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def say(there: Connection, **message: Any) -> None:
    there.send_bytes(orjson.dumps(message, default=list))


def read(there: Connection, path: str, media_type: str, languages: list[str]) -> None:
    """Say what opens the file, then each page, then what was noted."""
    reading, ocr = extraction.opened(Path(path), media_type, languages)
    say(there, page_count=reading.page_count, extractor=reading.extractor, version=reading.extractor_version)
    for page in reading.pages:
        say(there, **page._asdict(), language=extraction.language_of(page.text))
    say(there, notes=sorted(ocr.notes))


def draw(there: Connection, path: str, media_type: str, number: int, width: int) -> None:
    """Say a page as a picture."""
    out = io.BytesIO()
    extraction.drawn(Path(path), media_type, number, width).save(out, "WEBP", quality=QUALITY)
    say(there, webp=out.getvalue().hex())


JOBS: dict[str, Callable[..., None]] = {"read": read, "draw": draw}

if __name__ == "__main__":
    extraction.warm_up()
    serve(socket.socket(fileno=int(sys.argv[1])))
