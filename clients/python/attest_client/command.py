"""`attest-sync`: keep a local replica in step, once or for good."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from attest_client.client import Attest
from attest_client.errors import AnotherSync, OtherReplica, Problem
from attest_client.replica import Summary


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. 0 when the replica is in step, 1 when something stood in the way, 2 for wrong arguments."""
    asked = _parser().parse_args(arguments)
    token = asked.token_file.read_text().strip() if asked.token_file else os.environ.get("ATTEST_TOKEN", "")
    if not token:
        print("Give a token: in ATTEST_TOKEN, or in a file with --token-file.", file=sys.stderr)
        return 2
    try:
        with Attest(asked.address, token) as attest:
            summary = attest.sync(asked.into, kinds=asked.kind, told=_say)
            print(f"\r{_words(summary)}; in step.")
            if asked.follow:
                for more in attest.follow(asked.into, kinds=asked.kind):
                    print(_words(more), flush=True)
    except KeyboardInterrupt:
        return 0
    except (Problem, OtherReplica, AnotherSync, httpx.TransportError) as refusal:
        print(f"{refusal}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="attest-sync",
        description="Bring a SQLite file in step with all that a token may read. Stop it whenever you like.",
    )
    parser.add_argument("address", help="the server, like https://attest.example.org")
    parser.add_argument("into", type=Path, help="the SQLite file; made where there is none")
    parser.add_argument("--kind", action="append", default=[], help="only this kind, like incident; may be repeated")
    parser.add_argument("--follow", action="store_true", help="stay, and keep it in step until stopped")
    parser.add_argument("--token-file", type=Path, help="a file that holds the token; or set ATTEST_TOKEN")
    return parser


def _say(summary: Summary) -> None:
    if sys.stdout.isatty():
        print(f"\r{_words(summary)} ...", end="", flush=True)


def _words(summary: Summary) -> str:
    told = f"{summary.written} written, {summary.forgotten} forgotten"
    return f"{told}, {summary.closed} scopes closed" if summary.closed else told


if __name__ == "__main__":
    sys.exit(main())
