"""A time-stamping authority on loopback that really signs: OpenSSL's, behind an HTTP server."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self

CONFIGURATION = """
[req]
distinguished_name = name
[name]
[tsa]
default_tsa = authority
[authority]
serial = {place}/serial
crypto_device = builtin
signer_cert = {place}/{name}.pem
certs = {place}/{name}.pem
signer_key = {place}/{name}.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
tsa_name = yes
[stamping]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
"""

REFUSED = bytes.fromhex("30053003020102")
"""A TimeStampResp of status 2, rejection."""


class Authority:
    """A server on a free port of loopback. `answers` is what it does with a request."""

    def __init__(self, place: Path) -> None:
        self.place, self.roots = place, place / "root.pem"
        self.answers: Callable[[bytes], bytes] = self.sign
        (place / "serial").write_text("01\n")
        for name in ("authority", "stranger"):
            (place / f"{name}.cnf").write_text(CONFIGURATION.format(place=place, name=name))
        self._certify("root", "authority", "/CN=Test authority")
        self._certify("other", "stranger", "/CN=Stranger")

    def __enter__(self) -> Self:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/timestamp-query"
                try:
                    answer = authority.answers(asked)
                except OSError:
                    self.send_error(503)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *told) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *told) -> None:
        self.server.shutdown()
        self.server.server_close()

    # --- What it may do with a request ---

    def sign(self, asked: bytes, name: str = "authority") -> bytes:
        with tempfile.TemporaryDirectory(dir=self.place) as folder:
            query, reply = Path(folder) / "query", Path(folder) / "reply"
            query.write_bytes(asked)
            self._openssl("ts", "-reply", "-config", f"{name}.cnf", "-queryfile", query, "-out", reply)
            self.last = reply.read_bytes()
        return self.last

    def sign_as_a_stranger(self, asked: bytes) -> bytes:
        return self.sign(asked, "stranger")

    def replay(self, asked: bytes) -> bytes:
        """An answer of its own to an earlier question, for the same hash."""
        older = asked[:-11] + bytes.fromhex("4000000000000001") + asked[-3:]
        return self.sign(older)

    def refuse(self, asked: bytes) -> bytes:
        return REFUSED

    def nonsense(self, asked: bytes) -> bytes:
        return b"<html>Sign in</html>"

    def fail(self, asked: bytes) -> bytes:
        raise OSError

    # --- Without any code of ours ---

    def openssl_verifies(self, answer: bytes, sha256: str) -> bool:
        reply = self.place / "checked.tsr"
        reply.write_bytes(answer)
        told = self._openssl("ts", "-verify", "-digest", sha256, "-in", reply, "-CAfile", self.roots)
        return "Verification: OK" in told

    def _certify(self, root: str, name: str, subject: str) -> None:
        new = ("-newkey", "rsa:2048", "-nodes", "-days", "2")
        self._openssl(
            *("req", "-x509", *new, "-subj", f"/CN={root}", "-keyout", f"{root}.key", "-out", f"{root}.pem"),
            *("-config", f"{name}.cnf", "-extensions", "root"),
        )
        self._openssl("req", *new[:3], "-subj", subject, "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self._openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", f"{root}.pem", "-CAkey", f"{root}.key", "-days", "2"),
            *("-extfile", f"{name}.cnf", "-extensions", "stamping", "-out", f"{name}.pem"),
        )

    def _openssl(self, *arguments: object) -> str:
        ran = subprocess.run(
            ["openssl", *map(str, arguments)], cwd=self.place, capture_output=True, text=True, check=True
        )
        return ran.stdout
