"""What tells one person apart, found in a folded text (see `folding`). Pure.

Every pattern takes a bounded number of steps from any one place, whatever the text: repeats have a
small upper bound, or never give back. A label is looked behind for `REACH` characters only. So the
work grows with the length of the text and no faster; tests hold both.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from evidence.choices import Harm
from evidence.folding import words
from evidence.telephones import DATES, THOUSANDS, chats_in, digits_of, telephones_in

REACH = 72
"""Characters after a label among which its number is sought."""


class Hit(NamedTuple):
    """A stretch of the folded text, and what it reads as."""

    kind: str
    start: int
    end: int


def _labels(*alternatives: str) -> re.Pattern[str]:
    """A pattern for any of these as a word of its own, in any case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?!\w)", re.IGNORECASE)


# --- What looks like a number of a person and is none: addresses, hashes, identifiers of works ------

NO_NUMBERS = re.compile(
    r"(?:https?://|(?<!\w)www\.)[^\s<>\"]{1,2000}+"
    r"|(?<!\w)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?!\w)"
    r"|(?<!\w)[0-9a-f]{32,128}+(?!\w)"
    r"|(?<!\w)10\.\d{4,9}/[^\s<>\"]{1,200}+"
    r"|(?<!\w)IS[BS]N(?:-1[03])?:? ?[\dX -]{8,20}+",
    re.IGNORECASE,
)


# --- E-mail -----------------------------------------------------------------------------------------

EMAIL = re.compile(
    r"(?<![\w.%+-])([\w.%+-]{1,64}+)(?:@| ?[\[({]at[\])}] ?)((?:[\w-]{1,63}+\.){1,6}[^\W\d_]{2,24})", re.IGNORECASE
)
ROLES = words(
    "admin asylum consulate contact data desk dpo editor editorial embassy enquiries enquiry foi helpdesk "
    "hotline info information inquiries kontakt legal mail media news newsroom noreply office officer "
    "postmaster presidency presse press privacy protection public relations reply no sekretariat service "
    "spokesperson support team visa webmaster"
)
"""Words of addresses that a desk answers, not a person."""
FREE_MAIL = words(
    "aol gmail gmx googlemail hotmail icloud live mail msn onet outlook proton protonmail tutanota wp yahoo yandex"
)


def _emails(text: str) -> Iterator[Hit]:
    for found in EMAIL.finditer(text):
        parts = [part for part in re.split(r"[\W\d_]{1,64}+", found[1].lower()) if part]
        is_desk = bool(parts) and ROLES.issuperset(parts)
        if not is_desk or FREE_MAIL & set(found[2].lower().split(".")):
            yield Hit(Harm.EMAIL, *found.span())


# --- Date of birth ----------------------------------------------------------------------------------

BORN = re.compile(
    r"(?<!\w)(?:born|d\.? ?o\.? ?b|dates? of birth|birth ?dates?|(?<=\()b\.|(?<=, )b\.|geb(?:oren|\.)|geburtsdatum|née?"
    r"|(?-i:nat[oa])(?= il )|data di nascita|doğum tarihi|дата народження"
    r"|nacid[oa]|fecha de nacimiento|date de naissance|ur\.|urodzon[aey]|data urodzenia"
    r"|род\.|родился|родилась|дата рождения|تاريخ الميلاد)(?!\w)",
    re.IGNORECASE,
)
DAY = (
    r"(?<![\w./-])(?:\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./ -]{1,2}+\d{1,2}[./ -]{1,2}+(?:\d{4}|\d{2})|(?:19|20)\d{6}"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?(?: of| de)?[ .-]{1,2}+[^\W\d_]{3,12}+\.?,?(?: de)?[ -]{1,2}+\d{4}"
    r"|[^\W\d_]{3,12}+\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?!\w)"
)
BIRTH_DAY = re.compile(DAY)
DAY_THEN_LABEL = re.compile(rf"((?>{DAY})),? ?\(?(?:d\.?o\.?b|г\. ?р\.|г\.р\.|года рождения|doğumlu)", re.IGNORECASE)
LEADS_TO_A_DAY = words("on the am le el il in is was w dnia dniu в at of")
"""What may stand between `born` and the day; after `in` or `at`, a place as well."""
OF_MANY = words("after before between since until from by and or")
WORD = re.compile(r"[^\W\d_]{1,40}+")


def _birth_dates(text: str) -> Iterator[Hit]:
    for label in BORN.finditer(text):
        window = text[label.end() : label.end() + REACH]
        if (day := BIRTH_DAY.search(window)) and _leads_to_a_day(window[: day.start()]):
            yield Hit(Harm.BIRTH_DATE, label.end() + day.start(), label.end() + day.end())
    for found in DAY_THEN_LABEL.finditer(text):
        yield Hit(Harm.BIRTH_DATE, *found.span(1))


def _leads_to_a_day(gap: str) -> bool:
    """Whether only small words stand between `born` and the day, and none that makes it a day of many."""
    told = [word.lower() for word in WORD.findall(gap)]
    if re.search(r"[.;!?\d]", gap.replace(". ", " ", 1)) or OF_MANY.intersection(told):
        return False
    return LEADS_TO_A_DAY.issuperset(told) or (told[0] in ("in", "at") and len(told) <= 5)


# --- Numbers behind a label -------------------------------------------------------------------------

NUMBER_WORD = (
    r"(?>(?<!\w)(?:no|nos|nr|num|numbers?|num[eé]ro|número|nummer|numer|ref(?:erence)?|series|code"
    r"|номер|сери[яи]|رقم)(?!\w)|[№#]|(?<!\w)n[°º.])"
)
BETWEEN = r"[ .:=(\[#\n-]{0,4}+(?>(?:is|was|no|nr|№)(?!\w)[ .:\n]{0,3}+)?+"
TRAVEL_CODE = (
    r"(?:[A-Z]{1,3}\d{5,9}[A-Z]{0,2}|[A-Z]{1,2}[ -]\d{6,9}|\d{2} \d{2} (?:(?:no|№)\.? ?)?\d{6}|\d{2}[ -]\d{6,7}"
    r"|\d{3}(?P<gap>[ -])\d{3}(?P=gap)\d{3}|\d{6,10}|(?=(?:[A-Z]{0,6}+\d){4})[A-Z\d]{6,12}+)(?![\w/]|[.,]\d)"
)
CASE_CODE = (
    r"(?:[A-Z]{1,10}+(?:[./-](?=\S{0,24}\d))?|[A-Z]{1,3} (?=\d)){0,3}+\d[\dA-Z]{0,12}+(?:[./-][\dA-Z]{1,12}+){0,6}+"
    r"(?: \d{2,6}){0,4}(?!\w|,\d)"
)
LETTERS_THAT_ARE_WORDS = words("IN OF TO ON BY AT NO NR AS IS WAS FOR AND THE")
OF_SOMETHING_ELSE = _labels(
    r"regulations?|directives?|decrees?|laws?|acts?|decisions?|resolutions?|orders?|articles?|art|protocols?|proclamations?",
    r"convention|judgments?|courts?|v|vs|versus|para(?:graphs?)?|pages?|tables?|figures?|reports?|flights?|trains?|buses",
    r"rozporządzenie|ustawa|verordnung|gesetz|règlement|reglamento|regolamento|decreto|закон|указ",
)
"""Words before a number that make it the number of a law, a judgment, a flight."""


class Document(NamedTuple):
    """A kind of paper: what it is called, what its numbers look like, and how few digits they hold."""

    kind: str
    label: re.Pattern[str]
    numbered: re.Pattern[str]
    direct: re.Pattern[str]
    fewest: int


def _document(kind: str, code: tuple[str, int], *labels: str) -> Document:
    writing, fewest = code
    numbered = re.compile(rf"{NUMBER_WORD}[ .:°º=(#\n-]{{0,4}}+(?P<code>{writing})", re.IGNORECASE)
    direct = re.compile(rf"{BETWEEN}(?P<code>{writing})", re.IGNORECASE)
    return Document(kind, _labels(*labels), numbered, direct, fewest)


DOCUMENTS = [
    _document(
        Harm.PASSPORT_NUMBER,
        (TRAVEL_CODE, 4),
        r"passports?|travel documents?|laissez-passer|pass(?= ?(?:no|nr|№))|passeports?|pasaportes?|passaport[eoi]",
        r"reisep[aä]ss\w{0,2}|paszport\w{0,3}|pasaport\w{0,3}|паспорт\w{0,3}|جواز السفر|جواز سفر",
    ),
    _document(Harm.VISA_NUMBER, (TRAVEL_CODE, 4), r"visas?|visum|visado|wiz[aęy]|виз[аыу]"),
    _document(
        Harm.NATIONAL_ID,
        (CASE_CODE, 5),
        r"national (?:id|identity)(?: cards?)?|identity (?:cards?|documents?)|id cards?|id(?= ?(?:no|nr|number|#|№))",
        r"personal (?:identification |identity )?(?:number|code|no)|identification number",
        r"social security(?: number)?|ssn|pesel",
        r"personnummer|personalausweis|dow[oó]d osobist[ye]|isikukood|asmens kodas|personas kods|henkilötunnus",
        r"dni(?=[ :.]{0,3}\d{8})|nie(?=[ :.]{0,3}[XYZ]\d{7})|c[eé]dula(?: de identidad)?|curp|cnp|kimlik|tazkira",
    ),
    _document(
        Harm.RESIDENCE_PERMIT,
        (CASE_CODE, 5),
        r"residen(?:ce|cy|t) (?:permits?|cards?)|permanent resident cards?|green cards?",
        r"kart[aęy] pobytu|aufenthaltstitel",
        r"titre de séjour|permiso de residencia|permesso di soggiorno|вид на жительство|ikamet",
    ),
    _document(
        Harm.ASYLUM_CASE,
        (CASE_CODE, 5),
        r"asylum (?:cases?|applications?|claims?|files?|requests?|seekers?|procedure)",
        r"refugee (?:cases?|files?|status)|protection (?:cases?|claims?|applications?)",
        r"unhcr (?:case|registration|file|id)|eurodac|aktenzeichen|azr",
    ),
]
ALIEN = re.compile(
    r"(?>(?<!\w)(?:alien(?:'s)?(?: registration| file)?(?: numbers?| no\.?|#)"
    r"|A-? ?(?:numbers?|nos?\.|file(?: no\.?)?|#)))"
    r"[ .:=(#\n-]{0,4}+(?:is |was )?(A?[ #-]{0,2}+\d{3}[ -]?\d{3}[ -]?\d{1,3})(?!\w)",
    re.IGNORECASE,
)
BARE_ALIEN = re.compile(
    r"(?<![\w./-])(?:A[-#]?\d{8,9}|A-?\d{3}-\d{3}-\d{2,3}"
    r"|A\d{3} \d{3} \d{2,3}|A[-#] ?\d{3} \d{3} \d{2,3}|A 0\d{2} \d{3} \d{2,3})(?![\w/-])"
)
MACHINE_READABLE = re.compile(
    r"(?<![\w<])P[A-Z<][A-Z]{3}[A-Z<]{25,39}+(?![\w])|(?<![\w<])[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{2,16}+(?!\w)"
)


def _papers(text: str) -> Iterator[Hit]:
    for document in DOCUMENTS:
        for label in document.label.finditer(text):
            if at := _number_behind(document, label, text[label.end() : label.end() + REACH]):
                yield Hit(document.kind, label.end() + at[0], label.end() + at[1])
    for found in MACHINE_READABLE.finditer(text):
        yield Hit(Harm.PASSPORT_NUMBER, *found.span())
    for found in ALIEN.finditer(text):
        yield Hit(Harm.ALIEN_NUMBER, *found.span(1))
    for found in BARE_ALIEN.finditer(text):
        yield Hit(Harm.ALIEN_NUMBER, *found.span())


def _number_behind(document: Document, label: re.Match[str], window: str) -> tuple[int, int] | None:
    """Where the number of a paper stands behind its label, if one does."""
    window = window.partition("\n\n")[0]
    is_plural = label[0].lower().endswith("s")
    if (found := document.direct.match(window)) and _tells_one_apart(found["code"], is_plural):
        return found.span("code")
    found = document.numbered.search(window)
    if (
        found is None
        or OF_SOMETHING_ELSE.search(window, 0, found.start())
        or digits_of(found["code"]) < document.fewest
    ):
        return None
    is_count = THOUSANDS.fullmatch(found["code"]) and is_plural
    return None if is_count or DATES.match(found["code"]) else found.span("code")


def _tells_one_apart(code: str, is_plural: bool) -> bool:
    """Whether a code right behind its label is a number of one paper: not a year, a count, a day."""
    if code.split()[0].upper() in LETTERS_THAT_ARE_WORDS or DATES.match(code) or THOUSANDS.fullmatch(code):
        return False
    if WORD.search(code):
        return digits_of(code) >= 5
    return not is_plural and digits_of(code) >= 7


def hits_in(text: str) -> Iterator[Hit]:
    """Everything in a folded text that tells one person apart. Stretches may overlap."""
    yield from (Hit(Harm.TELEPHONE, *span) for span in chats_in(text))
    plain = NO_NUMBERS.sub(lambda found: "\0" * len(found[0]), text)
    yield from _papers(plain)
    yield from _birth_dates(plain)
    yield from _emails(plain)
    yield from (Hit(Harm.TELEPHONE, *span) for span in telephones_in(plain))
