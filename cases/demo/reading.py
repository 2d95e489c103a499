"""Read the demonstration's files, and put their words into the product's terms. Pure."""

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pycountry
import yaml

from cases.choices import ActorKind, ClaimForm

HERE = Path(__file__).resolve().parent

CRIMINAL_KINDS = {
    "Cartel": ActorKind.CARTEL,
    "Mara": ActorKind.GANG,
    "Tren": ActorKind.GANG,
    "Clan": ActorKind.ARMED_GROUP,
}
COUNTRY_OF = {
    "Turkey": "TR",
    "Russian Federation": "RU",
    "Venezuela": "VE",
    "Macedonia": "MK",
    "Moldova": "MD",
    "Syrian government": "SY",
    "Federal Republic of Yugoslavia / Serbia": "RS",
    "Myanmar armed forces": "MM",
    "European Union": "EU",
}
FORMS = [
    (("announcement", "television"), ClaimForm.AVOWAL),
    (("memorandum", "dissent inside"), ClaimForm.OFFICIAL_CHARACTERISATION),
    (("press conference", "speech", "testimony", "hearing", "proclamation"), ClaimForm.OFFICE_HOLDER_CLAIM),
    (
        ("article", "monograph", "analysis", "commentary", "interview", "fact check", "opinion", "report", "leak"),
        ClaimForm.ANALYST_INTERPRETATION,
    ),
]


@cache
def load(name: str) -> Any:
    """One YAML file of this folder."""
    return yaml.safe_load((HERE / name).read_text())


def working_files() -> dict[str, dict]:
    """Working files by case."""
    return {path.stem: load(f"working/{path.name}") for path in sorted((HERE / "working").glob("*.yaml"))}


@cache
def abstracted() -> frozenset[str]:
    """Documents of which we hold our own abstract."""
    files = [*working_files().values(), load("monitoring.yaml")]
    return frozenset(key for told in files for key in told["abstracts"])


def case(key: str) -> dict:
    """A case by its key."""
    return next(each for each in load("cases.yaml")["cases"] if each["id"] == key)


def partial(value: Any) -> str:
    """A date as the product keeps it: YAML gives dates, years and text."""
    return "" if value is None else str(value)


def country_code(name: str) -> str:
    """ISO 3166-1 alpha-2 of a country's name; empty for what is no country."""
    if name in COUNTRY_OF:
        return COUNTRY_OF[name]
    found = pycountry.countries.get(name=name) or pycountry.countries.get(common_name=name)
    return found.alpha_2 if found else ""


@cache
def abstracts() -> dict[str, str]:
    """Our own abstracts in working files, by document. A document has one, whichever cases rest on it."""
    return {key: text for told in working_files().values() for key, text in told["abstracts"].items()}


def actor_name(full: str) -> tuple[str, str]:
    """A state by its name, and what stands in brackets behind it."""
    name, _, rest = full.partition(" (")
    return name, rest.removesuffix(")")


def actor_kind(actor: dict) -> ActorKind:
    if actor["kind"] == "criminal":
        return CRIMINAL_KINDS.get(actor["name"].split()[0], ActorKind.COORDINATED_NETWORK)
    kinds = {"proxy": ActorKind.ARMED_GROUP, "political_actor": ActorKind.POLITICAL_ORGANISATION}
    return kinds.get(actor["kind"]) or ActorKind(actor["kind"] if actor["kind"] == "enterprise" else "state")


def claim_form(form: str) -> ClaimForm:
    """How somebody said it, judged by the words of the case set."""
    for words, kind in FORMS:
        if any(word in form for word in words):
            return kind
    return ClaimForm.FORMAL_ATTRIBUTION


def documents_of(case: dict) -> list[str]:
    """Every document that a case names, in order."""
    attribution = case["attribution"]
    told = [*case["flow"], case["objective"], *attribution["items"], attribution["denial"], *case["responses"]]
    sources = [fact.get("src") for fact in told if fact]
    return list(dict.fromkeys(key for key in [*case["docs"], *sources] if key))


def sourced(fact: dict) -> str:
    """A fact's text, with its mark where no document carries it."""
    return fact["text"] if fact.get("src") else f"{fact['text']} (unsourced, to verify)"


def summary_of(case: dict) -> str:
    """A summary in the case set's own words, for cases without a working file."""
    lines = [f"Objective alleged: {sourced(case['objective'])}."]
    if case.get("competing"):
        lines.append("Explanations to weigh: " + "; ".join(case["competing"]) + ".")
    lines += [case[name] for name in ("rights", "notes") if case.get(name)]
    return "\n\n".join(lines)


def point_of(key: str) -> dict[str, Decimal]:
    """Where a case lies on the map, by general geography; nothing for one without a place of its own."""
    point = load("monitoring.yaml")["points"].get(key)
    return dict(zip(("longitude", "latitude"), map(Decimal, map(str, point)), strict=True)) if point else {}


def wording_of(flow: dict) -> str:
    """A count as the case set words it, and where that can be read."""
    document = load("cases.yaml")["documents"].get(flow["src"])
    place = f"In “{document['title']}”." if document else "General knowledge, to verify: no document is named."
    return f"In the case set: {flow['unit']}. {place}"
