"""Programs pass by what only browsers need: cookies and their protection, languages, messages, frames."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from config.authentication import secret_of
from config.door import DoorMiddleware


class ProgramsMiddleware:
    """A request that shows a token goes from here straight to the door, past all that is listed between the two."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.onward, self.door = get_response, _door_behind(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if secret_of(request) is None:
            return self.onward(request)
        request.user = AnonymousUser()
        return self.door(request)


def _door_behind(handler: Callable) -> Callable[[HttpRequest], HttpResponse]:
    """Django has put each layer into a handler (`__wrapped__`) and told it of the next (`get_response`)."""
    while not isinstance(layer := handler.__wrapped__, DoorMiddleware):
        handler = layer.get_response
    return handler
