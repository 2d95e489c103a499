"""`python -m bench.harms`: how often the harm scanner rings wrongly, and how much of what is planted it finds.

False alarms are counted on every text of the demonstration, each finding judged once by a person (`JUDGED`). Recall is
counted on identifiers that are made up, in sentences of nine languages; some have neither a form of their own nor a
label, and rules do not find these. The same seed makes the same sentences. No database, no network.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from evidence.choices import Harm
from evidence.harm import harms_in

CORPUS = Path(__file__).resolve().parent.parent / "cases" / "demo"

JUDGED = {
    ("people.yaml", Harm.EMAIL.value, "an… (20 characters)"): "true: the sign-in of a person, made up",
    ("people.yaml", Harm.EMAIL.value, "an… (21 characters)"): "true: the sign-in of a person, made up",
    ("people.yaml", Harm.EMAIL.value, "su… (23 characters)"): "true: the sign-in of a person, made up",
}
"""Every finding in the demonstration, as it was judged. What is judged `false` is a false alarm."""

SEED, EACH = 64, 25
"""The seed, and how many sentences are made of each template."""


class Text(NamedTuple):
    """A text of the corpus."""

    file: str
    words: str


def corpus() -> list[Text]:
    """Every key and value of the demonstration's files."""
    paths = sorted(CORPUS.rglob("*.yaml"))
    return [Text(path.name, text) for path in paths for text in texts_of(yaml.safe_load(path.read_text()))]


def texts_of(told: Any) -> Iterator[str]:
    """All that a YAML document says."""
    match told:
        case dict():
            for pair in told.items():
                yield from (text for each in pair for text in texts_of(each))
        case list():
            for each in told:
                yield from texts_of(each)
        case None:
            return
        case _:
            yield str(told)


def findings(texts: list[Text]) -> Counter:
    """How often each (file, kind, masked words) was found."""
    return Counter((text.file, str(each.kind), each.words) for text in texts for each in harms_in(text.words))


# --- What is planted ---------------------------------------------------------------------------------


def _digits(chance: random.Random, count: int) -> str:
    return str(chance.randint(1, 9)) + "".join(str(chance.randint(0, 9)) for _ in range(count - 1))


def _passport(chance: random.Random) -> str:
    letters = "".join(chance.choices("ABCDEFGHKLMNPRSTUVXYZ", k=chance.choice((1, 2))))
    return chance.choice((letters + _digits(chance, 7), letters + " " + _digits(chance, 7), _digits(chance, 9)))


def _telephone(chance: random.Random) -> str:
    country, between = chance.choice(("48", "375", "49", "90", "963", "33")), chance.choice((" ", "-", ""))
    groups = (_digits(chance, 3), _digits(chance, 3), _digits(chance, 3))
    return chance.choice(("+", "00")) + between.join((country, *groups))


def _bare_telephone(chance: random.Random) -> str:
    return " ".join(_digits(chance, 3) for _ in range(3))


def _email(chance: random.Random) -> str:
    first, last = chance.choice(("jan", "olga", "amir", "leyla")), chance.choice(("nowak", "petrova", "haddad", "kaya"))
    host = chance.choice(("gmail", "mail"))
    return f"{first}{chance.choice(('.', '_', ''))}{last}{chance.randint(1, 99)}@{host}.example"


def _birth_date(chance: random.Random) -> str:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1950, 2010)
    return chance.choice((f"{day:02}.{month:02}.{year}", f"{day:02}/{month:02}/{year}", f"{year}-{month:02}-{day:02}"))


def _eleven(chance: random.Random) -> str:
    return _digits(chance, 11)


def _case(chance: random.Random) -> str:
    return f"{_digits(chance, 7)}-{_digits(chance, 3)}"


def _alien(chance: random.Random) -> str:
    number = _digits(chance, 9)
    return chance.choice((f"A{number}", f"A-{number}", f"A{number[:3]} {number[3:6]} {number[6:]}"))


class Planted(NamedTuple):
    """A sentence with `{}` where the identifier stands."""

    kind: Harm
    language: str
    sentence: str
    make: Callable[[random.Random], str]
    is_labelled: bool = True


def _all(kind: Harm, make: Callable[[random.Random], str], is_labelled: bool = True, **told: str) -> list[Planted]:
    return [Planted(kind, language, sentence, make, is_labelled) for language, sentence in told.items()]


PLANTED = [
    *_all(
        Harm.PASSPORT_NUMBER,
        _passport,
        en="He showed a passport no. {} at the gate.",
        de="Er legte den Reisepass Nr. {} vor.",
        fr="Il a présenté le passeport n° {} à la frontière.",
        es="Presentó el pasaporte número {} en la frontera.",
        it="Ha mostrato il passaporto n. {} alla frontiera.",
        pl="Okazał paszport nr {} na granicy.",
        ru="Он предъявил паспорт № {} на границе.",
        ar="كان يحمل جواز السفر رقم {} عند الحدود.",
    ),
    *_all(
        Harm.TELEPHONE,
        _telephone,
        en="Call {} when you have crossed.",
        de="Ruf {} an, wenn du drüben bist.",
        fr="Appelle le {} après la frontière.",
        es="Llama al {} al otro lado.",
        it="Chiama {} dopo il confine.",
        pl="Zadzwoń pod {} po drugiej stronie.",
        ru="Звони на {} после границы.",
        tr="Sınırı geçince {} numarasını ara.",
        ar="اتصل على {} بعد الحدود.",
    ),
    *_all(Harm.TELEPHONE, _bare_telephone, False, en="Ask for Ali, {}, he drives.", pl="Pytaj o Alego, {}, on wozi."),
    *_all(
        Harm.EMAIL,
        _email,
        en="Write to {} for a seat.",
        de="Schreib an {} wegen eines Platzes.",
        fr="Écris à {} pour une place.",
        pl="Napisz na {} w sprawie miejsca.",
        ru="Пиши на {} насчёт места.",
        tr="Yer için {} adresine yaz.",
    ),
    *_all(
        Harm.BIRTH_DATE,
        _birth_date,
        en="A man born on {} was returned.",
        de="Ein Mann, geboren am {}, wurde zurückgeschickt.",
        fr="Un homme, date de naissance {}, a été renvoyé.",
        es="Un hombre, fecha de nacimiento: {}, fue devuelto.",
        it="Un uomo nato il {} è stato respinto.",
        pl="Mężczyzna, data urodzenia {}, został zawrócony.",
        tr="{} doğumlu bir adam geri gönderildi.",
        ru="Мужчина, дата рождения {}, был возвращён.",
        ar="رجل تاريخ الميلاد {} أعيد.",
    ),
    *_all(
        Harm.BIRTH_DATE,
        _birth_date,
        False,
        en="A man ({}) was returned.",
        pl="Mężczyzna, rocznik {}, został zawrócony.",
    ),
    *_all(
        Harm.NATIONAL_ID,
        _eleven,
        en="National identity number {} was noted.",
        de="Personalausweis Nr. {} wurde notiert.",
        es="La cédula de identidad número {} fue anotada.",
        pl="Zapisano PESEL {} zatrzymanego.",
        tr="Kimlik no {} kaydedildi.",
    ),
    *_all(Harm.VISA_NUMBER, _passport, en="A visa no. {} had been issued.", pl="Wydano wizę nr {} w konsulacie."),
    *_all(
        Harm.RESIDENCE_PERMIT,
        _case,
        en="Residence permit no. {} was withdrawn.",
        de="Der Aufenthaltstitel Nr. {} wurde entzogen.",
        fr="Le titre de séjour n° {} a été retiré.",
        pl="Cofnięto kartę pobytu nr {} po kontroli.",
    ),
    *_all(
        Harm.ASYLUM_CASE,
        _case,
        en="Asylum case no. {} is open.",
        de="Aktenzeichen {} ist offen.",
    ),
    *_all(Harm.ALIEN_NUMBER, _alien, en="Alien number {} was released."),
]


class Tally(NamedTuple):
    planted: int
    found: int

    @property
    def share(self) -> float:
        return self.found / self.planted


def recall() -> dict[tuple[Harm, str, bool], Tally]:
    """By kind, language and whether a label stands there: how many were planted, and how many found whole."""
    chance, counted = random.Random(SEED), defaultdict(list)
    for each in PLANTED:
        for _ in range(EACH):
            counted[each.kind, each.language, each.is_labelled].append(_is_found(each, each.make(chance)))
    return {key: Tally(len(found), sum(found)) for key, found in counted.items()}


def _is_found(planted: Planted, identifier: str) -> bool:
    """Whether a finding of any kind covers the whole identifier: that is what gets masked and asked about."""
    start = planted.sentence.index("{}")
    text = planted.sentence.replace("{}", identifier)
    return any(each.start <= start and each.end >= start + len(identifier) for each in harms_in(text))


# --- What is printed ---------------------------------------------------------------------------------


def main() -> int:
    texts = corpus()
    begun = time.perf_counter()
    found = findings(texts)
    took = time.perf_counter() - begun
    print("\n".join([*_false_alarms(texts, found, took), "", *_recalled()]))
    return 0 if found.keys() <= JUDGED.keys() else 1


def _false_alarms(texts: list[Text], found: Counter, took: float) -> Iterator[str]:
    characters, words = sum(len(each.words) for each in texts), sum(len(each.words.split()) for each in texts)
    yield f"Demonstration: {len(texts):,} texts, {characters:,} characters, {words:,} words, {took:.2f} s."
    per = 10_000 / words
    for kind in Harm:
        count = sum(number for (_, each, _), number in found.items() if each == kind)
        yield f"  {kind.label}: {count} ({count * per:.2f} per 10,000 words)"
    false = sum(number for key, number in found.items() if JUDGED.get(key, "false").startswith("false"))
    total = sum(found.values())
    yield f"  All: {total} ({total * per:.2f} per 10,000 words), of which {false} judged false ({false * per:.2f})."
    yield from (f"  NOT JUDGED: {key}" for key in found if key not in JUDGED)


def _recalled() -> Iterator[str]:
    told = recall()
    yield f"Planted, seed {SEED}, {EACH} of each sentence:"
    for kind in dict.fromkeys(kind for kind, _, _ in told):
        for is_labelled in (True, False):
            of_this = {language: each for (k, language, b), each in told.items() if (k, b) == (kind, is_labelled)}
            if of_this:
                by_language = ", ".join(f"{language} {each.found}/{each.planted}" for language, each in of_this.items())
                yield f"  {kind.label}{'' if is_labelled else ', nothing to tell it by'}: {by_language}"
    for is_labelled, name in ((True, "Told by its form or a label"), (False, "Nothing to tell it by")):
        mine = [each for (_, _, b), each in told.items() if b == is_labelled]
        found, planted = sum(each.found for each in mine), sum(each.planted for each in mine)
        yield f"  {name}: {found} of {planted} ({found / planted:.0%})"


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.exit(main())
