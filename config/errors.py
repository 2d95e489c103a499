"""Django's last-resort pages, which speak JSON under /api/."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from config.problems import api_problem


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return api_problem(request, "malformed", 400) or defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return api_problem(request, "not-visible", 404) or defaults.page_not_found(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return api_problem(request, "not-you", 403) or defaults.permission_denied(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    return api_problem(request, "broken", 500) or defaults.server_error(request)
