"""Attest's settings: read from the environment, refusing nonsense loudly.

Every variable is listed in `docs/settings.md`. A value that cannot be right stops the start
with a sentence that names the variable.
"""

import re
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.vault import vault

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def choice(name: str, allowed: list[str], default: str) -> str:
    """The value of `name`, or a refusal that lists what it may be."""
    value = env.str(name, default=default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def number(name: str, *, default: int, least: int, most: int) -> int:
    """A whole number within its bounds, or a refusal that names them."""
    try:
        value = env.int(name, default=default)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number.")
    if not least <= value <= most:
        raise ImproperlyConfigured(f"{name} is {value}; it must lie between {least} and {most}.")
    return value


MODE = choice("ATTEST_MODE", ["production", "development", "demo", "test"], "development")
PRODUCTION = MODE == "production"
DEBUG = MODE == "development"

SECRET_KEY = env.str("ATTEST_SECRET_KEY", default="" if PRODUCTION else "development-only-" + "x" * 50)
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("ATTEST_SECRET_KEY must be set to at least 50 random characters.")

BASE_URL = env.str("ATTEST_BASE_URL", default="" if PRODUCTION else "http://127.0.0.1:8000")
if urlsplit(BASE_URL).scheme not in ("http", "https") or not urlsplit(BASE_URL).hostname:
    raise ImproperlyConfigured("ATTEST_BASE_URL must be the address people type, like https://attest.example.org.")
if PRODUCTION and urlsplit(BASE_URL).scheme != "https":
    raise ImproperlyConfigured("ATTEST_BASE_URL must begin with https:// in production.")
SECURE = urlsplit(BASE_URL).scheme == "https"
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname]
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [BASE_URL] if SECURE else []

DATA_DIR = Path(env.str("ATTEST_DATA_DIR", default=str(BASE_DIR / ".data"))).absolute()

INSTALLED_APPS = [
    "config",
    "accounts",
    "ledger",
    "evidence",
    "cases",
    "policy",
    "exchange",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.policy.PolicyMiddleware",
    "config.slashes.SlashMiddleware",
    "django.middleware.common.CommonMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.programs.ProgramsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.door.DoorMiddleware",
    "config.repeats.RepeatsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.frame",
            ],
            "builtins": ["config.templatetags.attest"],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "compiled",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "config.compiled.environment"},
    },
]
FORM_RENDERER = "django.forms.renderers.Jinja2"

# --- The database --------------------------------------------------------------------------

try:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
except environ.ImproperlyConfigured:
    raise ImproperlyConfigured(
        "DATABASE_URL must name a PostgreSQL 15 or newer, like postgres://user:password@host:5432/attest. "
        "`make demo` brings its own."
    )
if DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must begin with postgres://: Attest runs on PostgreSQL only.")
DATABASES["default"]["ENGINE"] = "config.postgresql"
DATABASES["default"].setdefault("OPTIONS", {})
# Planning a query under row-level security takes longer than running it: statements that come again are prepared.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}
DATABASES["default"]["OPTIONS"] |= PREPARED
DATABASES["default"]["CONN_MAX_AGE"] = 600 if MODE != "test" else 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# A standby of the same database that may serve what only reads: `config/replica.py` says what and when.
if env.str("ATTEST_REPLICA_URL", default=""):
    DATABASES["replica"] = env.db_url("ATTEST_REPLICA_URL")
    if DATABASES["replica"].get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("ATTEST_REPLICA_URL must be like postgres://user:password@host:5432/attest.")
    DATABASES["replica"]["ENGINE"] = "config.postgresql"
    DATABASES["replica"]["OPTIONS"] = {"connect_timeout": 2, **PREPARED, **DATABASES["replica"].get("OPTIONS", {})}
    DATABASES["replica"]["CONN_MAX_AGE"] = DATABASES["default"]["CONN_MAX_AGE"]
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
# The replica's answers are never older.
REPLICA_SECONDS = number("ATTEST_REPLICA_SECONDS", default=10, least=1, most=3600)

# --- People ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_ADAPTER = "accounts.adapter.ByInvitationOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = number("ATTEST_SECOND_FACTOR_SECONDS", default=1800, least=60, most=86400)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Attest"
# Approving wants a second factor shown within the last ACCOUNT_REAUTHENTICATION_TIMEOUT seconds.
APPROVAL_NEEDS_SECOND_FACTOR = env.bool("ATTEST_APPROVAL_NEEDS_SECOND_FACTOR", default=MODE != "demo")
if PRODUCTION and not APPROVAL_NEEDS_SECOND_FACTOR:
    raise ImproperlyConfigured("ATTEST_APPROVAL_NEEDS_SECOND_FACTOR cannot be switched off in production.")
INVITATION_DAYS = number("ATTEST_INVITATION_DAYS", default=7, least=1, most=60)

# --- API -------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "config.authentication.TokenAuthentication",
        "config.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["config.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "config.renderers.AsTheAddressSays",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
    "DEFAULT_SCHEMA_CLASS": "config.schema.TellingSchema",
    "EXCEPTION_HANDLER": "config.problems.problem_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# So many requests of one web process may wait for changes; each holds a thread of it.
MOST_WAITING = number("ATTEST_MOST_WAITING", default=2, least=0, most=64)
SPECTACULAR_SETTINGS = {
    "TITLE": "Attest",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Incidents, actors, evidence and attributions of hostile instrumental migration.",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    # No names for choices: they stand where they are used, because names collide.
    "POSTPROCESSING_HOOKS": ["config.schema_examples.with_examples"],
}

API_MOST_REQUESTS_PER_MINUTE = number("ATTEST_API_MOST_REQUESTS_PER_MINUTE", default=6000, least=10, most=60000)
API_REQUESTS_PER_MINUTE = number(
    "ATTEST_API_REQUESTS_PER_MINUTE", default=600, least=10, most=API_MOST_REQUESTS_PER_MINUTE
)
ACCESS_TOKEN_MINUTES = number("ATTEST_ACCESS_TOKEN_MINUTES", default=30, least=15, most=60)

FORMS_URLFIELD_ASSUME_HTTPS = True

# --- Language, time ----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files -----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FILES_DIR = DATA_DIR / "files"
STORAGES = {
    "default": vault(env, FILES_DIR, is_production=PRODUCTION),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
# In development and the demo, static files are served from where they lie: nothing to collect.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024  # as much as one bulk request may hold
MAX_UPLOAD_BYTES = number("ATTEST_MAX_UPLOAD_MB", default=2048, least=1, most=20480) * 1024 * 1024
# Uploads that come in pieces lie here until they are taken in, or nobody has gone on with them for so long.
UPLOADS_DIR = DATA_DIR / "uploads"
UPLOAD_HOURS = number("ATTEST_UPLOAD_HOURS", default=48, least=1, most=720)

# --- Addresses that are fetched -----------------------------------------------------------------

CAPTURES = choice("ATTEST_CAPTURE", ["on", "off"], "on") == "on"
CAPTURE_SECONDS = number("ATTEST_CAPTURE_SECONDS", default=60, least=5, most=600)
CAPTURE_BYTES = number("ATTEST_CAPTURE_MB", default=50, least=1, most=1024) * 1024 * 1024
# Of hosts whose addresses are private, only these are fetched from: names, addresses or networks.
CAPTURE_ALLOW = [each.strip() for each in env.list("ATTEST_CAPTURE_ALLOW", default=[]) if each.strip()]
for each in CAPTURE_ALLOW:
    try:
        ip_network(each if "/" in each else "10.0.0.0", strict=False)
    except ValueError:
        raise ImproperlyConfigured(f"ATTEST_CAPTURE_ALLOW names {each!r}, which is no network.")
try:
    CAPTURE_PORTS = env.list("ATTEST_CAPTURE_PORTS", cast=int, default=[80, 443])
except ValueError:
    raise ImproperlyConfigured("ATTEST_CAPTURE_PORTS must be numbers with commas between, like 80,443.")

# Pictures of pages, drawn again when they are asked for and gone.
PICTURES_DIR = DATA_DIR / "pictures"
# What the reading of one file may take: of the clock and of the processor, and of memory.
READING_SECONDS = number("ATTEST_READING_SECONDS", default=900, least=5, most=86400)
READING_MEGABYTES = number("ATTEST_READING_MB", default=2048, least=512, most=65536)
# In which OCR reads where nobody has chosen, as tesseract names them (ISO 639-2).
OCR_LANGUAGES = env.list("ATTEST_OCR_LANGUAGES", default=["eng"])
if bad := [each for each in OCR_LANGUAGES if not re.fullmatch(r"[a-z]{3}(_[a-z]+)*", each)]:
    raise ImproperlyConfigured(f"ATTEST_OCR_LANGUAGES names {bad[0]!r}; tesseract's names are like eng,pol,chi_sim.")

RECHECK_DAYS = number("ATTEST_RECHECK_DAYS", default=30, least=1, most=365)
TIMESTAMP_URL = env.str("ATTEST_TIMESTAMP_URL", default="")
TIMESTAMP_ROOTS = env.str("ATTEST_TIMESTAMP_ROOTS", default="")
if TIMESTAMP_URL and not TIMESTAMP_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("ATTEST_TIMESTAMP_URL must begin with https:// or http://.")
if TIMESTAMP_URL and not Path(TIMESTAMP_ROOTS).is_file():
    raise ImproperlyConfigured("ATTEST_TIMESTAMP_ROOTS must name a file with the authority's root certificates (PEM).")

# --- Mail ------------------------------------------------------------------------------------

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25" if PRODUCTION else "consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("ATTEST_FROM_EMAIL", default="attest@localhost")

# --- Security ----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60
if SECURE:
    SECURE_SSL_REDIRECT = env.bool("ATTEST_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# --- The ledger --------------------------------------------------------------------------------

LEDGER_SIGNING_KEY = env.str("ATTEST_LEDGER_SIGNING_KEY", default="")
if LEDGER_SIGNING_KEY and not re.fullmatch(r"[0-9a-f]{64}", LEDGER_SIGNING_KEY):
    raise ImproperlyConfigured("ATTEST_LEDGER_SIGNING_KEY must be an Ed25519 seed: 64 hexadecimal digits.")

# --- Background work, logs ---------------------------------------------------------------------

PROCRASTINATE_ON_APP_READY = None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": "config.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["without_secrets"]}},
    "loggers": {
        "django.request": {"filters": ["without_secrets"]},
        "django.server": {"filters": ["without_secrets"], "handlers": ["console"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["console"], "level": env.str("ATTEST_LOG_LEVEL", default="WARNING")},
}
