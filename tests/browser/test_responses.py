"""Every kind of response in a browser, from the page where it is proposed to its completion, by three people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from ledger.acting import acting_as
from policy import library
from policy.choices import RightsQuestion
from policy.models import LegalProvision, PolicyResponse
from tests import making
from tests.browser.test_story import Reader, concur, submit
from tests.browser.test_story import code as code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TODAY = timezone.localdate()

KINDS = {
    "diplomatic_protest": {
        "own": {"Form": "Note verbale", "Partners joining": "Lithuania, Latvia"},
        "refused": "It rests on no approved attribution and repeats no public claim that accuses.",
    },
    "sanctions": {
        "own": {"Programme": "2012/642/CFSP", "Listing grounds": "It sold the flights."},
        "ticked": ["Asset freeze"],
        "refused": "It lists nobody. The listing text cites no passage.",
    },
    "border_enforcement": {
        "own": {
            "Section": "Kuznica",
            "Measure": "Checks",
            "Starts": TODAY.isoformat(),
            "Ends": (TODAY + timedelta(days=60)).isoformat(),
            "Necessity": "Nothing milder held.",
        },
        "law": "2024/1359",
        "refused": "It relies on no legal provision.",
    },
    "intelligence_cooperation": {
        "own": {"Product": "Joint assessment", "Partners": "Estonia", "Highest marking": "TLP:AMBER"},
        "refused": "Not answered: How does access to asylum stay open?",
    },
    "prosecution": {
        "own": {"Jurisdiction": "Poland", "Offence": "Smuggling of migrants", "Stage": "Referral"},
        "law": "Smuggling",
        "refused": "It names no actor that is not a state",
    },
}


@pytest.fixture
def room(approved, cast, east):
    """An approved attribution, a network beside the state, and the legal library."""
    with acting_as(cast.ana):
        library.seed(by=cast.ana, workspace=east)
        making.an_actor(by=cast.ana, workspace=east, name="Night Line", actor_kind="smuggling_network", country="")
        return {"incident": approved.incident, "passage": approved.citations.first().passage}


def propose(ana: Reader, room, kind: str) -> None:
    ana.page.goto(f"{room['incident'].get_absolute_url()}respond/")
    ana.page.locator(f"a[href$='/respond/{kind}/']").click()
    ana.fill(Title=f"Answer by {kind}", Addressee="Ministry of Foreign Affairs", Objective="That it ends.")
    ana.press("Propose")


def fill_in_its_own_fields(ana: Reader, kind: str) -> str:
    """What the kind asks for. Returns the address of the response."""
    for each in KINDS[kind].get("ticked", []):
        ana.page.get_by_label(each, exact=True).check()
    ana.fill(**KINDS[kind]["own"])
    ana.is_at_ease()
    ana.press("Save")
    ana.sees("Saved.")
    return ana.page.url.split("#")[0]


def choose(ana: Reader, address: str, page: str, field: str, button: str, saying: str = "") -> None:
    """Take the first of what is offered, or the first that says so."""
    ana.page.goto(f"{address}{page}/")
    offered = ana.page.get_by_label(field, exact=True)
    first = offered.locator("option:not([value=''])", has_text=saying).first
    offered.select_option(value=first.get_attribute("value"))
    ana.press(button)


def cite(ana: Reader, address: str, page: str, room, button: str, **told: str) -> None:
    ana.page.goto(f"{address}{page}/?passage={room['passage'].pk}")
    ana.page.locator(f"input[name=passage][value='{room['passage'].pk}']").check()
    ana.fill(**told)
    ana.press(button)


def answer_its_tests(ana: Reader, address: str, room, response: PolicyResponse, person) -> None:
    with acting_as(person):
        relied = [each.provision for each in response.provisions.select_related("provision")]
    for provision in relied:
        for number in range(len(provision.tests)):
            ana.page.goto(f"{address}tests/{provision.pk}/{number}/?passage={room['passage'].pk}")
            ana.page.get_by_label("Met", exact=True).check()
            ana.page.locator(f"input[name=passage][value='{room['passage'].pk}']").check()
            ana.fill(Why="As the findings say.")
            ana.press("Save")


def complete_what_is_missing(ana: Reader, address: str, room, kind: str, person) -> None:
    choose(ana, address, "rest", "What it rests on", "Add")
    choose(ana, address, "rely", "Provision", "Rely on it", saying=KINDS[kind].get("law", ""))
    supports = {"Supports": "Listing grounds"} if kind == "sanctions" else {}
    cite(ana, address, "cite", room, "Cite", **supports)
    for question in RightsQuestion:
        cite(ana, address, f"rights/{question.value}", room, "Save", Answer="As it was before.")
    if kind == "sanctions":
        choose(ana, address, "list", "Actor", "List")
    with acting_as(person):
        response = PolicyResponse.objects.get()
    answer_its_tests(ana, address, room, response, person)


WHOLE_WAY = ["sanctions", "prosecution"]
"""These go to the end in a browser; the others as far as what is their own. Their steps after it are the same."""


@pytest.mark.parametrize("kind", [each for each in KINDS if each not in WHOLE_WAY])
def test_a_response_is_proposed_with_its_own_fields_and_says_what_it_lacks(new_context, live_server, cast, room, kind):
    ana = Reader(new_context, live_server, cast.ana)
    propose(ana, room, kind)
    fill_in_its_own_fields(ana, kind)
    ana.sees(KINDS[kind]["refused"])


@pytest.mark.parametrize("kind", WHOLE_WAY)
def test_a_response_goes_from_proposal_to_completed(new_context, live_server, cast, room, code, kind):
    ana = Reader(new_context, live_server, cast.ana)
    propose(ana, room, kind)
    address = fill_in_its_own_fields(ana, kind)
    ana.sees(KINDS[kind]["refused"])
    complete_what_is_missing(ana, address, room, kind, cast.ana)
    submit(ana, address)

    ben = Reader(new_context, live_server, cast.ben)
    concur(ben, address)

    sofia = Reader(new_context, live_server, cast.sofia, code)
    sofia.page.goto(address)
    sofia.is_at_ease()
    sofia.follow("Approve")
    sofia.press("Approve")
    sofia.sees("Approved and sealed.")

    ana.page.goto(address)
    ana.follow("Put in force")
    ana.press("Put in force")
    ana.sees("In force.")
    ana.follow("Complete")
    ana.press("Complete")
    ana.sees("Completed. Record what is observed afterwards.")
    ana.is_at_ease()


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_where_it_is_approved_says_what_is_missing_and_what_to_do(
    new_context, live_server, cast, room, code, kind
):
    ana = Reader(new_context, live_server, cast.ana)
    propose(ana, room, kind)
    address = fill_in_its_own_fields(ana, kind)
    submit(ana, address)
    sofia = Reader(new_context, live_server, cast.sofia, code)
    sofia.page.goto(address)
    sofia.follow("Approve")
    sofia.press("Approve")
    sofia.sees("The gate does not let this pass yet.")
    sofia.sees(KINDS[kind]["refused"])
    sofia.sees("Ask a reviewer to conclude.")
    with acting_as(cast.ana):
        assert PolicyResponse.objects.get().status == "in_review"


def test_a_prosecution_is_offered_no_state_to_rest_on(new_context, live_server, cast, room):
    ana = Reader(new_context, live_server, cast.ana)
    propose(ana, room, "prosecution")
    address = fill_in_its_own_fields(ana, "prosecution")
    ana.page.goto(f"{address}rest/")
    offered = ana.page.get_by_label("What it rests on", exact=True).inner_text()
    assert "Night Line" in offered
    assert str(room["incident"].attributions.model._meta.verbose_name) not in offered
    with acting_as(cast.ana):
        assert LegalProvision.objects.exists()
