"""Triggers on record tables, declared on the models so that they live in migrations."""

import pgtrigger


class Call(pgtrigger.Trigger):
    """A trigger that calls one of our own functions directly.

    pgtrigger's generated functions obey a setting, `pgtrigger.ignore`, by which any session may
    switch them off. What guards the ledger and the approvals must not have such a switch.
    """

    func = "RETURN NULL;"

    def __init__(self, function: str, *arguments: str, **options) -> None:
        super().__init__(**options)
        self.function, self.arguments = function, arguments

    def render_execute(self, model) -> str:
        return f"{self.function}({self.render_arguments()})"

    def render_arguments(self) -> str:
        return ", ".join("'" + each.replace("'", "''") + "'" for each in self.arguments)


def stamp() -> Call:
    """Version, times and people are the database's to set. Runs after the others: names sort."""
    return Call(
        "record_stamp",
        name="stamp",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
    )


def write_ledger(kind: str) -> Call:
    return Call(
        "ledger_write",
        kind,
        name="write_ledger",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
    )


def refuse_deletion() -> Call:
    return Call(
        "record_refuse",
        "Nothing is deleted here.",
        name="refuse_deletion",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
    )


def keep(columns: str, sentence: str) -> Call:
    """The named columns (comma-separated) stay as they were first written."""
    return Call("record_keep", columns, sentence, name="keep", when=pgtrigger.Before, operation=pgtrigger.Update)


def write_search(kind: str, *, anchor: str, title: str, body: tuple[str, ...]) -> Call:
    """Keep the search table in step. `anchor` is the column of the record that a hit opens."""
    return Call(
        "search_write",
        kind,
        anchor,
        title,
        ",".join(body),
        name="write_search",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
    )


def inherit_scope(parent_table: str, column: str) -> Call:
    """A child lies in its parent's workspace under its parent's marking."""
    return Call(
        "scope_inherit",
        parent_table,
        column,
        name="inherit_scope",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
    )


def inherit_about_scope() -> Call:
    """A record about another one, of any kind, lies where that one lies."""
    return Call(
        "about_scope_inherit",
        name="inherit_about_scope",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
    )


def pass_scope_on(child_table: str, column: str) -> Call:
    """When a parent moves or is marked anew, its children follow."""
    return Call(
        "scope_pass_on",
        child_table,
        column,
        name=f"pass_to_{child_table}"[:40],
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("workspace_id", "marking"),
        condition=pgtrigger.AnyChange("workspace", "marking"),
    )


def bound_scope(parents: list[tuple[str, str]]) -> Call:
    """Lie in the workspace of the first named parent, at least as strictly marked as each.

    `parents` are pairs of a table and the column that refers to it.
    """
    return Call(
        "scope_bound",
        *(each for pair in parents for each in pair),
        name="bound_scope",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
    )


def press_scope_on(child_table: str, column: str) -> Call:
    """When a parent moves or is marked more strictly, what is bound to it follows."""
    return Call(
        "scope_press_on",
        child_table,
        column,
        name=f"bound_{column}_of_{child_table}"[:40],
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("workspace_id", "marking"),
        condition=pgtrigger.AnyChange("workspace", "marking"),
    )
