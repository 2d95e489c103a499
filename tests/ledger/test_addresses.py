"""`ledger.addresses`: the addresses that `reverse` gives."""

from uuid import uuid4

import pytest
from django.urls import NoReverseMatch, reverse

from ledger.addresses import address_of


@pytest.mark.parametrize(
    ("name", "others"), [("incident", []), ("finding_set", ["impact"]), ("sealed_packet", [2]), ("incidents", None)]
)
def test_it_is_that_of_reverse_whatever_the_id(name, others):
    for key in (uuid4(), uuid4()):
        given = [] if others is None else [key, *others]
        assert address_of(name, *given) == reverse(name, args=given)


def test_what_stands_before_an_id_and_two_ids_keep_their_places():
    for first, second in ((uuid4(), uuid4()), (uuid4(), uuid4())):
        assert address_of("discussion", "citation", first) == reverse("discussion", args=["citation", first])
        given = [first, second, 3]
        assert address_of("provision_test_answer_set", *given) == reverse("provision_test_answer_set", args=given)


@pytest.mark.parametrize("given", [[uuid4(), uuid4()], [None], []])
def test_an_unknown_address_is_refused(given):
    with pytest.raises(NoReverseMatch):
        address_of("incident", *given)
