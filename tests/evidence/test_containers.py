"""Containers: what a mail or an archive holds becomes items of their own, each with where it came from."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from evidence import detection, unpacked
from evidence.choices import Opening
from evidence.containers import unpack
from evidence.labels import label_of, name_of
from evidence.models import ContainerPart, EvidenceItem, StoredFile, parts
from evidence.origins import origins_of
from evidence.tasks import open_container, read_text
from evidence.unpacked import Room, Unpacked
from ledger.acting import acting_as
from tests import making
from tests.api.test_kinds import Door
from tests.evidence import files

TAKEN_OVER = ("source_id", "evidence_kind", "category", "marking", "language", "workspace_id", "collected_by_id")


@pytest.fixture
def item(cast, east):
    with acting_as(cast.ana):
        return making.an_item(
            by=cast.ana,
            workspace=east,
            marking="red",
            language="pl",
            evidence_kind="court_record",
            category="technical",
        )


def receive(item, by, content: bytes, name: str = "file") -> StoredFile:
    with acting_as(by):
        return StoredFile.receive(by=by, item=item, content=ContentFile(content), name=name)


def work(by) -> None:
    """Do what waits in the queue, and what comes of it, as the worker would."""
    tasks = {"evidence.read_text": read_text, "evidence.open_container": open_container}
    done: set[int] = set()
    while waiting := list(
        ProcrastinateJob.objects.filter(status="todo", args__user_id=str(by.pk)).exclude(pk__in=done).order_by("pk")
    ):
        for job in waiting:
            done.add(job.pk)
            tasks[job.task_name](**job.args)


def now_of(file, by) -> StoredFile:
    with acting_as(by):
        return StoredFile.objects.get(pk=file.pk)


def parts_of(file, by) -> list[ContainerPart]:
    with acting_as(by):
        return list(ContainerPart.objects.filter(container=file).select_related("item"))


def test_each_attachment_of_a_mail_becomes_an_item_that_takes_after_the_mail(item, cast):
    mail = files.an_eml("Words.", ("orders.pdf", files.a_pdf("March.")), ("list.csv", b"a,b,c\n1,2,3\n4,5,6\n"))
    file = receive(item, cast.ana, mail, "mail.eml")
    work(cast.ana)
    found = parts_of(file, cast.ana)
    assert [(each.path, each.position, each.item.title) for each in found] == [
        ("orders.pdf", 1, "orders.pdf"),
        ("list.csv", 2, "list.csv"),
    ]
    with acting_as(cast.ana):
        assert all(getattr(each.item, name) == getattr(item, name) for each in found for name in TAKEN_OVER)
        kept = [each.item.files.get() for each in found]
        assert [(each.sha256, each.size) for each in kept] == [(each.sha256, each.size) for each in found]
        assert [page.text.strip() for page in kept[0].pages.all()] == ["March."]
        assert kept[0].verifies()
    assert (now_of(file, cast.ana).opening, now_of(file, cast.ana).traits) == ("done", ["is_container"])


def test_the_members_of_an_archive_become_items_and_its_folders_do_not(item, cast):
    file = receive(item, cast.ana, files.a_zip({"papers/": b"", "papers/a.txt": b"One.", "b.txt": b"Two."}))
    work(cast.ana)
    assert [each.path for each in parts_of(file, cast.ana)] == ["papers/a.txt", "b.txt"]
    assert now_of(file, cast.ana).extraction == "unsupported"


def test_a_mail_inside_a_mail_is_opened_in_turn(item, cast):
    inner = files.an_eml("Inner words.", ("orders.txt", b"March."))
    file = receive(item, cast.ana, files.an_eml("Outer.", ("forwarded.eml", inner)))
    work(cast.ana)
    (forwarded,) = parts_of(file, cast.ana)
    with acting_as(cast.ana):
        (orders,) = ContainerPart.objects.filter(container__item=forwarded.item)
    assert (orders.path, orders.outermost_id) == ("orders.txt", file.pk)


def test_all_parts_are_one_origin_with_the_container(item, cast):
    file = receive(item, cast.ana, files.a_zip({"a.txt": b"One.", "b.txt": b"Two."}))
    work(cast.ana)
    with acting_as(cast.ana):
        items = [item.pk, *(each.item_id for each in parts_of(file, cast.ana))]
        assert len(set(origins_of(items).values())) == 1


def test_opened_again_nothing_is_doubled(item, cast):
    file = receive(item, cast.ana, files.a_zip({"a.txt": b"One.", "b.txt": b"Two."}))
    work(cast.ana)
    open_container(str(file.pk), str(cast.ana.pk))
    with acting_as(cast.ana):
        StoredFile.objects.filter(pk=file.pk).update(opening=Opening.WAITING)  # as if it had been killed at the end
    open_container(str(file.pk), str(cast.ana.pk))
    assert len(parts_of(file, cast.ana)) == 2
    with acting_as(cast.ana):
        assert EvidenceItem.objects.count() == 3


@pytest.mark.parametrize("at", [1, 2, 3])
def test_killed_midway_and_begun_again_no_part_is_lost_or_doubled(cast, item, monkeypatch, at):
    file = receive(item, cast.ana, files.a_zip({f"{n}.txt": b"Words %d." % n for n in range(3)}))
    read_text(str(file.pk), str(cast.ana.pk))
    make, made = parts._make, []

    def killed(*told) -> None:
        made.append(told)
        make(*told)
        if len(made) == at:
            raise KeyboardInterrupt

    monkeypatch.setattr(parts, "_make", killed)
    with pytest.raises(KeyboardInterrupt):
        open_container(str(file.pk), str(cast.ana.pk))
    assert len(parts_of(file, cast.ana)) == at - 1
    monkeypatch.setattr(parts, "_make", make)
    open_container(str(file.pk), str(cast.ana.pk))
    assert [each.path for each in parts_of(file, cast.ana)] == ["0.txt", "1.txt", "2.txt"]
    with acting_as(cast.ana):
        assert EvidenceItem.objects.count() == 4
    assert now_of(file, cast.ana).opening == "done"


def test_containers_are_opened_three_deep(item, cast):
    receive(item, cast.ana, files.nested(5))
    work(cast.ana)
    with acting_as(cast.ana):
        assert ContainerPart.objects.count() == unpacked.DEEPEST
        (last,) = StoredFile.objects.filter(opening=Opening.REFUSED)
        assert last.left_out == ["It lies 3 containers deep: no deeper one is opened."]


def test_what_comes_out_of_one_file_is_counted_at_all_depths(item, cast, monkeypatch):
    monkeypatch.setattr(parts, "MOST_PARTS", 3)
    inner = files.a_zip({"a.txt": b"1", "b.txt": b"2"})
    receive(item, cast.ana, files.a_zip({"one.zip": inner, "two.zip": files.a_zip({"c.txt": b"3", "d.txt": b"4"})}))
    work(cast.ana)
    with acting_as(cast.ana):
        assert ContainerPart.objects.count() == 3
        told = [each for file in StoredFile.objects.all() for each in file.left_out]
    assert len(told) == 3
    assert all("was not taken: at most" in each for each in told)


def test_bounds_of_number_and_size_are_kept_and_told(tmp_path):
    content = files.a_zip({f"{n}.txt": b"x" * 10 for n in range(5)})
    few = unpack(ContentFile(content), detection.ZIP, tmp_path, Room(parts=2))
    assert len(few.parts) == 2
    assert few.left_out[0].startswith("3 more were not taken")
    (tmp_path / "small").mkdir()
    small = unpack(ContentFile(content), detection.ZIP, tmp_path / "small", Room(size=25))
    assert [each.path for each in small.parts] == ["0.txt", "1.txt"]
    assert all("was not taken" in each for each in small.left_out)
    assert sorted(each.name for each in (tmp_path / "small").iterdir()) == ["1", "2"]


@pytest.mark.parametrize(
    ("path", "label", "name"),
    [
        ("../../etc/passwd", "../../etc/passwd", "passwd"),
        ("/etc/cron.d/x", "/etc/cron.d/x", "x"),
        (r"C:\Windows\system32\calc.exe", r"C:\Windows\system32\calc.exe", "calc.exe"),
        ("..", "..", "unnamed"),
        ("a\x00b.txt", "a\ufffdb.txt", "a\ufffdb.txt"),
        ("invoice\u202egpj.exe", "invoice\ufffdgpj.exe", "invoice\ufffdgpj.exe"),
        ("a\ud800b", "a\ufffdb", "a\ufffdb"),
        ("CON", "CON", "CON"),
        ("", "unnamed", "unnamed"),
    ],
)
def test_names_are_labels(path, label, name):
    assert (label_of(path), name_of(path)) == (label, name)


def test_a_very_long_name_keeps_its_end():
    assert (len(name_of("x" * 5000 + ".pdf")), name_of("x" * 5000 + ".pdf")[-4:]) == (255, ".pdf")


def test_paths_inside_lead_nowhere(tmp_path):
    names = ["../../up.txt", "/abs.txt", "CON", "a\\b.txt", "x" * 300, "rtl\u202etxt.exe"]
    found = unpack(ContentFile(files.a_zip(dict.fromkeys(names, b"x"))), detection.ZIP, tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["1", "2", "3", "4", "5", "6"]
    assert [each.file.parent for each in found.parts] == [tmp_path] * 6
    assert not (tmp_path.parent / "up.txt").exists()


def test_a_name_that_tells_a_person_apart_becomes_no_title(item, cast):
    file = receive(item, cast.ana, files.a_zip({"passport AB1234567.txt": b"Words."}))
    work(cast.ana)
    (part,) = parts_of(file, cast.ana)
    assert part.item.title == f"Part 1 of {item.title}"


def test_where_a_part_came_from_is_shown_at_both_ends_and_by_the_api(client, item, cast):
    file = receive(item, cast.ana, files.a_zip({"a.txt": b"One.", "zeros": bytes(32 * 2**20)}), "papers.zip")
    work(cast.ana)
    (part,) = parts_of(file, cast.ana)
    client.force_login(cast.ana)
    holds = client.get(reverse("evidence_item", args=[item.pk])).content.decode()
    assert f'href="/evidence/{part.item_id}/"' in holds
    assert "Left out of papers.zip: 1" in holds
    assert "as a decompression bomb does" in holds
    came_in = client.get(reverse("evidence_item", args=[part.item_id])).content.decode()
    assert f'href="/evidence/{item.pk}/#holds"' in came_in
    ana = Door(client, cast.ana)
    (told,) = ana.get("/container-parts/", {"container": str(file.pk)}).json()["results"]
    assert (told["id"], told["item_id"], told["path"]) == (str(part.pk), str(part.item_id), "a.txt")
    assert ana.get(f"/container-parts/{part.pk}/").json() == told
    assert ana.send("post", "/container-parts/", {}).status_code == 405
    listed = ana.get("/evidence-items/", {"came_in": "true"}).json()["results"]
    assert [each["id"] for each in listed] == [str(part.item_id)]


def test_a_part_is_seen_by_whoever_sees_its_item_and_keeps_what_it_came_in_to_itself(client, item, cast):
    file = receive(item, cast.ana, files.a_zip({"a.txt": b"One."}))
    work(cast.ana)
    (part,) = parts_of(file, cast.ana)
    with acting_as(cast.ana):
        part.item.change(by=cast.ana, marking="green")
    client.force_login(cast.vera)
    page = client.get(reverse("evidence_item", args=[part.item_id])).content.decode()
    assert "part 1 of a file that you may not read" in page
    assert item.title not in page
    assert client.get(reverse("evidence_item", args=[item.pk])).status_code == 404
    assert Door(client, cast.stranger).get(f"/container-parts/{part.pk}/").status_code == 404


def test_where_it_came_from_stays_as_it_was(item, cast, as_app):
    file = receive(item, cast.ana, files.a_zip({"a.txt": b"One."}))
    work(cast.ana)
    with pytest.raises(Exception, match="Where a part came from stays as it was"):
        as_app("UPDATE evidence_containerpart SET path = 'b.txt' WHERE container_id = %s", [file.pk], user=cast.ana)


def test_an_archive_that_holds_itself_is_not_taken_out_of_itself(item, cast, tmp_path):
    file = receive(item, cast.ana, files.a_zip({"a.txt": b"One."}))
    again = Unpacked("again.zip", 1, file.size, file.sha256, tmp_path / "1")
    assert parts._take(again, file, [], cast.ana) == "“again.zip” is a container that holds itself, and was not taken."


def test_a_pasted_mail_is_left_to_the_worker(item, cast):
    with acting_as(cast.ana):
        file = StoredFile.receive_text(by=cast.ana, item=item, text=files.an_eml("Words.").decode())
    assert (file.media_type, file.extraction) == ("message/rfc822", "waiting")
    work(cast.ana)
    assert (now_of(file, cast.ana).extraction, now_of(file, cast.ana).opening) == ("done", "done")


def test_nothing_comes_out_of_an_item_that_was_withdrawn(item, cast):
    file = receive(item, cast.ana, files.a_zip({"a.txt": b"One."}))
    read_text(str(file.pk), str(cast.ana.pk))
    with acting_as(cast.ana):
        EvidenceItem.objects.get(pk=item.pk).withdraw(by=cast.ana, reason="Sent by mistake.")
    open_container(str(file.pk), str(cast.ana.pk))
    assert now_of(file, cast.ana).opening == "refused"
    assert not parts_of(file, cast.ana)
