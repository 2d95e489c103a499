"""What every endpoint does with what it is asked."""

from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.exceptions import ValidationError as Malformed


class TooLarge(APIException):
    """A body beyond what is taken at once (RFC 9110, 15.5.14)."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "At most 20 MB go at once: send the rest in another request."


class KnownParameters:
    """A view that refuses, by name, the parameters that it does not know."""

    parameters: frozenset[str] = frozenset()

    def known_parameters(self) -> frozenset[str]:
        return self.parameters

    def initial(self, request, *args, **kwargs) -> None:
        super().initial(request, *args, **kwargs)
        if unknown := set(request.query_params) - self.known_parameters():
            raise Malformed(dict.fromkeys(sorted(unknown), "There is no such parameter."))
