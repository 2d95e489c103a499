"""Bytes in an object store that speaks S3: the same vault as on disk, whole or absent, written once."""

from __future__ import annotations

import hashlib
import io
import logging
from base64 import b64encode
from collections.abc import Iterator
from itertools import count
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

PART = 8 * 1024 * 1024
"""Bytes sent in one request, and held in memory: a store takes 10,000 parts of them."""

BUFFER = 1024 * 1024

ABSENT = {"404", "NoSuchKey", "NotFound"}
THERE_ALREADY = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
UNCONDITIONAL = {"501", "NotImplemented"}
"""What a store says that knows no conditions."""

logger = logging.getLogger("attest.evidence")


class BytesChanged(OSError):
    """The store gives back other bytes than it was given."""


class ObjectVault(S3Storage):
    """A bucket in which an object is whole or absent: it appears when its last byte has come, and is then read back.

    What is there is not overwritten (`If-None-Match`, where the store knows it) unless its bytes are no longer those
    that its name promises.
    """

    def __init__(self, **options: Any) -> None:
        self.is_path_style = options.pop("path_style", False)
        super().__init__(**options)
        self.client_config = Config(
            s3={"addressing_style": "path" if self.is_path_style else "virtual"},
            signature_version="s3v4",
            request_checksum_calculation="when_required",  # each request carries its own MD5, which all stores know
            response_checksum_validation="when_required",
            retries={"mode": "standard", "max_attempts": 5},
            connect_timeout=5,
            read_timeout=60,
        )

    # --- Reading --------------------------------------------------------------------------------

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("Objects are opened to be read, and written whole.")
        return ObjectFile(ObjectStream(self, name), name)

    def about(self, name: str) -> dict[str, Any]:
        """What the store says of an object. Raises `FileNotFoundError`."""
        try:
            return self.client.head_object(**self._place(name))
        except ClientError as error:
            if _code(error) in ABSENT:
                raise FileNotFoundError(name) from error
            raise

    def exists(self, name: str) -> bool:
        try:
            return bool(self.about(name))
        except FileNotFoundError:
            return False

    def size(self, name: str) -> int:
        return self.about(name)["ContentLength"]

    def names(self) -> Iterator[str]:
        """The names of all objects."""
        before = self._normalize_name("x")[:-1]
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=before):
            for each in page.get("Contents", ()):
                yield each["Key"].removeprefix(before)

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": self._normalize_name(name)}

    # --- Writing --------------------------------------------------------------------------------

    def _save(self, name: str, content: File) -> str:
        content.seek(0)
        if self.exists(name) or not self._put_new(name, content):
            self._put_right(name, content)
        return name

    def _put_new(self, name: str, content: File) -> bool:
        """Send what is not there yet; says whether the store took it as new. A store may know no conditions."""
        sent = hashlib.sha256()
        try:
            self._put(name, content, sent, IfNoneMatch="*")
        except ClientError as error:
            if _code(error) not in THERE_ALREADY | UNCONDITIONAL:
                raise
            return False
        self._require_kept(name, sent.hexdigest())
        return True

    def _put_right(self, name: str, content: File) -> None:
        """Write over what may be there already, unless its bytes are the same."""
        expected, stored = _digest(content), self._hash(name)
        if stored == expected:
            return
        if stored:
            logger.error("The object %s had other bytes and is written anew.", name)
        content.seek(0)
        self._put(name, content, hashlib.sha256())
        self._require_kept(name, expected)

    def _require_kept(self, name: str, expected: str) -> None:
        """Read back what was sent. Where it is something else there is nothing of that name."""
        if self._hash(name) != expected:
            self.delete(name)
            raise BytesChanged(f"The object store did not keep the bytes of {name} as they were sent.")

    def _put(self, name: str, content: File, digest: Any, **condition: str) -> None:
        """Send an object: in one request where it fits, else in parts, which become visible together."""
        part, parts = content.read(PART), []
        digest.update(part)
        if len(part) < PART:
            self.client.put_object(Body=part, ContentMD5=_md5(part), **self._kind(name), **condition)
            return
        upload = self.client.create_multipart_upload(**self._kind(name))["UploadId"]
        given = {**self._place(name), "UploadId": upload}
        try:
            for number in count(1):
                parts.append(self._part(part, number=number, **given))
                part = content.read(PART)
                if not part:
                    break
                digest.update(part)
            self.client.complete_multipart_upload(MultipartUpload={"Parts": parts}, **given, **condition)
        except BaseException:
            self.client.abort_multipart_upload(**given)
            raise

    def _part(self, part: bytes, *, number: int, **given: str) -> dict[str, Any]:
        answer = self.client.upload_part(Body=part, ContentMD5=_md5(part), PartNumber=number, **given)
        return {"ETag": answer["ETag"], "PartNumber": number}

    def _kind(self, name: str) -> dict[str, str]:
        """Where it goes, and that it is never shown as what it claims to be."""
        return {**self._place(name), "ContentType": "application/octet-stream"}

    def _hash(self, name: str) -> str | None:
        """The hash of what is there; None where nothing is."""
        try:
            with self._open(name) as stored:
                return _digest(stored)
        except FileNotFoundError:
            return None


def _digest(content: File) -> str:
    digest = hashlib.sha256()
    for chunk in content.chunks(BUFFER):
        digest.update(chunk)
    return digest.hexdigest()


def _md5(part: bytes) -> str:
    return b64encode(hashlib.md5(part, usedforsecurity=False).digest()).decode()


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


class ObjectFile(File):
    """An object opened to be read, as it streams."""

    def __init__(self, stream: ObjectStream, name: str) -> None:
        super().__init__(io.BufferedReader(stream, BUFFER), name)
        self.size = stream.size


class ObjectStream(io.RawIOBase):
    """An object from the store as it is read: nothing of it is kept. Going elsewhere in it asks the store anew.

    All of it is of one version: where the object changes while it is read, reading ends with an error.
    """

    def __init__(self, vault: ObjectVault, name: str) -> None:
        super().__init__()
        about = vault.about(name)
        self.vault, self.name, self.size, self.etag = vault, name, about["ContentLength"], about["ETag"]
        self._at = 0
        self._body: Any = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        to = max(0, begin + offset)
        if to != self._at:
            self._drop()
        self._at = to
        return to

    def readinto(self, into: Any) -> int:
        if self._at >= self.size:
            return 0
        if self._body is None:
            self._body = self._asked()
        part = self._body.read(len(into))
        if not part:
            raise OSError(f"The object store ended {self.name} at byte {self._at} of {self.size}.")
        into[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _asked(self) -> Any:
        from_here = {"Range": f"bytes={self._at}-"} if self._at else {}
        place = self.vault._place(self.name)
        return self.vault.client.get_object(**place, IfMatch=self.etag, **from_here)["Body"]

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None

    def close(self) -> None:
        self._drop()
        super().close()
