"""Addresses of the API end in a slash; without it they mean the same."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import is_valid_path


class SlashMiddleware:
    """Reads an address of the API as if its slash stood there. A redirect would lose the body of a POST."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _wants_slash(request.path_info):
            request.path_info += "/"
            request.path += "/"
        return self.get_response(request)


def _wants_slash(path: str) -> bool:
    if not path.startswith("/api/") or path.endswith("/"):
        return False
    return not is_valid_path(path) and is_valid_path(f"{path}/")
