"""What must never stand here is found in many writings, and little else is taken for it."""

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evidence import folding, identifiers, peoples, telephones
from evidence.choices import Harm
from evidence.folding import fold
from evidence.harm import harms_in, masked

# Of each kind: a text, with what is to be found in it between braces.
FOUND = {
    Harm.TELEPHONE: [
        "Call {+48 601 234 567} today",
        "{+44 (0)20 7946 0958}",
        "{+1-202-555-0123}",
        "{0048-601-234-567}",
        "{(202) 555-0123}",
        "or {202.555.0123}.",
        "{030 12345678}",
        "{06 12 34 56 78}",
        "{07700900123}",
        "{8 (029) 123-45-67}",
        "{(22) 123 45 67}",
        "tel. {601 234 567}",
        "WhatsApp: {7700900123}",
        "his phone number is {555 0123 4}",
        "тел.: {29 123-45-67}",
        "{٠٠٤٨٦٠١٢٣٤٥٦٧}",
        "{+４８\u00a0６０１\u00a0２３４\u00a0５６７}",
        "\u202a{+963 944 123 456}\u202c",
        "{+48–601—234−567}",
        "{+48\u2011601\u2011234\u2011567}",
        "{+48 6\u00ad01 23\u200b4 567}",
        "{+48 601\n234 567}",
        "https://wa.me/{48601234567}",
        "{+48 601 234 567} and {+963 944 123 456}",
    ],
    Harm.PASSPORT_NUMBER: [
        "passport {AB1234567}",
        "passport no. {AB 1234567}",
        "Passport No:\n{N012345678}",
        "Passport number {123456789}",
        "PASSPORT NUMBER {123 456 789}",
        "passports {AB1234567}",
        "passaporto n. {AB1234567}",
        "passport of the Syrian Arab Republic No. {N012345678}",
        "holder of a passport (no. {ab1234567})",
        "Reisepass Nr. {C01X00T47}",
        "паспорт серия {45 06 № 123456}",
        "паспорт {71 1234567}",
        "جواز السفر رقم {١٢٣٤٥٦٧٨٩}",
        "passport no.\u00a0{AB\u20111234567}",
        "{P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<}",
        "{L898902C36UTO7408122F1204159ZE184226B<<<<<10}",
    ],
    Harm.VISA_NUMBER: ["visa no. {123456789}", "visa number {D1234567}", "visa sticker No. {D12345678}"],
    Harm.ALIEN_NUMBER: [
        "{A123456789}",
        "{A-123-456-789}",
        "{A‑123‑456‑789}",
        "{A 012 345 678}",
        "A# {012345678}",
        "Alien Registration Number {123456789}",
        "A-Number: {012-345-678}",
        "alien no. {A12345678}",
    ],
    Harm.NATIONAL_ID: [
        "national ID number {12345678901}",
        "PESEL {91031212345}",
        "SSN {123-45-6789}",
        "identity card No {12345}",
        "cédula: {12345678}",
        "DNI {12345678Z}",
        "personal code {38001085718}",
    ],
    Harm.RESIDENCE_PERMIT: [
        "residence permit no. {RP1234567}",
        "residence permit: {ABC123456}",
        "karta pobytu nr {RP1234567}",
    ],
    Harm.ASYLUM_CASE: [
        "asylum case no. {2021/12345}",
        "asylum application number {12345/21}",
        "asylum file {DL.DUSC.410.1234.2021}",
        "UNHCR registration no. {123-12C01234}",
        "Aktenzeichen: {1234567-123}",
    ],
    Harm.BIRTH_DATE: [
        "Ahmad K., born {12.03.1991}",
        "nato il {12/03/1991}",
        "{12.03.1991} doğumlu",
        "doğum tarihi {12.03.1991}",
        "DOB: {12/03/1991}",
        "D.O.B. {12-Mar-1991}",
        "DOB {19910312}",
        "date of birth: {1991-03-12}",
        "born on {12 March 1991}",
        "born {12th of March 1991}",
        "born in Aleppo on {March 12, 1991}",
        "(b. {12 March 1991})",
        "geb. {12.03.91}",
        "née le {12 mars 1991}",
        "ur. {12.03.1991}",
        "дата рождения {12.03.1991}",
        "{12.03.1991} г.р.",
        "{12 March 1991} (DOB)",
        "born {١٢/٠٣/١٩٩١}",
        "date of birth\u00a0{12–03–1991}",
    ],
    Harm.EMAIL: [
        "write to {j.smith@ministry.example}",
        "<{Ahmad.K@mail.example}>",
        "{jan (at) mail.example}",
        "{info@gmail.com}",
        "{jan.kowalski+x@poczta.example}.",
        "{ｊan＠mail.example}",
    ],
    Harm.PEOPLE_AS_THREAT: [
        "{Syrians are a threat}",
        "the {threat posed by Afghan migrants}",
        "an {invasion of Iraqis}",
        "a {flood of young Iraqis}",
        "{swarms of Syrian refugees}",
        "{Afghan asylum seekers pose a serious danger}",
        "{migrants from Iraq are a security threat}",
        "a {swarm of migrants from the Democratic Republic of the Congo}",
        "a {threat from the Russians}",
        "the {Chinese are a threat}",
        "{invasion by thousands of Africans}",
        "{Iraqis invade} Europe",
        "{Syrian refugees, who are dangerous criminals}",
        "{Kurds as a national security risk}",
        "the {Afghan migrant threat}",
        "{Haitians will flood} the border",
        "{Muslims have become an existential threat}",
        "{Syrians\nare a\nthreat}",
    ],
}
HARMLESS = """
on 8 November 2021; between 05.06.2021-07.08.2021 and 01.02.2021 10.30
2021-11-08T09:00:00+02:00; 08.30-17.00
INC-2026-0042; Reg. (EU) 2024/1359; 8 USC 1182(f); 2012/642/CFSP; COM(2021) 752 final; COM (2021) 752 123 45
86 FR 12345; no. 42165/21; Case C-808/18; ECLI:EU:C:2020:1029; OJ L 319I, 9.11.2021, p. 1-2
CELEX 32024R1359; S/2021/1234; 596 U.S. 685
asylum seekers in R.A. v. Poland (no. 42120/21); passport Regulation (EC) No 2252/2004; visa under Decree No 123456
9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08; a1234567-8901-4234-8567-123456789012
https://x.example/0012345678/+48601234567?p=passport-AB1234567&m=jan@mail.example; www.x.example/A123456789
ISBN 978-0-306-40615-7; doi:10.1000/182.0012345678; IMO 9123456; 192.168.0.1; road A12; A4
35,000 people; 7 700 000; +35 000 people; +12 500 000; +12.500.000; a sum of 1.200.000; A 100 000 000 euro fund
52.2297, 21.0122; +52.229676, +21.012229; N 52 13 47, E 21 00 44; 2020 2021 2022 2023; (2021) 12 345 678; 234 567 2021
TLP:AMBER+STRICT; TLP:RED; Visa 4111 1111 1111 1111; page 0012; mobile 24 hours; call 112
visa facilitation; passport control; visas for 20,000; VISAS FOR 20000 PEOPLE; passports: 350 000
visas issued: 1 200 000
visa no 2021; passport 2021; passport holders on flight no. 123456; H-1B visa; visa type D
asylum applications: 12,345; asylum applications number 123 456; number of asylum applications: 1 234 567
residence permits: 1 234 567; UNHCR case load 2021; ID cards for 12 000; nie było ich 30 dni od decyzji nr 12345/21
la NATO il 12/03/2021
born in 1954; children born after 1 January 2005; those born between 1 May 2003 and 2 June 2004; the idea was born
press@frontex.example; info@ministry.example; press.office@agency.example; media-relations@unhcr.example; @ministry
threat from the Belarusian government; Belarusian threat; the Russian invasion of Ukraine; the Iraqi army is a threat
threat from Syrian intelligence; the threat posed by the Russian security services; a threat by the Taliban leadership
Syrians are under threat; Syrian refugees face threats; the risk of Syrians being returned; threats to Afghan refugees
the threat from the Taliban to Afghan women; Syrians are not a threat; Iraqis were the victims of a threat
the danger faced by Iraqis; flooded fields in Pakistan; poles are a danger; Turkish threat to flood Europe
Chinese nationals form the largest group; Cubans pose for a photograph; nationals of Iraq; 1951 Refugee Convention
migration as a threat; a hybrid threat; the threat of sanctions; Lukashenko willing to flood EU with drugs and migrants
"""
POSITIVES = [(kind, text) for kind, texts in FOUND.items() for text in texts]
NEGATIVES = [each for line in HARMLESS.strip().splitlines() for each in line.split("; ")]


def stretches(text: str) -> list[str]:
    return re.findall(r"\{(.*?)\}", text, re.DOTALL)


@pytest.mark.parametrize(("kind", "text"), POSITIVES)
def test_it_is_found_where_it_stands_in_every_writing(kind, text):
    plain = text.replace("{", "").replace("}", "")
    found = harms_in(plain)
    assert [plain[each.start : each.end] for each in found] == stretches(text)
    assert {each.kind for each in found} == {kind}


def test_every_kind_has_its_examples():
    assert set(FOUND) == set(Harm)


@pytest.mark.parametrize("text", NEGATIVES)
def test_what_is_harmless_is_let_through(text):
    assert harms_in(text) == []
    assert harms_in(f"It says: {text}. And so on.") == []


@pytest.mark.parametrize(("kind", "text"), POSITIVES)
def test_no_message_repeats_an_identifier(kind, text):
    for each, identifier in zip(harms_in(text.replace("{", "").replace("}", "")), stretches(text), strict=True):
        told = each.words + each.sentence
        assert kind == Harm.PEOPLE_AS_THREAT or identifier not in told
        assert kind == Harm.PEOPLE_AS_THREAT or each.words == masked(identifier)
        assert each.sentence.endswith(".")


def test_a_mask_shows_two_characters_and_the_length():
    assert masked("AB1234567") == "AB… (9 characters)"


DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९"]
AROUND = st.sampled_from(["{}", "Call {} today.", "({})", "He gave {}, twice", "\u202a{}\u202c", "«{}»"])


@st.composite
def telephone(draw) -> str:
    country = draw(st.sampled_from(["1", "7", "20", "44", "48", "90", "355", "375", "963", "964"]))
    groups = draw(st.lists(st.from_regex(r"[0-9]{2,4}", fullmatch=True), min_size=3, max_size=4))
    between = draw(st.sampled_from([" ", "-", ".", "\u00a0", "\u202f", "\u2011", "–", " - ", ""]))
    digits = draw(st.sampled_from(DIGITS))
    assume(9 <= len("".join([country, *groups])) <= 15)  # shorter ones read as counts in thousands
    told = draw(st.sampled_from(["+", "00"])) + between.join([country, *groups])
    return told.translate(str.maketrans(DIGITS[0], digits))


@given(telephone(), AROUND)
def test_any_international_telephone_in_a_sentence_is_found(number, around):
    text = around.format(number)
    assert [text[each.start : each.end] for each in harms_in(text)] == [number]


@given(
    st.sampled_from(
        ["passport ", "Passport No. ", "passport number: ", "PASSPORT NO ", "paszport nr ", "passport (no. "]
    ),
    st.from_regex(r"[A-Z]{1,3}[0-9]{6,9}|[0-9]{7,10}|[A-Z][0-9]{2}[A-Z][0-9]{4}[A-Z]", fullmatch=True),
    AROUND,
)
def test_any_passport_number_in_a_sentence_is_found(label, number, around):
    text = around.format(label + number)
    found = harms_in(text)
    assert [(each.kind, text[each.start : each.end]) for each in found] == [(Harm.PASSPORT_NUMBER, number)]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), st.integers(0, 60))
def test_places_count_in_the_text_that_came_whatever_stands_before(noise, at):
    noise = re.sub(r"[\w+.,/:@%<>-]", " ", fold(noise).text and noise)
    text = f"{noise}\n\npassport AB1234567"
    assert [text[each.start : each.end] for each in harms_in(text)] == ["AB1234567"]


@given(st.text())
def test_folding_knows_where_each_character_stood(text):
    folded = fold(text)
    for at, plain in enumerate(folded.text):
        start, end = folded.span(at, at + 1)
        assert end == start + 1
        assert folding.PLAIN.get(text[start], text[start]) == plain


# --- The list of demonyms -------------------------------------------------------------------------


def test_every_people_of_the_list_is_found_and_its_government_is_let_through():
    assert len(peoples.peoples().adjectives) > 200
    for plural in peoples.peoples().plurals:
        assert harms_in(f"the threat posed by {plural.title()}"), plural
    for adjective in peoples.peoples().adjectives:
        assert harms_in(f"an invasion of {adjective.title()} migrants"), adjective
        assert not harms_in(f"the threat posed by the {adjective.title()} government"), adjective
    for place in peoples.peoples().places:
        assert harms_in(f"migrants from {' '.join(place).title()} are a threat"), place


# --- Work grows with the length of the text, and no faster ------------------------------------------

MOST_STEPS = 8_000
"""Of one pattern from one place, in the worst of all texts."""

MOST_CALLS = 12
"""For each character of a text."""

HOSTILE = [
    "1", "0", "+1 ", "+", "0 1-", "(1) ", "(02) 03 ", "A-1", "@", "a@", "a@b.", "a.", "passport no. ", "visa number A",
    "asylum case AB.", "born on ", "born 1.", "DOB 1/1/", "tel. no. ", "P<", "<", "0a", "http://", "10.1234/", "ISBN 1",
    "Syrians ", "Syrians are a very ", "threat of the ", "migrants from the ", "\u00ad1", "٣\u00a0", "\n\n", "-" , "A#",
]  # fmt: skip


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    def within(value: Any) -> Iterator[re.Pattern[str]]:
        if isinstance(value, re.Pattern):
            yield value
        elif isinstance(value, (list, tuple)):
            for each in value:
                yield from within(each)

    for module in (folding, identifiers, telephones, peoples):
        for name, value in vars(module).items():
            yield from ((f"{module.__name__}.{name}", each) for each in within(value))


def most_steps(tokens) -> tuple[int, int]:
    """Of a parsed pattern: the steps it takes at most from one place, and in how many ways it may match there."""
    steps, ways = 0, 1
    for operation, told in tokens:
        of_this, ways_of_this = 1, 1
        match str(operation):
            case "SUBPATTERN":
                of_this, ways_of_this = most_steps(told[3])
            case "BRANCH":
                each = [most_steps(branch) for branch in told[1]]
                of_this, ways_of_this = sum(one for one, _ in each), sum(many for _, many in each)
            case "ASSERT" | "ASSERT_NOT":
                of_this = most_steps(told[1])[0]
            case "ATOMIC_GROUP":
                of_this = most_steps(told)[0]
            case "POSSESSIVE_REPEAT" | "MAX_REPEAT" | "MIN_REPEAT":
                fewest, most, inner = told
                assert int(most) <= 2000, "a repeat without a bound"
                one, many = most_steps(inner)
                of_this = one * sum(many**n for n in range(int(most))) + 1
                if str(operation) != "POSSESSIVE_REPEAT":
                    ways_of_this = sum(many**n for n in range(int(fewest), int(most) + 1))
                elif many > 1:
                    of_this = one * int(most) + 1
        steps, ways = steps + ways * of_this, ways * ways_of_this
    return steps, ways


@pytest.mark.parametrize(("name", "pattern"), list(patterns()))
def test_no_pattern_takes_more_than_so_many_steps_from_one_place(name, pattern):
    steps, _ = most_steps(re._parser.parse(pattern.pattern, pattern.flags))
    assert steps <= MOST_STEPS, name


def calls_for(text: str) -> int:
    """How many functions, ours and Python's own, are called to look through a text."""
    count = 0

    def note(frame, event: str, argument) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        harms_in(text)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_takes_at_most_twice_the_steps(piece):
    half, whole = (calls_for((piece * length)[:length]) for length in (10_000, 20_000))
    assert whole <= 2.1 * half + 200


def test_two_hundred_thousand_hostile_characters_stay_within_their_bound():
    text = "".join(piece * (200_000 // len(HOSTILE) // len(piece) + 1) for piece in HOSTILE)
    assert len(text) >= 200_000
    assert calls_for(text) <= MOST_CALLS * len(text)
