"""How an API client is told what it may still ask (draft-ietf-httpapi-ratelimit-headers)."""

from django.http import HttpRequest, HttpResponse

from accounts.allowance import WINDOW, Allowance
from config.problems import api_problem


def too_many(request: HttpRequest, allowance: Allowance) -> HttpResponse:
    """The answer to a request that came too early."""
    detail = f"{allowance.per_minute} requests per minute. Come again in {allowance.wait} s."
    answer = api_problem(request, "throttled", 429, detail)
    answer["Retry-After"] = str(allowance.wait)
    return tell(answer, allowance)


def tell(response: HttpResponse, allowance: Allowance) -> HttpResponse:
    """Say what the limit is, what is left of it, and when it is whole again."""
    response["RateLimit-Policy"] = f'"token";q={allowance.per_minute};w={WINDOW}'
    response["RateLimit"] = f'"token";r={allowance.left};t={allowance.full_in}'
    return response
