"""`python -m bench.intake`: two hundred files of eight kinds come in through the API and are read by the worker.

Twice, with other words. First for speed: the files are sent while the worker is stopped (SIGSTOP), and its time runs
from the beginning of the first job to the end of the last, with everything that a job entails: fetching it, two
transactions, the processes that files are opened in, parts of mails, near copies. **The floor** are the same stored
files, looked at, read, and their language told by the same readers (PDFium, python-docx, lxml, trafilatura, openpyxl,
tesseract), straight from the folder in as many processes that have them loaded (two). What of the worker's time is
not the floor's is the share outside the libraries; our readers' own lines count as libraries, they are few.

Then for correctness: all at once while the worker works, which is killed (SIGKILL) three times on the way and
started again at once. Nothing may be lost, nothing doubled, and every file must be found by its word.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import psycopg

from bench import place, serving
from bench.analyst import Analyst, begin, working
from bench.documents import Made, made
from bench.serving import PRODUCT, Way

AT_ONCE = 3
"""Files that the browser sends side by side."""

HANDS = 2
"""Of the worker, and of the floor."""

KILLED_AT = (0.15, 0.4, 0.7)
PATIENCE = 900

JOBS = """
    SELECT j.task_name, min(e.at) FILTER (WHERE e.type = 'started'), max(e.at) FILTER (WHERE e.type = 'succeeded')
    FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id
    WHERE j.id > %s AND j.task_name = ANY (%s) GROUP BY j.id
"""
TASKS = ["evidence.read_text", "evidence.open_container", "evidence.find_near_copies"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8119)
    parser.add_argument("--only", choices=("speed", "kills"))
    asked = parser.parse_args()
    cluster = place.start().cluster
    shutil.rmtree(place.PLACE / "intake", ignore_errors=True)
    try:
        facts, source = begin()
        with serving.serving(PRODUCT, facts, asked.port, Way(), ATTEST_DATA_DIR=os.environ["ATTEST_DATA_DIR"]):
            analyst = Analyst(asked.port, facts.tokens["analyst"], facts.workspace, source)
            with psycopg.connect(facts.url, autocommit=True) as owner:
                if asked.only != "kills":
                    _speed(made(asked.seed), analyst, owner)
                return 0 if asked.only == "speed" else _kills(made(asked.seed + 1), analyst, owner)
    finally:
        if cluster.started_here:
            cluster.stop()


# --- Speed -------------------------------------------------------------------------------------------


def _speed(files: list[Made], analyst: Analyst, owner: psycopg.Connection) -> None:
    """Print files/s with and without OCR, against the floor."""
    with working() as worker:
        analyst.bring("warm.txt", " ".join(map(str, range(5_000))).encode())  # as the floor: all loaded
        _wait_for_no_jobs(owner)
        for title, needs_ocr in (("without OCR", False), ("with OCR", True)):
            chosen = [each for each in files if each.needs_ocr == needs_ocr]
            since, before = _last_job(owner), _last_file(owner)
            worker.told(signal.SIGSTOP)
            sent = _timed(lambda chosen=chosen: _send(chosen, analyst))
            worker.told(signal.SIGCONT)
            _wait_for_no_jobs(owner)
            _tell(title, sent, owner.execute(JOBS, [since, TASKS]).fetchall(), _floor(owner, before))


class Floor(NamedTuple):
    files: int
    seconds: float
    """Of the clock, by `HANDS` processes."""


def _tell(title: str, sent: float, jobs: list[tuple], floor: Floor) -> None:
    took = (max(ended for _, _, ended in jobs) - min(begun for _, begun, _ in jobs)).total_seconds()
    share = 1 - floor.seconds / took
    print(f"\n{title}: {floor.files} files, sent in {sent:.1f} s ({floor.files / sent:.1f} files/s)")
    print(f"  worker {took:.1f} s, {floor.files / took:.1f} files/s; floor {floor.seconds:.1f} s", end="")
    print(f", {floor.files / floor.seconds:.1f} files/s; {took / floor.seconds:.2f} x")
    print(f"  outside the libraries: {share:.0%}, {(took - floor.seconds) * HANDS / floor.files * 1000:.0f} ms a file")
    for task in TASKS:
        spent = [(ended - begun).total_seconds() for name, begun, ended in jobs if name == task]
        if spent:
            print(f"    {task:<28} {len(spent):>4} jobs, {sum(spent) / len(spent) * 1000:>7.1f} ms each")


def _floor(owner: psycopg.Connection, after: str) -> Floor:
    """Read what was stored after this file once more, with nothing around it."""
    rows = owner.execute("SELECT sha256, media_type FROM evidence_storedfile WHERE id > %s", [after]).fetchall()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with get_context("spawn").Pool(HANDS, initializer=_warm) as pool:
        pool.map(_read, rows[:HANDS], chunksize=1)
        seconds = _timed(lambda: pool.map(_read, rows, chunksize=1))
    return Floor(len(rows), seconds)


def _warm() -> None:
    from evidence import extraction

    extraction.warm_up()


def _read(row: tuple[str, str]) -> int:
    """What a job has done apart; as in `evidence.reading_apart`."""
    from evidence import containers, extraction
    from evidence.detection import CONTAINERS
    from evidence.traits import traits_of
    from evidence.unreadable import Unreadable

    sha256, media_type = row
    path = _path_of(sha256)
    with path.open("rb") as stream:
        traits_of(stream, media_type)
        if media_type in CONTAINERS:
            with tempfile.TemporaryDirectory() as folder:
                stream.seek(0)
                containers.unpack(stream, media_type, Path(folder))
    with suppress(Unreadable):
        opened, _ = extraction.opened(path, media_type, ["eng"])
        return sum(len(page.text) + len(extraction.language_of(page.text)) for page in opened.pages)
    return 0


def _path_of(sha256: str) -> Path:
    return Path(os.environ["ATTEST_DATA_DIR"]) / "files" / sha256[:2] / sha256[2:4] / sha256


def _send(files: list[Made], analyst: Analyst) -> dict[str, str]:
    """Ids of the items by the names of the files."""
    with ThreadPoolExecutor(AT_ONCE) as browser:
        return dict(browser.map(lambda each: (each.name, analyst.bring(each.name, each.content)), files))


def _timed(act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _last_job(owner: psycopg.Connection) -> int:
    return owner.execute("SELECT coalesce(max(id), 0) FROM procrastinate_jobs").fetchone()[0]


def _last_file(owner: psycopg.Connection) -> str:
    return owner.execute("SELECT coalesce(max(id::text), '') FROM evidence_storedfile").fetchone()[0]


LEFT = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = ANY (%s)"


def _wait_for_no_jobs(owner: psycopg.Connection) -> None:
    end = time.monotonic() + PATIENCE
    while owner.execute(LEFT, [TASKS]).fetchone()[0]:
        if time.monotonic() > end:
            raise SystemExit(f"Jobs are left after {PATIENCE} s.")
        time.sleep(0.5)


# --- Kills -------------------------------------------------------------------------------------------


def _kills(files: list[Made], analyst: Analyst, owner: psycopg.Connection) -> int:
    """Send all at once, kill the worker on the way, and look whether all is there once. 1 where it is not."""
    since, before = _last_job(owner), len(analyst.files())
    with working() as worker, ThreadPoolExecutor(1) as sender:
        began, sending = time.perf_counter(), sender.submit(_send, files, analyst)
        for share in KILLED_AT:
            _wait_until_read(analyst, before + len(files) * share)
            worker.kill()
            (busy,) = owner.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'").fetchone()
            print(f"  killed at {share:.0%} with {busy} jobs under way, after {time.perf_counter() - began:.1f} s")
            worker.start()
        items = sending.result()
        _wait_until_read(analyst)
        read = time.perf_counter() - began
        _wait_for_no_jobs(owner)
    again = owner.execute(
        "SELECT count(*), max(attempts) FROM procrastinate_jobs WHERE id > %s AND attempts > 1", [since]
    ).fetchone()
    (silent,) = owner.execute("SELECT count(*) FROM procrastinate_workers").fetchone()
    print(f"\nkilled {len(KILLED_AT)} times: all read after {read:.1f} s; {again[0]} jobs were taken up again, each at")
    print(f"most {(again[1] or 1) - 1} times; {silent} workers are on the books")
    faults = list(_faults(files, items, analyst, owner))
    parts = sum(len(each.attached) for each in files)
    print(f"{len(files)} files and {parts} attachments: " + ("; ".join(faults) or "all there, once, and found"))
    return int(bool(faults))


def _wait_until_read(analyst: Analyst, many: float | None = None) -> None:
    """Until so many files are read, or none waits; as a person sees it, who asks the API."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        told = Counter(each["extraction"] == "waiting" for each in analyst.files())
        if told[False] >= many if many is not None else not told[True]:
            return
        time.sleep(0.3)
    raise SystemExit(f"Files wait after {PATIENCE} s.")


FILES = """
    SELECT f.item_id, f.extraction, f.extraction_note, f.reading,
           (SELECT count(*) FROM evidence_textpage p WHERE p.file_id = f.id AND p.reading = f.reading),
           (SELECT count(DISTINCT p.reading) FROM evidence_textpage p WHERE p.file_id = f.id),
           (SELECT count(*) FROM evidence_custodyevent c WHERE c.file_id = f.id AND c.action = 'read')
    FROM evidence_storedfile f WHERE f.sha256 = %s
"""


def _faults(files: list[Made], items: dict[str, str], analyst: Analyst, owner: psycopg.Connection):
    """What is not as it must be, a sentence each."""
    for each in files:
        yield from _faults_of(each, items[each.name], analyst, owner)
        for part in each.attached:
            yield from _faults_of(part, "", analyst, owner)
    wanted = len(files) + sum(len(each.attached) for each in files)
    words = {each.word for each in files} | {part.word for each in files for part in each.attached}
    if len(words) != wanted:
        yield "two files share a word"


def _faults_of(file: Made, item: str, analyst: Analyst, owner: psycopg.Connection):
    sha256 = hashlib.sha256(file.content).hexdigest()
    rows = owner.execute(FILES, [sha256]).fetchall()
    if len(rows) != 1:
        yield f"{file.name} is stored {len(rows)} times"
        return
    [(of, extraction, note, reading, pages, readings, told)] = rows
    if item and str(of) != item:
        yield f"{file.name} is a file of another item"
    if hashlib.sha256(_path_of(sha256).read_bytes()).hexdigest() != sha256:
        yield f"the bytes of {file.name} are others"
    if not pages and not note:
        yield f"{file.name} has no text and does not say why ({extraction})"
    if (reading, readings, told) != (1, 1, 1):
        yield f"{file.name} was read {readings} times and custody tells of {told} (now {reading})"
    if (found := analyst.found(file.word)) != {str(of)}:
        yield f"{file.name} is found {len(found)} times by {file.word}"


if __name__ == "__main__":
    sys.exit(main())
