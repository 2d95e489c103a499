"""What templates need to show the domain's things the same way everywhere."""

import calendar
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import urlencode

import pycountry
from django import forms, template
from django.conf import settings
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from cases.views.watches import LISTS
from cases.watching import canonical
from config.compiled import compiled, compiled_macro
from evidence.choices import Credibility, Reliability
from ledger.kinds import name_of, title_of

register = template.Library()
ICONS = Path(settings.BASE_DIR) / "static" / "vendor" / "tabler-icons"
HIT_BEGINS, HIT_ENDS = "\ue000", "\ue001"


@cache
def _drawing(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text().replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon from the vendored set, drawn inline. It says nothing by itself: put words beside it."""
    return mark_safe(_drawing(name))  # noqa: S308 - a file of ours


@register.filter
def at(found: dict, key):
    """What a dictionary holds under a key; nothing where it holds none."""
    return found.get(key, "")


@register.filter
@lru_cache(1_000)
def language(code: str) -> str:
    """What a language is called (ISO 639-1)."""
    known = pycountry.languages.get(alpha_2=code)
    return known.name if known else code


@register.filter
@lru_cache(10_000)
def partial_date(value: str) -> str:
    """`2021-07-02` as 2 July 2021, `2021-07` as July 2021, `2021` as 2021."""
    parts = str(value or "").split("-")
    if len(parts) == 1:
        return parts[0]
    month = calendar.month_name[int(parts[1])]
    return f"{month} {parts[0]}" if len(parts) == 2 else f"{int(parts[2])} {month} {parts[0]}"


@register.filter
@cache
def country(code: str) -> str:
    """The name of an ISO 3166-1 alpha-2 code."""
    if code == "EU":
        return "European Union"
    found = pycountry.countries.get(alpha_2=code) if code else None
    return getattr(found, "common_name", found.name) if found else code


@register.filter
def countries(codes: list[str]) -> str:
    return ", ".join(country(code) for code in codes or [])


@register.filter
def chosen(record, name: str) -> list[str]:
    """The display names of a field that holds several choices."""
    labels = dict(record._meta.get_field(name).base_field.flatchoices)
    return [str(labels.get(value, value)) for value in getattr(record, name)]


@register.filter
def called(record) -> str:
    """What a record is called, as far as its reader may know."""
    return name_of(record)


@register.filter
def kind_title(kind: str) -> str:
    return title_of(kind)


@register.filter
def hits(headline: str) -> SafeString:
    """A search headline with its hits marked; everything else is escaped."""
    marked = str(conditional_escape(headline)).replace(HIT_BEGINS, "<mark>").replace(HIT_ENDS, "</mark>")
    return mark_safe(marked)  # noqa: S308 - escaped above


@register.simple_tag(takes_context=True)
def query(context, **changes) -> str:
    """The address's query with some changes; None removes."""
    kept = [(k, v) for k, values in context["request"].GET.lists() if k not in changes for v in values]
    return "?" + urlencode([*kept, *((k, v) for k, v in changes.items() if v is not None)])


@register.simple_tag(name="compiled", takes_context=True)
def compiled_part(context, name: str, **given) -> SafeString:
    """A part of the page from a compiled template: with what the page knows, or a macro with what it is given."""
    return compiled_macro(name, given) if given else compiled(name, context.flatten())


def saved_searches_of(request, filterset) -> dict:
    """Beside a list whose filters can be kept: the link that keeps them, and those that were kept. No query."""
    kind = getattr(filterset.queryset.model, "kind", "")
    if kind not in LISTS or request.resolver_match.url_name != LISTS[kind]:
        return {}
    kept = urlencode({"over": kind, "query": canonical(request.GET.urlencode())})
    return {"over": kind, "kept": kept, "may_write": bool(request.user.rooms_to_write_in())}


@register.simple_tag
def field(bound: forms.BoundField) -> SafeString:
    """A form field with its label, help and errors, tied together for screen readers."""
    widget = bound.field.widget
    plain = isinstance(widget, (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.RadioSelect))
    is_check = isinstance(widget, forms.CheckboxInput)
    css = "form-select" if isinstance(widget, forms.Select) else "form-control"
    described = [f"{bound.auto_id}_errors"] if bound.errors else []
    described += [f"{bound.auto_id}_help"] if bound.help_text else []
    attrs = {} if plain else {"class": css + (" is-invalid" if bound.errors else "")}
    if is_check:  # a group would put the class on what holds it together
        attrs["class"] = "form-check-input"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    shown = mark_safe(  # noqa: S308 - Django's own widget
        bound.as_widget(attrs=attrs)
    )
    told = {"bound": bound, "widget": shown, "is_check": is_check, "is_group": plain and not is_check}
    return compiled("includes/field.jinja", told)


@register.simple_tag
def grade(item) -> SafeString:
    """Reliability and credibility side by side, said in full to a screen reader."""
    return _graded(item.source.reliability, item.credibility)


@cache
def _graded(reliability: str, credibility: int) -> SafeString:
    return format_html(
        '<abbr class="grade grade-{}" title="{}; {}">{}{}</abbr>',
        reliability.lower(),
        Reliability(reliability).label,
        Credibility(credibility).label,
        reliability,
        credibility,
    )
