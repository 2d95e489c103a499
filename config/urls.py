from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from accounts.oauth import metadata
from config.health import health

admin.site.login = secure_admin_login(admin.site.login)  # one sign-in, with its second factor

urlpatterns = [
    path("api/", include("config.api")),  # first: below, the empty prefixes are all gone through
    path("", include("cases.urls")),
    path("", include("policy.urls")),
    path("", include("evidence.urls")),
    path("", include("ledger.urls")),
    path("", include("accounts.urls")),
    path("", include("exchange.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path(".well-known/oauth-authorization-server", metadata, name="oauth_metadata"),
    path("health/", health, name="health"),
]

handler400 = "config.errors.malformed"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.broken"
