"""How often the harm scanner rings wrongly, and what it finds of what is planted, is held at what was judged."""

from collections import Counter

from bench.harms import JUDGED, corpus, findings, recall
from cases.demo import reading
from evidence.harm import harms_in


def test_every_finding_in_the_demonstration_was_judged_and_none_is_a_false_alarm():
    assert findings(corpus()) == Counter(dict.fromkeys(JUDGED, 1))
    assert [key for key, judgement in JUDGED.items() if not judgement.startswith("true: ")] == []


def test_a_file_of_the_demonstration_read_whole_rings_at_nothing_else():
    for path in sorted(reading.HERE.rglob("*.yaml")):
        assert path.name == "people.yaml" or harms_in(path.read_text()) == [], path.name


def test_what_a_label_or_its_form_tells_is_found_in_every_language():
    missed = {key: told for key, told in recall().items() if key[2] and told.found < told.planted}
    assert missed == {}


def test_what_is_planted_is_the_same_each_time():
    assert recall() == recall()
