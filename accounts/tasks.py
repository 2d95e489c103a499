"""Work for the background."""

from procrastinate.contrib.django import app

from accounts.expiring import tell_of_expiring
from accounts.models import AccessToken


@app.periodic(cron="40 5 * * *")
@app.task(name="accounts.tell_of_expiring_tokens", queue="accounts")
def tell_of_expiring_tokens(timestamp: int) -> None:
    """Mail each owner once of the tokens that expire within two weeks."""
    tell_of_expiring()


@app.periodic(cron="20 * * * *")
@app.task(name="accounts.forget_access_tokens", queue="accounts")
def forget_access_tokens(timestamp: int) -> None:
    """Remove access tokens that have expired."""
    AccessToken.objects.expired().delete()
