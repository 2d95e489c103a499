"""The vault in a folder and in a bucket: the same promises, held on both."""

import hashlib
import io
import subprocess
import sys
import textwrap
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse

from evidence import object_storage, storage
from evidence.copying import copy_all
from evidence.models import CustodyEvent, StoredFile
from evidence.object_storage import PART, BytesChanged, ObjectVault
from evidence.rehashing import check_what_is_due, note, state_of
from evidence.storage import LocalVault, path_of
from evidence.tasks import read_text
from ledger.acting import acting_as
from tests import making
from tests.api.test_kinds import Door
from tests.object_store import BUCKET, ObjectStore

HERE = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 6, 1, tzinfo=UTC)
WORDS = b"Words on a page."
WORDS_HASH = hashlib.sha256(WORDS).hexdigest()


@pytest.fixture(params=["folder", "bucket"])
def vault(request, settings, tmp_path, db) -> SimpleNamespace:
    """The default storage in one of its forms, and what happens to it behind its back."""
    place = tmp_path / "files"
    if request.param == "folder":
        form = {"BACKEND": "evidence.storage.LocalVault", "OPTIONS": {"location": str(place), "base_url": None}}
        damage = _damaged_folder(place)
    else:
        store = request.getfixturevalue("object_store")
        form = {"BACKEND": "evidence.object_storage.ObjectVault", "OPTIONS": store.options(location=tmp_path.name)}
        damage = _damaged_bucket(store, tmp_path.name)
    settings.STORAGES = {**settings.STORAGES, "default": form}
    return SimpleNamespace(form=form, damage=damage, sort=request.param)


def _damaged_folder(place: Path) -> Callable[[str, bytes | None], None]:
    def damage(sha256: str, content: bytes | None) -> None:
        (place / path_of(sha256)).unlink()
        if content is not None:
            (place / path_of(sha256)).write_bytes(content)

    return damage


def _damaged_bucket(store: ObjectStore, prefix: str) -> Callable[[str, bytes | None], None]:
    def damage(sha256: str, content: bytes | None) -> None:
        place = {"Bucket": BUCKET, "Key": f"{prefix}/{path_of(sha256)}"}
        client = store.vault().client
        client.delete_object(**place)
        if content is not None:
            client.put_object(Body=content, **place)

    return damage


@pytest.fixture
def file(vault, cast, east) -> StoredFile:
    with acting_as(cast.ana):
        return making.an_item(by=cast.ana, workspace=east, text=WORDS.decode()).files.get()


def events(file, person) -> list[tuple[str, str]]:
    with acting_as(person):
        found = CustodyEvent.objects.filter(file=file).exclude(action__in=["received", "hashed", "read"])
        return list(found.values_list("action", "note"))


# --- What the vault promises ---------------------------------------------------------------------


def test_it_is_the_vault_that_was_asked_for(vault):
    assert isinstance(default_storage, {"folder": LocalVault, "bucket": ObjectVault}[vault.sort])


@pytest.mark.parametrize("size", [1, PART - 1, PART, PART + 1])
def test_bytes_are_kept_under_their_hash_and_read_back(vault, size):
    content = (bytes(range(251)) * (size // 251 + 1))[:size]
    sha256, told = storage.keep(ContentFile(content))
    assert (sha256, told) == (hashlib.sha256(content).hexdigest(), size)
    assert storage.size_of(sha256) == size
    assert storage.hash_of(sha256) == sha256
    assert list(default_storage.names()) == [path_of(sha256)]
    with default_storage.open(path_of(sha256)) as stored:
        assert hashlib.sha256(stored.read()).hexdigest() == sha256


def test_what_is_not_there_is_said_to_be_absent(vault):
    missing = "0" * 64
    assert (storage.size_of(missing), storage.hash_of(missing)) == (None, None)
    assert not default_storage.exists(path_of(missing))
    with pytest.raises(FileNotFoundError):
        default_storage.open(path_of(missing))
    with pytest.raises(FileNotFoundError), storage.on_disk(missing):
        pass


def test_what_verifies_is_told_by_size_and_thoroughly_by_hash(vault):
    whole, altered, gone = (storage.keep(ContentFile(each)) for each in (b"whole", b"altered", b"gone"))
    vault.damage(altered[0], b"ALTERED")
    vault.damage(gone[0], None)
    assert storage.verified([whole, altered, gone]) == {whole[0], altered[0]}
    assert storage.verified([whole, altered, gone], thoroughly=True) == {whole[0]}


def test_keeping_the_same_bytes_again_writes_nothing(vault, monkeypatch):
    storage.keep(ContentFile(WORDS))
    monkeypatch.setattr(type(default_storage._wrapped), "_save", None)
    assert storage.keep(ContentFile(WORDS))[0] == WORDS_HASH


def test_bytes_that_changed_are_put_right_by_whoever_brings_them_again(vault):
    storage.keep(ContentFile(WORDS))
    vault.damage(WORDS_HASH, b"Words on a pagE.")
    storage.keep(ContentFile(WORDS))
    assert storage.hash_of(WORDS_HASH) == WORDS_HASH


def test_a_file_lies_on_disk_for_as_long_as_it_is_read(vault):
    storage.keep(ContentFile(WORDS))
    with storage.on_disk(WORDS_HASH) as place:
        assert place.read_bytes() == WORDS
    assert place.exists() == (vault.sort == "folder")
    assert storage.hash_of(WORDS_HASH) == WORDS_HASH


def test_any_stretch_of_it_is_read(vault):
    content = bytes(range(256)) * 4000
    sha256, _ = storage.keep(ContentFile(content))
    with default_storage.open(path_of(sha256)) as stored:
        for offset, whence, length in [(-5, io.SEEK_END, 9), (10, io.SEEK_SET, 3), (700_000, io.SEEK_SET, 80)]:
            at = stored.seek(offset, whence)
            assert stored.read(length) == content[at : at + length]
        assert stored.size == len(content)
        stored.seek(0)
        assert b"".join(stored.chunks(99_991)) == content


# --- Evidence on it ------------------------------------------------------------------------------


def test_a_file_comes_in_is_read_and_goes_out_as_it_came(client, vault, cast, east):
    with acting_as(cast.ana):
        item = making.an_item(by=cast.ana, workspace=east)
        file = StoredFile.receive(by=cast.ana, item=item, content=ContentFile(WORDS), name="a.txt")
    read_text(str(file.pk), str(cast.ana.pk))
    with acting_as(cast.ana):
        assert item.pages.get().text == WORDS.decode()
        assert StoredFile.objects.get(pk=file.pk).verifies()
    client.force_login(cast.vera)
    answer = client.get(reverse("stored_file", args=[file.pk]))
    assert b"".join(answer.streaming_content) == WORDS
    assert answer.headers["Content-Length"] == str(len(WORDS))
    down = Door(client, cast.ana).get(f"/stored-files/{file.pk}/content/")
    assert b"".join(down.streaming_content) == WORDS
    assert [action for action, _ in events(file, cast.ana)] == ["exported", "exported"]


def test_bytes_that_are_gone_are_not_handed_out(client, vault, cast, file):
    vault.damage(file.sha256, None)
    assert Door(client, cast.ana).get(f"/stored-files/{file.pk}/content/").status_code == 409
    assert events(file, cast.ana) == []


@pytest.mark.parametrize(("content", "state"), [(b"Words on a pagE.", "altered"), (None, "missing")])
def test_altered_or_missing_bytes_raise_the_alarm_and_are_restored(vault, cast, file, content, state):
    assert check_what_is_due(NOW) == 0
    vault.damage(file.sha256, content)
    note(file, state_of(file.sha256), NOW)
    assert events(file, cast.ana) == [(state, file.sha256)]
    storage.keep(ContentFile(WORDS))
    note(file, state_of(file.sha256), NOW)
    assert [action for action, _ in events(file, cast.ana)] == [state, "restored"]


def test_an_approval_on_bytes_that_changed_becomes_stale(vault, cast, request):
    approved = request.getfixturevalue("approved")
    with acting_as(cast.ana):
        cited = StoredFile.objects.order_by("pk").first()
    vault.damage(cited.sha256, b"x" * cited.size)
    assert check_what_is_due(NOW) == 1
    with acting_as(cast.ana):
        approved.refresh_from_db()
        assert approved.status == "stale"


# --- Whole or absent -----------------------------------------------------------------------------

KEEPS_AND_STOPS = """
    import io, sys
    from django.conf import settings
    settings.configure(USE_TZ=True, STORAGES={{"default": {form!r}}})
    from django.core.files.base import File
    from evidence.storage import default_storage

    class Stopping(io.RawIOBase):
        name, size, sent = "x", 70 * 2**20, 0
        def readable(self): return True
        def seekable(self): return True
        def seek(self, *to): return 0
        def read(self, most=-1):
            if self.sent > 40 * 2**20:
                print("half", flush=True)
                sys.stdin.read()
            self.sent += most
            return b"x" * most

    default_storage.save("ab/cd/whole-or-absent", File(Stopping()))
"""


def test_of_what_is_killed_while_it_is_sent_nothing_is_there(vault):
    script = textwrap.dedent(KEEPS_AND_STOPS.format(form=vault.form))
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "half\n"
        process.kill()
    assert not default_storage.exists("ab/cd/whole-or-absent")
    default_storage.save("ab/cd/whole-or-absent", ContentFile(b"whole"))
    with default_storage.open("ab/cd/whole-or-absent") as stored:
        assert stored.read() == b"whole"


class Breaking(io.BytesIO):
    """A file that cannot be read to its end."""

    name, size = "x", 2 * PART

    def read(self, most: int | None = -1) -> bytes:
        if self.tell() > PART:
            raise OSError("The disk is broken.")
        return super().read(most)


def test_of_what_breaks_off_nothing_is_there_and_no_part_is_left(vault, object_store, tmp_path):
    with pytest.raises(OSError, match="broken"):
        default_storage.save("ab/cd/broken", File(Breaking(bytes(2 * PART))))
    assert list(default_storage.names()) == []
    if vault.sort == "bucket":
        begun = object_store.vault().client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])
        assert [each for each in begun if each["Key"].startswith(f"{tmp_path.name}/")] == []


SIZE = 70 * 2**20
MOST_MEMORY = 40 * 2**20
"""A few parts, of which one is being read while another is sent."""


class Endless(io.RawIOBase):
    """Seventy megabytes that lie nowhere."""

    name, size, at = "x", SIZE, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset
        return offset

    def read(self, most: int = -1) -> bytes:
        length = min(most if most >= 0 else SIZE, SIZE - self.at)
        self.at += length
        return b"\0" * length


def test_seventy_megabytes_stream_in_and_out_through_little_memory(vault):
    tracemalloc.start()
    try:
        sha256, size = storage.keep(File(Endless()))
        assert (storage.hash_of(sha256), size) == (sha256, SIZE)
        with storage.on_disk(sha256) as place:
            assert place.stat().st_size == SIZE
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < MOST_MEMORY


# --- Only a bucket does this ---------------------------------------------------------------------


class Store:
    """A client in whose place a store answers as it is told, once for each method."""

    def __init__(self, real, **answers: str) -> None:
        self.real, self.answers, self.asked = real, answers, []

    def __getattr__(self, name: str):
        def call(**given):
            self.asked.append((name, given))
            if code := self.answers.pop(name, None):
                raise ClientError({"Error": {"Code": code}}, name)
            return getattr(self.real, name)(**given)

        return call


@pytest.fixture
def bucket(object_store, tmp_path) -> ObjectVault:
    return object_store.vault(location=tmp_path.name)


def speaking(bucket: ObjectVault, monkeypatch, **answers: str) -> Store:
    store = Store(bucket.client, **answers)
    monkeypatch.setattr(ObjectVault, "client", store)
    return store


def puts(store: Store) -> list[bool]:
    """Of each object that was sent, whether it was on condition."""
    return ["IfNoneMatch" in given for name, given in store.asked if name == "put_object"]


def test_a_new_object_is_sent_on_condition_that_there_is_none(bucket, monkeypatch):
    store = speaking(bucket, monkeypatch)
    bucket.save("ab/cd/x", ContentFile(WORDS))
    assert puts(store) == [True]


@pytest.mark.parametrize("code", ["412", "PreconditionFailed", "NotImplemented"])
def test_who_comes_second_by_a_moment_overwrites_nothing_that_is_whole(bucket, monkeypatch, code):
    bucket.save("ab/cd/x", ContentFile(WORDS))
    store = speaking(bucket, monkeypatch, head_object="404", put_object=code)
    bucket.save("ab/cd/x", ContentFile(WORDS))
    assert puts(store) == [True]


def test_a_store_that_knows_no_conditions_takes_what_is_not_there(bucket, monkeypatch):
    store = speaking(bucket, monkeypatch, put_object="NotImplemented")
    bucket.save("ab/cd/x", ContentFile(WORDS))
    assert puts(store) == [True, False]
    assert bucket.open("ab/cd/x").read() == WORDS


def test_what_the_store_did_not_keep_as_it_was_sent_is_not_kept_at_all(bucket, monkeypatch):
    monkeypatch.setattr(object_storage, "_md5", lambda part: object_storage.b64encode(b"\0" * 16).decode())
    with pytest.raises(ClientError, match="BadDigest"):
        bucket.save("ab/cd/x", ContentFile(WORDS))
    monkeypatch.undo()
    monkeypatch.setattr(bucket, "_hash", lambda name: "0" * 64)
    with pytest.raises(BytesChanged, match="did not keep"):
        bucket.save("ab/cd/x", ContentFile(WORDS))
    monkeypatch.undo()
    assert list(bucket.names()) == []


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown"])
def test_a_store_that_refuses_is_no_store_without_bytes(bucket, monkeypatch, code):
    """Neither missing nor altered: nobody is alarmed, and the job says why."""
    bucket.save(path_of(WORDS_HASH), ContentFile(WORDS))
    speaking(bucket, monkeypatch, head_object=code)
    with pytest.raises(ClientError, match=code):
        storage.hash_of(WORDS_HASH, bucket)


def test_a_read_that_the_store_ends_early_is_an_error(bucket, monkeypatch):
    bucket.save("ab/cd/x", ContentFile(WORDS))
    stored = bucket.open("ab/cd/x")
    stored.file.raw.size += 1
    with pytest.raises(OSError, match="at byte 16 of 17"):
        stored.read()


# --- From one to the other -----------------------------------------------------------------------


@pytest.fixture
def both(object_store, settings, tmp_path) -> SimpleNamespace:
    """A folder with three files, and an empty bucket that the settings name."""
    settings.FILES_DIR = tmp_path / "origin"
    options = object_store.options(location=tmp_path.name)
    form = {"BACKEND": "evidence.object_storage.ObjectVault", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": form}
    folder, bucket = LocalVault(location=str(settings.FILES_DIR)), ObjectVault(**options)
    hashes = []
    for content in (b"one", b"two", b"three"):
        hashes.append(hashlib.sha256(content).hexdigest())
        folder.save(path_of(hashes[-1]), ContentFile(content))
    (settings.FILES_DIR / ".incoming-x").write_bytes(b"half")
    return SimpleNamespace(folder=folder, bucket=bucket, hashes=sorted(hashes))


def test_all_files_are_copied_there_and_back_and_none_is_deleted(both, settings, tmp_path, capsys):
    call_command("copy_files", to="bucket")
    assert "3 copied and verified, 0 there already" in capsys.readouterr().out
    assert sorted(both.bucket.names()) == [path_of(each) for each in both.hashes]
    assert [storage.hash_of(each, both.folder) for each in both.hashes] == both.hashes
    settings.FILES_DIR = tmp_path / "back"
    call_command("copy_files", to="folder")
    back = LocalVault(location=str(settings.FILES_DIR))
    assert [storage.hash_of(each, back) for each in both.hashes] == both.hashes


def test_copying_goes_on_where_it_ended(both, capsys):
    outcomes = copy_all(both.folder, both.bucket)
    assert next(outcomes).outcome == "copied"
    call_command("copy_files", to="bucket")
    assert "2 copied and verified, 1 there already" in capsys.readouterr().out


def test_what_is_altered_at_its_origin_is_named_and_not_copied(both, capsys):
    place = Path(both.folder.path(path_of(both.hashes[0])))
    place.unlink()
    place.write_bytes(b"else")
    with pytest.raises(CommandError, match="Not everything"):
        call_command("copy_files", to="bucket")
    told = capsys.readouterr()
    assert f"{both.hashes[0]}: altered" in told.err
    assert sorted(both.bucket.names()) == [path_of(each) for each in both.hashes[1:]]


def test_thoroughly_what_is_there_is_hashed_again_and_put_right(both, capsys):
    call_command("copy_files", to="bucket")
    sha256 = both.hashes[0]
    size = storage.size_of(sha256, both.bucket)
    both.bucket.client.put_object(Body=b"x" * size, **both.bucket._place(path_of(sha256)))
    call_command("copy_files", to="bucket")
    assert storage.hash_of(sha256, both.bucket) != sha256
    call_command("copy_files", to="bucket", thoroughly=True)
    assert "1 copied and verified, 2 there already" in capsys.readouterr().out
    assert storage.hash_of(sha256, both.bucket) == sha256


def test_without_a_bucket_the_command_says_what_is_missing(db):
    with pytest.raises(CommandError, match="ATTEST_S3_BUCKET"):
        call_command("copy_files", to="bucket")
