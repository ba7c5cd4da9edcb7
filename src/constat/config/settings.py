"""Settings of a Constat node. Reading the environment is all that happens here; constants of one app live in that app.

A node lives in one folder, CONSTAT_HOME: database, keys, received files, logs.

  CONSTAT_HOME       the node's folder (default: .constat below the current folder)
  DATABASE_URL       postgresql://user:password@host:port/name (default: SQLite inside CONSTAT_HOME)
  CONSTAT_HOSTS      host names the node answers to, comma separated (default: 127.0.0.1,localhost,[::1])
  CONSTAT_HTTPS      1 when the node is reached over TLS: secure cookies with the __Host- prefix, HSTS
  CONSTAT_DEBUG      1 for developers only; refuses to start with CONSTAT_HTTPS
"""

import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured


def envbool(name: str) -> bool:
    value = os.environ.get(name, "0").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")


def envlist(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("CONSTAT_HOME", ".constat")).resolve()
KEYS = HOME / "keys"
DEBUG = envbool("CONSTAT_DEBUG")
HTTPS = envbool("CONSTAT_HTTPS")
TESTING = "pytest" in sys.modules
if DEBUG and HTTPS:
    raise ImproperlyConfigured(
        "CONSTAT_DEBUG and CONSTAT_HTTPS exclude each other: debug pages show what they must not"
    )


def keyfile(name: str) -> str:
    """A secret written by `constat init`. Without it nothing is signed with a guessable key: the node does not start."""
    path = KEYS / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


SECRET_KEY = keyfile("session.key") or ("for developers only, never signs anything real" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        f"There is no node in {HOME}. Run `constat init`, or set CONSTAT_HOME to the node's folder."
    )

ALLOWED_HOSTS = envlist("CONSTAT_HOSTS", "127.0.0.1,localhost,[::1]")
ROOT_URLCONF = "constat.config.urls"
WSGI_APPLICATION = "constat.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.Person"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "constat.config",
    "constat.ui",
    "constat.apps.access",
    "constat.apps.register",
    "constat.apps.operations",
    "constat.apps.evidence",
    "constat.apps.reports",
    "constat.apps.incidents",
    "constat.apps.inquiries",
    "constat.apps.amends",
    "constat.apps.responses",
    "constat.apps.referrals",
    "constat.apps.publication",
    "constat.apps.desk",
    "constat.integrations.spreadsheet",
    "constat.integrations.ucdp",
    "constat.integrations.gazetteers",
    "constat.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "constat.apps.access.middleware.LanguageMiddleware",
    "constat.config.middleware.BodyLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "constat.apps.access.middleware.ViewerMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "constat.config.context.shell",
            ],
        },
    }
]


def database() -> dict[str, object]:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "constat.sqlite3",
            "OPTIONS": {
                # WAL so that readers never wait for the writer; FULL so that an acknowledged report survives a
                # power cut (NORMAL would lose the last commits); IMMEDIATE so that two writers queue, not fail.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    " PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
                ),
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// (leave it empty for SQLite)")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database()}

# People sign in with a name, a password and the second factor they set up (offered to all, demanded of nobody yet: see
# SECURITY.md). Nobody signs up.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["constat.apps.access.passwords.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "constat.apps.access.signin.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "constat.apps.access.signin.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Constat"
MFA_TOTP_TOLERANCE = 1  # half a minute either way: clocks of field telephones drift
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "constat.apps.access.signin.SecondFactorForm",
    "reauthenticate": "constat.apps.access.signin.FreshFactorForm",
}
# Passkeys work over https and on http://localhost; an assertion made for any other origin is refused.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = False
LOGIN_URL = "/connexion/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/connexion/"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English"), ("ar", "العربية")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("CONSTAT_TIME_ZONE", "UTC")

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "evidence"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedStaticFilesStorage"
    },
}
# What evidence may hang on is named where every app is known; evidence itself comes early in a case and knows none.
EVIDENCE_SUBJECTS = "constat.config.subjects.doors"
EVIDENCE_MAX = int(os.environ.get("CONSTAT_EVIDENCE_MAX", str(2 * 1024**3)))  # bytes of one file

WHITENOISE_USE_FINDERS = True
# .mjs is not in every system's table of types, and a module served as text/plain is refused by the browser.
WHITENOISE_MIMETYPES = {".mjs": "text/javascript", ".woff2": "font/woff2", ".geojson": "application/geo+json"}

# Uploads: a spreadsheet of a year of reports fits; more is refused with a sentence (apps/reports/files.py).
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Not "no-referrer": browsers then send "Origin: null" with every form, and the CSRF check refuses them all.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Not in a cookie, as Django would: a sentence with a code or a colleague's name would stay in the browser.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# 15 minutes idle is checked by the middleware; 8 hours is the most a session lasts.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "constat.ui.errors.stale_form"
if HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Tries are counted by the address our own proxy saw. Its own address would be everybody's: anybody outside could
    # then keep the whole cell from signing in.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Request bodies, names and addresses never reach a log line: only level, logger and message template do.
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
