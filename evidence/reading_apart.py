"""What runs apart (`evidence.apart`): a server that has the readers loaded, and forks a process for each file.

It knows nothing but the file's path: no connection, no setting, no key.
"""

import gc
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

from evidence import containers, extraction
from evidence.traits import traits_of
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


def look(there: Connection, path: str, media_type: str) -> None:
    """Say what a file holds that whoever opens it should know."""
    with Path(path).open("rb") as stream:
        found = traits_of(stream, media_type)
    say(there, traits=[(each.trait.value, each.sentence) for each in found])


def unpack(there: Connection, path: str, media_type: str, folder: str) -> None:
    """Write what a container holds into a folder, and say what it was."""
    with Path(path).open("rb") as stream:
        contents = containers.unpack(stream, media_type, Path(folder))
    say(there, parts=[(*each[:4], str(each.file)) for each in contents.parts], left_out=contents.left_out)


def draw(there: Connection, path: str, media_type: str, number: int, width: int) -> None:
    """Say a page as a picture."""
    out = io.BytesIO()
    extraction.drawn(Path(path), media_type, number, width).save(out, "WEBP", quality=QUALITY)
    say(there, webp=out.getvalue().hex())


JOBS: dict[str, Callable[..., None]] = {"read": read, "look": look, "unpack": unpack, "draw": draw}

if __name__ == "__main__":
    extraction.warm_up()
    gc.freeze()  # a collection in a fork would touch, and so copy, all that is shared
    serve(socket.socket(fileno=int(sys.argv[1])))
