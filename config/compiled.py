"""Templates that are compiled to Python (Jinja): the frame around every page, forms, and the long tables.

Django's own templates are walked node by node at each request, which took three quarters of the time of a list. A page
stays one of these, and takes a compiled part by `{% compiled "cases/_incident_table.jinja" %}`.
"""

from typing import Any

from django.template import engines
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, StrictUndefined


def environment(**options: Any) -> Environment:
    """As Django's backend asks for it. A name that the context lacks is an error, not an empty place."""
    from config.templatetags import attest

    options.pop("autoescape", None)
    made = Environment(autoescape=True, **options | {"undefined": StrictUndefined, "trim_blocks": True})
    made.globals |= {
        "icon": attest.icon,
        "field": attest.field,
        "url": lambda name, *given: reverse(name, args=given),
        "query": lambda request, **changes: attest.query({"request": request}, **changes),
        "saved_searches": attest.saved_searches_of,
    }
    made.filters |= {
        each.__name__: each for each in (attest.partial_date, attest.countries, attest.country, attest.chosen)
    }
    return made


def compiled(name: str, context: dict[str, Any]) -> SafeString:
    """A compiled template, rendered. Whatever it shows is escaped in it."""
    return mark_safe(engines["compiled"].env.get_template(name).render(context))  # noqa: S308
