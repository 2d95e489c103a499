"""The gate's policy as a workspace sets it: floors, stewards, versions, and what approvals keep."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.errors import IllegalStep, NotYours
from cases import policies
from cases.models import Attribution, GatePolicy
from ledger.acting import acting_as
from tests.api.test_kinds import Door
from tests.cases.test_at_once import acting, at_once

PRODUCT = policies.POLICIES[policies.CURRENT_POLICY]
MORE_ORIGINS = {"origins": 5}


def set_by(person, room, **numbers) -> GatePolicy:
    with acting_as(person):
        return GatePolicy.add(by=person, workspace=room, numbers=numbers, reason="We ask for more.")


def in_force(person, room) -> policies.Policy:
    with acting_as(person):
        return GatePolicy.in_force_in(room.pk)


@pytest.mark.parametrize("name", sorted(PRODUCT.bounds))
@pytest.mark.parametrize("beyond", [-1, 1])
def test_every_number_keeps_to_its_floor_and_its_most_by_name(name, beyond):
    bounds = PRODUCT.bounds[name]
    outside = bounds.least - 1 if beyond < 0 else bounds.most + 1
    assert policies.refusals({name: outside}, PRODUCT) == {
        name: f"{bounds.title}: a whole number from {bounds.least} to {bounds.most}."
    }
    assert policies.refusals({name: bounds.least}, PRODUCT) == policies.refusals({name: bounds.most}, PRODUCT) == {}


@pytest.mark.parametrize("numbers", [{"origins": "3"}, {"origins": True}, {"origins": 2.5}, {"weather": 1}])
def test_what_is_no_number_of_the_gate_is_refused(cast, east, numbers):
    with pytest.raises(ValidationError, match=next(iter(numbers))):
        set_by(cast.stella, east, **numbers)


def test_without_a_version_the_products_policy_is_in_force(cast, east):
    assert in_force(cast.ana, east) is PRODUCT


def test_the_newest_version_in_use_is_in_force(cast, east, west):
    set_by(cast.stella, east, origins=4)
    second = set_by(cast.stella, east, **MORE_ORIGINS)
    assert (in_force(cast.ana, east).id, in_force(cast.ana, east)["origins"]) == ("2026-1.w2", 5)
    assert in_force(cast.ana, east)["evaluators"] == PRODUCT["evaluators"]
    with acting_as(cast.stella):
        second.withdraw(by=cast.stella, reason="Too many.")
    assert in_force(cast.ana, east).id == "2026-1.w1"
    assert in_force(cast.stranger, west) is PRODUCT


@pytest.mark.parametrize("name", ["ana", "ben", "sofia", "vera", "stranger"])
def test_only_a_steward_of_the_room_sets_and_withdraws(cast, east, name):
    version, person = set_by(cast.stella, east), getattr(cast, name)
    with pytest.raises(NotYours):
        set_by(person, east)
    with acting_as(person), pytest.raises(NotYours):
        version.withdraw(by=person, reason="No.")
    with acting_as(cast.stella):
        version.withdraw(by=cast.stella, reason="No.")
        with pytest.raises(IllegalStep):
            GatePolicy.objects.get(pk=version.pk).withdraw(by=cast.stella, reason="Again.")


def test_a_version_stays_as_it_was_set(as_app, cast, east):
    version = set_by(cast.stella, east)
    with pytest.raises(Exception, match="A version of the policy stays as it was"):
        as_app("UPDATE cases_gatepolicy SET numbers = '{}' WHERE id = %s", [version.pk], user=cast.stella)


@pytest.mark.django_db(transaction=True)
def test_of_two_set_at_once_each_has_a_number_of_its_own(cast, east):
    def set_one():
        return GatePolicy.add(by=cast.stella, workspace=east, numbers={}, reason="At once.").number

    assert sorted(at_once(acting(cast.stella, set_one), acting(cast.stella, set_one))) == [1, 2]


def test_an_approval_keeps_its_policy_while_a_new_one_is_in_force(cast, east, approved):
    set_by(cast.stella, east, **MORE_ORIGINS)
    with acting_as(cast.ana):
        kept = Attribution.objects.get(pk=approved.pk)
        later = kept.revise(by=cast.ana)
        assert (kept.status, kept.gate().policy, kept.gate().is_passed) == ("approved", "2026-1", True)
        assert later.gate().policy == "2026-1.w1"
        assert "it needs 5" in next(each for each in later.gate().failed if each.key == "independence").sentence


# --- The page ------------------------------------------------------------------------------------


def test_the_page_shows_the_numbers_with_their_floors_and_who_set_them_why(client, cast, east):
    set_by(cast.stella, east, **MORE_ORIGINS)
    client.force_login(cast.vera)
    page = client.get(reverse("gate_policies", args=[east.pk])).content.decode()
    assert "2026-1.w1" in page
    assert "Independent origins in all, where a state is named: 5 instead of 3." in page
    assert "We ask for more." in page
    assert "Stella" in page
    assert "Set a new version" not in page
    assert reverse("gate_policies", args=[east.pk]) in client.get(reverse("workspace", args=["east"])).content.decode()


def told(**numbers) -> dict:
    return {**PRODUCT.numbers, "reason": "We ask for more.", **numbers}


def test_a_steward_sets_a_version_on_the_page_and_withdraws_it(client, cast, east):
    client.force_login(cast.stella)
    address = reverse("gate_policies", args=[east.pk])
    assert client.post(address, told(origins=5)).status_code == 302
    assert in_force(cast.ana, east)["origins"] == 5
    with acting_as(cast.stella):
        withdraw = reverse("gate_policy_withdraw", args=[GatePolicy.objects.get().pk])
    assert client.post(withdraw, {"reason": "Too many."}).url == address
    assert in_force(cast.ana, east) is PRODUCT


def test_a_number_beyond_its_bounds_is_refused_beside_its_field_and_nothing_typed_is_lost(client, cast, east):
    client.force_login(cast.stella)
    answer = client.post(reverse("gate_policies", args=[east.pk]), told(evaluators=0, origins=7))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"evaluators"}
    assert 'value="7"' in answer.content.decode()
    assert in_force(cast.ana, east) is PRODUCT


def test_a_version_says_why(client, cast, east):
    client.force_login(cast.stella)
    answer = client.post(reverse("gate_policies", args=[east.pk]), told(reason=""))
    assert set(answer.context["form"].errors) == {"reason"}


def test_others_read_the_policy_and_do_not_set_it(client, cast, east):
    address, version = reverse("gate_policies", args=[east.pk]), set_by(cast.stella, east)
    withdraw = reverse("gate_policy_withdraw", args=[version.pk])
    for person, status in ((cast.ana, 403), (cast.sofia, 403), (cast.vera, 403), (cast.stranger, 404)):
        client.force_login(person)
        assert client.post(address, told()).status_code == status
        assert client.get(withdraw).status_code == client.post(withdraw, {"reason": "x"}).status_code == status


# --- The API -------------------------------------------------------------------------------------


def test_the_api_sets_reads_and_withdraws_versions(client, cast, east, in_person):
    ana, program = Door(client, cast.ana), Door(client, cast.stella)

    def stella(body, path="gate-policies", version=""):
        return in_person(cast.stella, path, version, body)

    body = {"workspace_id": str(east.pk), "numbers": MORE_ORIGINS, "reason": "We ask for more."}
    made = stella(body)
    assert (made.status_code, made.json()["number"], made.json()["numbers"]["origins"]) == (201, 1, 5)
    path = f"/gate-policies/{made.json()['id']}/"
    again = stella(body | {"id": made.json()["id"]})
    assert (again.status_code, ana.get(path).json()) == (200, made.json())
    assert ana.send("post", "/gate-policies/", body).status_code == 403
    assert program.send("patch", path, {"reason": "x"}).status_code == 405
    low = stella(body | {"numbers": {"origins": 1}})
    assert (low.status_code, low.json()["errors"][0]["pointer"]) == (422, "/numbers")
    assert stella(body | {"numbers": [1]}).status_code == 400
    gone = stella({"reason": "Too many."}, f"{path.strip('/')}/withdraw", 1)
    assert gone.json()["status"] == "withdrawn"
    assert Door(client, cast.stranger).get(path).status_code == 404
