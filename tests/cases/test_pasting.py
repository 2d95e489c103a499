"""Rows from a spreadsheet: what is read, and what is refused by row and column."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.choices import FlowCategory, FlowUnit
from cases.models import FlowObservation
from cases.pasting import MOST_ROWS, read_choice, read_counts, read_date, read_number, read_sheet
from ledger.acting import acting_as
from tests import making


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("1200", 1200, 1200),
        ("1 200", 1200, 1200),
        ("1\u00a0200", 1200, 1200),
        ("1\u202f200", 1200, 1200),
        ("1.200", 1200, 1200),
        ("1,200", 1200, 1200),
        ("1'200", 1200, 1200),
        ("1.200.000", 1200000, 1200000),
        ("1200-1500", 1200, 1500),
        ("1 200 – 1 500", 1200, 1500),
        ("1,200 to 1,500", 1200, 1500),
        ("~1200", 1200, 1200),
        ("about 1 200", 1200, 1200),
        (" 0 ", 0, 0),
    ],
)
def test_a_number_is_read_as_people_write_it(written, low, high):
    assert read_number(written)[:2] == (low, high)


def test_what_is_about_is_known_to_be():
    assert read_number("~1200").about
    assert not read_number("1200").about


@pytest.mark.parametrize(
    "written", ["", "many", "1.5", "12,34", "1,200.50", "-5", "1500-1200", "1-2-3", "1 20", "1.200,300"]
)
def test_what_is_no_whole_number_is_refused_in_words(written):
    with pytest.raises(ValueError, match="“"):
        read_number(written)


def test_a_dotted_day_is_turned_round():
    assert read_date("2.7.2021") == "2021-07-02"
    assert read_date(" 2021-07 ") == "2021-07"


def test_a_choice_is_read_by_value_or_label_whatever_the_case():
    assert read_choice("Own nationals", FlowCategory.choices) == "own_nationals"
    assert read_choice("own_nationals", FlowCategory.choices) == "own_nationals"
    with pytest.raises(ValueError, match="is none of"):
        read_choice("boats", FlowUnit.choices)


def read(text: str):
    sheet = read_sheet(text)
    read_counts(sheet, units=FlowUnit.choices, categories=FlowCategory.choices)
    return sheet


@pytest.mark.parametrize(
    "text",
    [
        "from\tto\tnumber\tunit\n2021-07\t2021-08\t1 200\tattempts",
        "from;to;number;unit\r\n2021-07;2021-08;1.200;Attempts\r\n",
        'from,to,number,unit\n2021-07,2021-08,"1,200",attempts',
        "2021-07\t2021-08\t1200\tattempts",
        "Unit\tCount\tEnd\tStart\nattempts\t1200\t2021-08\t2021-07\n\n",
        "from\tto\tlow\thigh\tunit\n2021-07\t2021-08\t1200\t1200\tattempts",
    ],
    ids=["tabs", "semicolons", "commas", "no header", "other names and order", "low and high"],
)
def test_rows_are_read_whatever_parts_the_cells(text):
    (row,) = read(text).rows
    assert not row.errors
    told = {name: row.fields[name] for name in ("observed_from", "observed_to", "low", "high", "unit")}
    assert told == {
        "observed_from": "2021-07",
        "observed_to": "2021-08",
        "low": 1200,
        "high": 1200,
        "unit": "attempts",
    }


def test_an_approximate_count_keeps_how_it_was_written():
    (row,) = read("from\tnumber\tnote\n2021\t~1200\tpress").rows
    assert row.fields["note"] == "press (written as ~1200)"


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("from\tnumber\n2021\tmany", 2, "number"),
        ("from\tnumber\tunit\n2021\t5\tboats", 2, "unit"),
        ("from\tnumber\tcategory\n2021\t5\tpeople", 2, "category"),
        ("from\tnumber\n2021\t", 2, "number"),
        ("from\tnumber\n2021\t5\n2021\t5", 3, "number"),
        ("from\tnumber\n2021\t5\t7", 2, "number"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(text, row, column):
    (wrong,) = [each for each in read(text).rows if each.errors]
    assert (wrong.number, list(wrong.errors)) == (row, [column])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "at least one row"),
        ("from\tnumber\tcolour\n2021\t5\tred", "no column “colour”"),
        ("from\tnumber", "nothing below"),
        ("from\tnumber\tfrom\n2021\t5\t2022", "twice"),
        ("\n".join(f"2021\t\t{n}" for n in range(MOST_ROWS + 1)), f"At most {MOST_ROWS}"),
    ],
)
def test_what_is_wrong_with_the_whole_is_told_once(text, told):
    assert told in read_sheet(text).error


# --- The page ------------------------------------------------------------------------------------

GOOD = "from\tto\tnumber\tunit\n2021-07\t\t1 200-1 500\tattempts\n2021-08\t\t~900\tdetections"
HALF = "from\tnumber\tunit\n2021-07\t1200\tattempts\n2021-13\t1300\tattempts\n2021-08\tmany\tattempts"
FOR_ALL = {"category": "all", "marking": "amber"}


@pytest.fixture
def ana(client, cast):
    client.force_login(cast.ana)
    return client


@pytest.fixture
def address(cast, east) -> str:
    with acting_as(cast.ana):
        return reverse("incident_flow_paste", args=[making.an_incident(by=cast.ana, workspace=east).pk])


def recorded(person) -> list:
    with acting_as(person):
        return sorted(FlowObservation.objects.values_list("observed_from", "low", "high", "unit", "marking"))


def test_looking_at_the_rows_records_nothing_and_confirming_records_all(ana, cast, address):
    looked = ana.post(address, {"rows": GOOD, **FOR_ALL})
    assert looked.status_code == 200
    assert "Record 2 counts" in looked.content.decode()
    assert recorded(cast.ana) == []
    confirmed = ana.post(address, {"rows": GOOD, **FOR_ALL, "confirm": "yes"})
    assert confirmed.status_code == 302
    assert recorded(cast.ana) == [
        ("2021-07", 1200, 1500, "attempts", "amber"),
        ("2021-08", 900, 900, "detections", "amber"),
    ]


def test_one_wrong_row_keeps_all_out_names_row_and_column_and_loses_nothing(ana, cast, address):
    answer = ana.post(address, {"rows": HALF, **FOR_ALL, "confirm": "yes"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Row 3, from: Write a date as 2021, 2021-07 or 2021-07-02." in page
    assert "Row 4, number: “many” is no whole number" in page
    assert answer.context["form"]["rows"].value() == HALF
    assert "2021-08\tmany\tattempts" in page
    assert recorded(cast.ana) == []


def test_the_same_paste_is_not_recorded_twice(ana, cast, address):
    ana.post(address, {"rows": GOOD, **FOR_ALL, "confirm": "yes"})
    again = ana.post(address, {"rows": GOOD, **FOR_ALL, "confirm": "yes"})
    assert again.status_code == 422
    assert "This count is recorded already." in again.content.decode()
    assert len(recorded(cast.ana)) == 2


def test_a_rival_that_is_hidden_keeps_all_out(ana, cast, east, address):
    with acting_as(cast.sofia):
        incident = address.split("/")[2]
        FlowObservation.add(
            by=cast.sofia,
            incident_id=incident,
            observed_from="2021-08",
            low=900,
            high=900,
            unit="detections",
            marking="red",
        )
    cast.ana.memberships.update(clearance="amber")
    answer = ana.post(address, {"rows": GOOD, **FOR_ALL, "confirm": "yes"})
    assert answer.status_code == 422
    assert "This count is recorded already." in answer.content.decode()
    assert recorded(cast.ana) == []


def test_what_holds_for_all_rows_fills_what_a_row_leaves_open(ana, cast, address):
    rows = "from\tnumber\tcategory\n2021-07\t5\t\n2021-08\t6\town nationals"
    told = {**FOR_ALL, "unit": "arrivals", "category": "asylum_applicants", "of_country": "sy", "rows": rows}
    assert ana.post(address, {**told, "confirm": "yes"}).status_code == 302
    with acting_as(cast.ana):
        found = FlowObservation.objects.order_by("low").values_list("unit", "category", "of_country")
        assert list(found) == [("arrivals", "asylum_applicants", "SY"), ("arrivals", "own_nationals", "SY")]


def test_without_a_unit_anywhere_a_row_is_refused(ana, address):
    answer = ana.post(address, {"rows": "from\tnumber\n2021\t5", **FOR_ALL})
    assert "Row 2, unit: Say what is counted" in answer.content.decode()


def test_a_marking_wider_than_the_incidents_is_refused(ana, address):
    answer = ana.post(address, {"rows": GOOD, **FOR_ALL, "marking": "clear"})
    assert answer.status_code == 422
    assert "marking" in answer.context["form"].errors


def test_looking_takes_the_same_few_queries_whatever_the_rows(ana, address):
    counted = []
    for many in (2, 40):
        rows = "\n".join(f"2021-07\t\t{n}\tattempts" for n in range(many))
        with CaptureQueriesContext(connection) as queries:
            assert ana.post(address, {"rows": rows, **FOR_ALL}).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 16
