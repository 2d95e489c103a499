"""Templates that are compiled to Python (Jinja): the frame around every page, forms, the long tables, and the content
of the pages of incidents and attributions.

Django's own templates are walked node by node at each request, which took three quarters of the time of a list and half
that of a page. A page stays one of these, and takes a compiled part: `{% compiled "cases/_incident.jinja" %}`.

A part that is shown in several places, or many times, is a macro in a file of its name; it sees what it is given and
nothing else. Compiled templates import it, Django's take it: `{% compiled "policy/_due.jinja" response=each %}`.
"""

from pathlib import PurePath
from typing import Any

from django.template import defaultfilters, engines
from django.templatetags.static import static
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, StrictUndefined

from ledger.addresses import address_of


def environment(**options: Any) -> Environment:
    """As Django's backend asks for it. A name that the context lacks is an error, not an empty place."""
    from config.templatetags import attest
    from policy.beside import responses_resting_on, responses_to

    options.pop("autoescape", None)
    made = Environment(autoescape=True, **options | {"undefined": StrictUndefined, "trim_blocks": True})
    made.globals |= {
        "icon": attest.icon,
        "field": attest.field,
        "grade": attest.grade,
        "static": static,
        "url": address_of,
        "query": lambda request, **changes: attest.query({"request": request}, **changes),
        "saved_searches": attest.saved_searches_of,
        "responses_to": responses_to,
        "responses_resting_on": responses_resting_on,
    }
    ours = (attest.partial_date, attest.countries, attest.country, attest.chosen)
    django = (defaultfilters.date, defaultfilters.pluralize, defaultfilters.truncatewords, json_script)
    made.filters |= {each.__name__: each for each in (*ours, *django)}
    return made


def compiled(name: str, context: dict[str, Any]) -> SafeString:
    """A compiled template, rendered. Whatever it shows is escaped in it."""
    return mark_safe(_template(name).render(context))  # noqa: S308


def compiled_macro(name: str, given: dict[str, Any]) -> SafeString:
    """What the macro of a file's name makes of what it is given."""
    macro = PurePath(name).stem.removeprefix("_")
    return mark_safe(getattr(_template(name).module, macro)(**given))  # noqa: S308


def _template(name: str):
    return engines["compiled"].env.get_template(name)
