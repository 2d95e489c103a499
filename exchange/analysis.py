"""The analysis of competing hypotheses, as a dossier shows it. Pure."""

from __future__ import annotations

from typing import Any

from exchange.blocks import Block, Bullets, Facts, Heading, Table, Text
from exchange.withholding import LeftOut
from exchange.wording import counted, listed

NEVER_A_PROBABILITY = (
    "The least inconsistent hypothesis leads; consistency never adds. "
    "A score is an aid to judgement, never a probability."
)
CHANGES = {
    "row_out": "Without “{about}”",
    "credibility_lower": "With “{about}” one grade less credible",
    "reliability_lower": "With “{about}” one grade less reliable",
}


def alternatives(matrix: dict[str, Any] | None, claim: dict[str, Any], left_out: LeftOut | None) -> list[Block]:
    """The matrix with weights, scores, diagnosticity and what would change the leader."""
    if matrix is None:
        return [Text("This version holds no matrix of competing hypotheses.")]
    if not matrix["hypotheses"]:
        return [Text("No hypotheses are set out.")]
    signs = {each["id"]: f"H{number}" for number, each in enumerate(matrix["hypotheses"], start=1)}
    names = {each["id"]: f"{signs[each['id']]} {_name(each)}" for each in matrix["hypotheses"]}
    blocks: list[Block] = [Text(NEVER_A_PROBABILITY), _scores(matrix, names)]
    if claim["hypothesis"]:
        blocks.append(
            Facts([("The claim rests on", names.get(claim["hypothesis"]["id"], claim["hypothesis"]["name"]))])
        )
    blocks.append(_rows(matrix, signs))
    if left_out and left_out.rows:
        blocks.append(Text(f"{counted(left_out.rows, 'row')} left out: marked above this version."))
    return [*blocks, Heading("What would change the leader"), *_sensitivity(matrix, names, left_out)]


def _name(hypothesis: dict[str, Any]) -> str:
    return hypothesis["name"] or hypothesis["hypothesis_kind"].replace("_", " ").capitalize()


def _scores(matrix: dict[str, Any], names: dict[str, str]) -> Table:
    rows = []
    for each in matrix["scores"]:
        standing = "leads" if each["hypothesis"] in matrix["leaders"] else ""
        standing = "untested: never rated against" if each["is_untested"] else standing
        rows.append([names.get(each["hypothesis"], ""), _number(each["score"]), standing])
    return Table("Hypotheses, the least inconsistent first", ["Hypothesis", "Score", "Standing"], rows, [55, 15, 30])


def _rows(matrix: dict[str, Any], signs: dict[str, str]) -> Table:
    head = ["Item", "Grade and weight", *signs.values(), "Diagnosticity"]
    share = max(6, 40 // max(1, len(signs)))
    return Table(
        "Items against hypotheses (CC, C consistent; N neutral; I, II inconsistent; NA not applicable)",
        head,
        [_row(each, matrix, signs) for each in matrix["rows"]],
        [30, 14, *[share] * len(signs), 14],
    )


def _row(row: dict[str, Any], matrix: dict[str, Any], signs: dict[str, str]) -> list[str]:
    weight = "discounted" if row["is_discounted"] else _number(row["weight"])
    telling = _number(row["diagnosticity"]) if row["discriminates"] else "does not discriminate"
    cells = [_cell(row["ratings"].get(each, {}), matrix) for each in signs]
    return [row["item"]["title"], ", ".join(filter(None, (row["item"]["grade"], weight))), *cells, telling]


def _cell(ratings: dict[str, str], matrix: dict[str, Any]) -> str:
    """One rating where all agree; each of them, in the order of the evaluators, where they do not."""
    given = [ratings[each["id"]] for each in matrix["evaluators"] if each["id"] in ratings]
    return " / ".join(given if len(set(given)) > 1 else given[:1]) or "not rated"


def _sensitivity(matrix: dict[str, Any], names: dict[str, str], left_out: LeftOut | None) -> list[Block]:
    found = [
        f"{CHANGES.get(each['change'], '{about}').format(about=each['about'])}, "
        f"{listed(names.get(leader, '') for leader in each['leaders'])} would lead."
        for each in matrix["sensitivity"]
    ]
    if found:
        return [Bullets(found)]
    shown = "shown here " if left_out and left_out.rows else ""
    return [Text(f"No single row or grade {shown}decides which hypothesis leads.")]


def _number(told: Any) -> str:
    """A number to two places, as they are kept: strings."""
    try:
        return f"{float(told):.2f}"
    except (TypeError, ValueError):
        return str(told)
