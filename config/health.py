"""Whether the process answers and reaches its database."""

from django.db import connection
from django.http import HttpRequest, HttpResponse

from config.replica import state
from ledger.replica import there_is_one


def health(request: HttpRequest) -> HttpResponse:
    """200 when a query comes back; anything else means: send no one here. A replica may be missing: it says so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    told = f"ok\n{state()}" if there_is_one() else "ok"
    return HttpResponse(told, content_type="text/plain")
