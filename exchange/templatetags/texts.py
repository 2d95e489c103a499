"""Marking the places of a text that are still open."""

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from exchange.wording import pieces

register = template.Library()


@register.filter
def blanks(text: str) -> SafeString:
    """A text with its blanks as marked text; everything is escaped."""
    shown = (
        (format_html("<mark>{}</mark>", words) if is_blank else conditional_escape(words),)
        for words, is_blank in pieces(text)
    )
    return format_html_join("", "{}", shown)
