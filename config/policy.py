"""Content-Security-Policy: the one of the settings for pages, and one that allows nothing for data."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse

DATA = ("application/json", "application/problem+json")
NOTHING = "default-src 'none'; frame-ancestors 'none'"


class PolicyMiddleware(CSPMiddleware):
    """Nobody's browser shows JSON as a page; should one try, it may load and run nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.get("Content-Type", "").split(";")[0] not in DATA:
            return super().process_response(request, response)
        response[HEADER] = NOTHING
        return response
