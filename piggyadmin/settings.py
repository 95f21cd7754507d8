"""Settings of piggyadmin, read from the environment (or `.env`); see `.env.example`.

Every value has a default with which a fresh clone runs on the embedded sandbox. Secrets may also
come from a file: `PIGGY_API_TOKEN_FILE=/run/secrets/piggy` instead of `PIGGY_API_TOKEN=…`.
A wrong value stops the start with a sentence that says which one and why.
"""

from datetime import date
from importlib.util import find_spec
from logging import getLevelNamesMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_language
from phonenumbers import SUPPORTED_REGIONS

from piggyadmin.environment import Environment, is_https_or_loopback, is_loopback, is_time_zone
from piggyadmin.private import make_private, private_folder

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
if (BASE_DIR / ".env").exists():
    env.read_file(BASE_DIR / ".env")

DATA_DIR = private_folder(Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))))


# --- Piggy -----------------------------------------------------------------------------------


def day(variable: str) -> date | None:
    """Read a date, if one is given."""
    text = env.str(variable, default="").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ImproperlyConfigured(f"{variable} must be YYYY-MM-DD, not {text!r}.") from None


PIGGY_API_TOKEN = env.str("PIGGY_API_TOKEN", default="").strip()
PIGGY_API_URL = env.str("PIGGY_API_URL", default="https://api.piggy.eu").rstrip("/")
if urlsplit(PIGGY_API_URL).scheme not in {"http", "https"} or not urlsplit(PIGGY_API_URL).hostname:
    raise ImproperlyConfigured(f"PIGGY_API_URL must be an http(s) address, not {PIGGY_API_URL!r}.")
if urlsplit(PIGGY_API_URL).scheme == "http" and not is_loopback(PIGGY_API_URL):
    raise ImproperlyConfigured("PIGGY_API_URL must be https: the token would travel in clear.")

# Without a token the console works on the sandbox embedded in this very process; with one for
# this machine PIGGY_SANDBOX says that a sandbox answers there. All else is a real account: also
# where PIGGY_SANDBOX=false says that its token is kept by the console itself.
PIGGY_SANDBOX_IS_CHOSEN = env.flag("PIGGY_SANDBOX", default=False)
PIGGY_TOKEN_IS_KEPT = not PIGGY_API_TOKEN and not env.flag("PIGGY_SANDBOX", default=True)
PIGGY_IS_REAL = PIGGY_TOKEN_IS_KEPT or (bool(PIGGY_API_TOKEN) and not PIGGY_SANDBOX_IS_CHOSEN)
PIGGY_IN_PROCESS_SANDBOX = not PIGGY_API_TOKEN and not PIGGY_TOKEN_IS_KEPT
# The client knows neither by itself: what makes an observer of its calls (None where none are
# kept), and what reaches the embedded sandbox.
PIGGY_OBSERVER = "piggyadmin.request_log.recorder.recorder_from_settings"
PIGGY_SANDBOX_ADAPTER = "piggyadmin.sandbox.transport.SandboxAdapter"
if PIGGY_IN_PROCESS_SANDBOX and env.str("PIGGY_API_URL", default=""):
    raise ImproperlyConfigured(
        f"Set PIGGY_API_TOKEN, or PIGGY_SANDBOX=false where the console keeps the token: without "
        f"either nothing is asked of {PIGGY_API_URL}. For the embedded sandbox unset PIGGY_API_URL."
    )
if PIGGY_API_TOKEN and not PIGGY_IS_REAL and not is_loopback(PIGGY_API_URL):
    raise ImproperlyConfigured(
        f"PIGGY_SANDBOX=true is for a sandbox on this machine, not for {PIGGY_API_URL}: "
        "unset it, or point PIGGY_API_URL at 127.0.0.1."
    )

PIGGY_CONNECT_TIMEOUT = env.float("PIGGY_CONNECT_TIMEOUT", default=3.05)  # seconds
PIGGY_READ_TIMEOUT = env.float("PIGGY_READ_TIMEOUT", default=30.0)  # seconds
# Calls per second that one account may make over all processes; 0 means no limit, which is the
# default only towards a sandbox on this machine, which needs no protection.
PIGGY_CALLS_PER_SECOND = env.float("PIGGY_CALLS_PER_SECOND", default=5.0 if PIGGY_IS_REAL else 0.0)
PIGGY_CALLS_BURST = env.count("PIGGY_CALLS_BURST", default=20)
# What one call learns of Piggy (too many calls, maintenance, a refused token, no answers) holds for
# all processes; off, each call finds out for itself.
PIGGY_CIRCUIT_BREAKER = env.flag("PIGGY_CIRCUIT_BREAKER", default=True)
# The last day of the token (YYYY-MM-DD), announced to admins two weeks ahead; it can also be
# entered at /settings/token/.
PIGGY_TOKEN_EXPIRES = day("PIGGY_TOKEN_EXPIRES")
# Threads of one process of the web server; so many fewer may wait for Piggy that others can work.
WEB_THREADS = env.count("THREADS", default=16, least=1)
# Days for which every call to Piggy is kept at /requests/; 0 keeps none.
REQUEST_LOG_DAYS = env.count("REQUEST_LOG_DAYS", default=30)
# Seconds for which shops, units, promotions and the like are remembered for forms.
PIGGY_REFERENCE_SECONDS = env.count("PIGGY_REFERENCE_SECONDS", default=60)

# Whether what this console makes at Piggy carries the key of its entry in the ledger, by which it
# is found when the answer gets lost.
PIGGY_OWN_REFERENCE = env.flag("PIGGY_OWN_REFERENCE", default=True)
# For so long, in seconds, after an answer was lost Piggy may still carry the request out: only then
# does it prove anything that nothing is there.
PIGGY_LATE_SECONDS = env.float("PIGGY_LATE_SECONDS", default=300.0)

# Days for which it is kept what Piggy told by webhooks; what it said of people only until that is
# worked through, where anything is made of it. 0 keeps it until the next hour.
WEBHOOK_DAYS = env.count("WEBHOOK_DAYS", default=30)

PIGGY_SANDBOX_TOKEN = env.str("PIGGY_SANDBOX_TOKEN", default="sandbox")


# --- The ledger ------------------------------------------------------------------------------

# Days for which snapshots of contacts are kept beside the ledger; 0 keeps them for ever.
LEDGER_SNAPSHOT_DAYS = env.count("LEDGER_SNAPSHOT_DAYS", default=365)
# Days for which it is kept who looked at whom; 0 keeps it for ever.
LOOK_UP_DAYS = env.count("LOOK_UP_DAYS", default=365)
# For so long, in seconds, workers ask Piggy what became of something; then a person has to look.
LEDGER_FOLLOW_SECONDS = env.count("LEDGER_FOLLOW_SECONDS", default=24 * 60 * 60)
# With a key, a day's last place of the chain is sealed, written to a file and sent elsewhere.
LEDGER_SEAL_KEY = env.str("LEDGER_SEAL_KEY", default="").strip()
LEDGER_SEAL_KEY_FALLBACKS = env.list("LEDGER_SEAL_KEY_FALLBACKS", default=[])
LEDGER_SEALS = Path(env.str("LEDGER_SEALS", default=str(DATA_DIR / "ledger-seals.jsonl")))
LEDGER_SEAL_WEBHOOK = env.str("LEDGER_SEAL_WEBHOOK", default="")
if LEDGER_SEAL_WEBHOOK and not is_https_or_loopback(LEDGER_SEAL_WEBHOOK):
    raise ImproperlyConfigured("LEDGER_SEAL_WEBHOOK must be an https address.")
LEDGER_SEAL_MAIL = env.list("LEDGER_SEAL_MAIL", default=[])
# Whether what cannot be undone needs a second admin, and so does giving a contact more credits than
# this within a day, whoever gives them, or that many in codes or lists of one's own; 0 means never.
FOUR_EYES = env.flag("FOUR_EYES", default=False)
FOUR_EYES_CREDITS_ABOVE = env.count("FOUR_EYES_CREDITS_ABOVE", default=0)
# Nobody is a second person whose account was made or changed (password, role, e-mail) by the first
# one so many days before, nor the other way round; 0 lets everybody be.
FOUR_EYES_INDEPENDENT_DAYS = env.count("FOUR_EYES_INDEPENDENT_DAYS", default=7)
# Above how many credits giving needs a yes; 0 means ten times what the ledger says is usual.
CREDITS_UNUSUAL_ABOVE = env.count("CREDITS_UNUSUAL_ABOVE", default=0)
# The usual reason of an action, by its slug: chosen already in its form, and marked there.
USUAL_REASONS = env.dict("USUAL_REASONS", default={})


# --- Bookings --------------------------------------------------------------------------------

# Days for which a booking is kept after it began, or where nobody knows when, after anything was
# last learned of it; 0 keeps it for ever.
BOOKING_KEEP_DAYS = env.count("BOOKING_KEEP_DAYS", default=365)


# --- Bulk runs -------------------------------------------------------------------------------

# Days for which the rows of lists are kept, after their run; what was done stands in the ledger.
BULK_KEEP_DAYS = env.count("BULK_KEEP_DAYS", default=30)


# --- Duplicates ------------------------------------------------------------------------------

# Off, no mirror of the contacts is kept, and what there was of it is removed.
DUPLICATES = env.flag("DUPLICATES", default=True)
# How often all contacts are read again; 0 means only when somebody asks for it.
DUPLICATES_SWEEP_HOURS = env.float("DUPLICATES_SWEEP_HOURS", default=24.0)


# --- Django ----------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
HTTPS = env.flag("HTTPS", default=PIGGY_IS_REAL)
BEHIND_PROXY = env.flag("BEHIND_PROXY", default=False)
WEB_CONCURRENCY = env.count("WEB_CONCURRENCY", default=1, least=1)


def secret_key() -> str:
    """Give the signing key: from the environment, or on a sandbox one made at the first start."""
    if key := env.str("SECRET_KEY", default=""):
        return str(key)
    if PIGGY_IS_REAL:
        raise ImproperlyConfigured("Set SECRET_KEY: with a real Piggy account it must be yours.")
    path = DATA_DIR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text()


SECRET_KEY = secret_key()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Seals what is secret or personal in the database; without it the key follows from SECRET_KEY.
DATA_KEY = env.str("DATA_KEY", default="").strip()
DATA_KEY_FALLBACKS = env.list("DATA_KEY_FALLBACKS", default=[])


def sandbox_hosts() -> list[str]:
    """Give the names under which a console on a sandbox can be reached without further ado."""
    host = env.str("HOST", default="")
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (asked for by whoever starts it)
        return ["*"]
    return ["localhost", "127.0.0.1", "[::1]", *([host] if host else [])]


ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PIGGY_IS_REAL else sandbox_hosts())
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "piggyadmin.accounts",
    "piggyadmin.factors",
    "piggyadmin.actions",
    "piggyadmin.ledger",
    "piggyadmin.desk",
    "piggyadmin.people",
    "piggyadmin.preferences",
    "piggyadmin.saved_views",
    "piggyadmin.setup",
    "piggyadmin.help",
    "piggyadmin.api",
    "piggyadmin.automations",
    "piggyadmin.brand_kit",
    "piggyadmin.duplicates",
    "piggyadmin.contacts",
    "piggyadmin.custom_attributes",
    "piggyadmin.access_requests",
    "piggyadmin.notes",
    "piggyadmin.vouchers",
    "piggyadmin.credits",
    "piggyadmin.prepaid",
    "piggyadmin.rewards",
    "piggyadmin.visits",
    "piggyadmin.referrals",
    "piggyadmin.bookings",
    "piggyadmin.bulk",
    "piggyadmin.voucher_mails",
    "piggyadmin.giftcards",
    "piggyadmin.loyalty_tokens",
    "piggyadmin.orders",
    "piggyadmin.shifts",
    "piggyadmin.perks",
    "piggyadmin.portal",
    "piggyadmin.products",
    "piggyadmin.piggy_forms",
    "piggyadmin.shops",
    "piggyadmin.metrics",
    "piggyadmin.webhooks",
    "piggyadmin.piggy",
    "piggyadmin.tasks",
    "piggyadmin.request_log",
    "piggyadmin.status",
    "piggyadmin.ui",
    # The sandbox does not even exist in a console that works on a real account.
    *([] if PIGGY_IS_REAL else ["piggyadmin.sandbox"]),
    "piggyadmin.accounts.apps.ConsoleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_tasks_db",
]

MIDDLEWARE = [
    "piggyadmin.ui.middleware.TraceMiddleware",
    "piggyadmin.request_log.middleware.ActorMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before the files, so that these have it too.
    "csp.middleware.CSPMiddleware",
    "piggyadmin.ui.middleware.MethodMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "piggyadmin.ui.middleware.BodyLimitMiddleware",
    "piggyadmin.accounts.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "piggyadmin.urls"
WSGI_APPLICATION = "piggyadmin.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "piggyadmin.accounts.templatetags.owned_forms",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "piggyadmin.desk.context_processors.layout",
            ],
        },
    },
]
FORM_RENDERER = "piggyadmin.ui.forms.Renderer"


# --- Databases and cache ---------------------------------------------------------------------


def database(variable: str, default: str, *, synchronous: str) -> dict[str, Any]:
    """Read one database; SQLite is set up for many readers beside one waiting writer.

    With `synchronous` FULL what is committed is on the disk, with NORMAL it may be lost when the
    power fails.
    """
    options = "timeout=20&transaction_mode=IMMEDIATE"
    config = env.database(variable, default=f"sqlite:///{DATA_DIR / default}?{options}")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        pragmas = {
            "journal_mode": "WAL",
            "synchronous": synchronous,
            "recursive_triggers": "ON",
            # What a step of a sweep touches in a large mirror is larger than SQLite's usual 2 MB of
            # memory and 4 MB of log, and would be written several times.
            "cache_size": "-16000",  # kilobytes, of each connection
            "wal_autocheckpoint": "16000",  # pages of 4 kB
        }
        commands = "; ".join(f"PRAGMA {name}={value}" for name, value in pragmas.items())
        config.setdefault("OPTIONS", {}).setdefault("init_command", commands)
    # Opening SQLite with its pragmas takes longer than most pages' queries.
    config.setdefault("CONN_MAX_AGE", 600)  # seconds
    config["CONN_HEALTH_CHECKS"] = True
    return config


# The ledger's intent has to be on the disk before a request leaves.
DATABASES = {"default": database("DATABASE_URL", "piggyadmin.sqlite3", synchronous="FULL")}
if not PIGGY_IS_REAL:
    # Its own database, so that the whole pretended Piggy can be thrown away.
    DATABASES["sandbox"] = database("SANDBOX_DATABASE_URL", "sandbox.sqlite3", synchronous="NORMAL")
DATABASE_ROUTERS = ["piggyadmin.routers.SandboxRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

for each in DATABASES.values():
    make_private(each)
# Where `manage.py backup` puts its files, and `doctor` looks how old the newest is.
BACKUP_DIR = Path(env.str("BACKUP_DIR", default=str(DATA_DIR / "backups")))

# A help that is gone without while it is away: `piggyadmin/redis_pool.py`.
REDIS_URL = env.str("REDIS_URL", default="")
REDIS_TIMEOUT = env.float("REDIS_TIMEOUT", default=0.3)  # seconds
CACHES = {
    "default": (
        {
            "BACKEND": "piggyadmin.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"pool_class": "piggyadmin.redis_pool.BriefPool"},
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}


# --- Work in the background ------------------------------------------------------------------

# What carries work to the workers: the database, or Redis ("rq"). What is to be done stands in the
# database in either case.
TASKS_BACKEND = env.choice("TASKS_BACKEND", ("database", "rq"), default="database")
if TASKS_BACKEND == "rq":
    if not REDIS_URL:
        raise ImproperlyConfigured("TASKS_BACKEND=rq needs REDIS_URL.")
    INSTALLED_APPS.append("django_rq")
    _timeouts = f"socket_timeout={REDIS_TIMEOUT}&socket_connect_timeout={REDIS_TIMEOUT}"
    RQ_QUEUES = {
        "piggyadmin": {
            "URL": f"{REDIS_URL}{'&' if '?' in REDIS_URL else '?'}{_timeouts}",
            "SERIALIZER": "rq.serializers.JSONSerializer",
        },
    }
    RQ_SHOW_ADMIN_LINK = False
_TASK_BACKENDS = {
    "database": "django_tasks_db.DatabaseBackend",
    "rq": "django_tasks_rq.RQBackend",
}
TASKS = {"default": {"BACKEND": _TASK_BACKENDS[TASKS_BACKEND], "QUEUES": ["piggyadmin"]}}
# How long work belongs to a worker that gives no sign of life, and when it counts as stuck.
TASKS_LEASE_SECONDS = env.float("TASKS_LEASE_SECONDS", default=30.0)
TASKS_STUCK_SECONDS = env.float("TASKS_STUCK_SECONDS", default=1800.0)
# How often an idle worker looks for work; the first pause after a failure, doubled each time.
TASKS_POLL_SECONDS = env.float("TASKS_POLL_SECONDS", default=1.0)
TASKS_BACKOFF_SECONDS = env.float("TASKS_BACKOFF_SECONDS", default=5.0)
TASKS_KEEP_DAYS = env.count("TASKS_KEEP_DAYS", default=30)  # finished work on the page of tasks
WORKER_THREADS = env.count("WORKER_THREADS", default=4, least=1)
WORKER_GRACE_SECONDS = env.float("WORKER_GRACE_SECONDS", default=40.0)  # as long as a call to Piggy


# --- People ----------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
# Says at the start how the first person gets in.
SETUP_WORDS = "piggyadmin.setup.codes.first_words"
ACCOUNT_ADAPTER = "piggyadmin.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "piggyadmin.accounts.forms.SignInForm",
    "change_password": "piggyadmin.accounts.forms.ChangePasswordForm",
}
# allauth would count in the cache, which not all processes share: see `accounts.throttling`.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# Signing in by a service of one's own (OpenID Connect); /accounts/oidc/callback/ is led back to.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("OIDC_NAME", default="OpenID Connect")  # as the button calls it
OIDC_SCOPES = env.list("OIDC_SCOPES", default=["openid", "profile", "email"])
# The claim that names somebody's groups there, and which role each of them is here.
OIDC_ROLES_CLAIM = env.str("OIDC_ROLES_CLAIM", default="groups")
OIDC_ROLES = env.dict("OIDC_ROLES", default={})
# Without it, only superusers sign in with a password.
PASSWORD_SIGN_IN = env.flag("PASSWORD_SIGN_IN", default=True)
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET and OIDC_ROLES):
    raise ImproperlyConfigured(
        "OIDC_ISSUER needs OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and OIDC_ROLES."
    )
if PIGGY_IS_REAL and OIDC_ISSUER and not OIDC_ISSUER.startswith("https://"):
    raise ImproperlyConfigured("OIDC_ISSUER must be https: who somebody is would travel in clear.")
if not (PASSWORD_SIGN_IN or OIDC_ISSUER):
    raise ImproperlyConfigured("Without PASSWORD_SIGN_IN, OIDC_ISSUER has to say how else.")
# What else is asked for while signing in: an app that shows codes, or a passkey.
MFA_ADAPTER = "piggyadmin.factors.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # steps of half a minute by which a device's clock may differ
# The roles whose people need it (others can be chosen at /settings/roles/), and for how many days
# after they were first told they can still do without.
SECOND_FACTOR_ROLES = env.list("SECOND_FACTOR_ROLES", default=["Admin"] if PIGGY_IS_REAL else [])
SECOND_FACTOR_GRACE_DAYS = env.count("SECOND_FACTOR_GRACE_DAYS", default=14)
# Whoever does what cannot be undone has proved within so many minutes that it is them; 0 means that
# nobody is asked.
FRESH_PROOF_MINUTES = env.count("FRESH_PROOF_MINUTES", default=30 if PIGGY_IS_REAL else 0)
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "piggyadmin.accounts.passwords.DressedUpPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Where it is asked whether a password has become known elsewhere; empty asks nobody.
BREACHED_PASSWORDS_URL = env.str(
    "BREACHED_PASSWORDS_URL",
    default="https://api.pwnedpasswords.com/range/" if PIGGY_IS_REAL else "",
)
if BREACHED_PASSWORDS_URL:
    if not is_https_or_loopback(BREACHED_PASSWORDS_URL):
        raise ImproperlyConfigured("BREACHED_PASSWORDS_URL must be an https address.")
    AUTH_PASSWORD_VALIDATORS.append(
        {"NAME": "piggyadmin.accounts.breaches.BreachedPasswordValidator"}
    )


# --- Mail ------------------------------------------------------------------------------------

# Where mail is handed over, as smtp+tls://user:password@host:587; without it none is sent.
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update(env.mail_server("EMAIL_URL"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default="piggyadmin@localhost")
EMAIL_TIMEOUT = 10  # seconds
if LEDGER_SEAL_MAIL and not EMAIL_URL:
    raise ImproperlyConfigured("LEDGER_SEAL_MAIL needs EMAIL_URL: nobody is there to send mail.")


# --- Language, time and static files ---------------------------------------------------------

LOCALE_PATHS = [BASE_DIR / "locale"]
# English, in which all is written, and every language that has a folder of its own; Django knows
# what they are called in each other.
LANGUAGES = [
    (code, _(LANG_INFO[code]["name"]))
    for code in ("en", *sorted(to_language(path.name) for path in LOCALE_PATHS[0].glob("*/")))
]
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", [code for code, _name in LANGUAGES], default="en")
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Amsterdam")
if not is_time_zone(TIME_ZONE):
    raise ImproperlyConfigured(f"TIME_ZONE must be such as Europe/Amsterdam, not {TIME_ZONE!r}.")
# Whose telephone numbers are written without a country (two letters, as in ISO 3166).
DEFAULT_COUNTRY = env.str("DEFAULT_COUNTRY", default="NL").upper()
if DEFAULT_COUNTRY not in SUPPORTED_REGIONS:
    raise ImproperlyConfigured(
        f"DEFAULT_COUNTRY must be two letters as in ISO 3166, not {DEFAULT_COUNTRY!r}."
    )
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs them
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["map", "png", "woff2", "gz", "br", "jpg", "webp"]


# --- Safety ----------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# Browsers take a cookie of such a name only from this very host, over TLS and for all its paths.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
MESSAGE_STORAGE = "piggyadmin.ui.messages.MessageStorage"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "piggyadmin.accounts.sessions"
SESSION_COOKIE_AGE = env.count("SESSION_COOKIE_AGE", default=12 * 60 * 60)  # seconds: a long day
SESSION_IDLE_SECONDS = env.count("SESSION_IDLE_SECONDS", default=2 * 60 * 60)
# The same where people change places with a PIN, which locks itself.
TILL_IDLE_SECONDS = env.count("TILL_IDLE_SECONDS", default=5 * 60)
SECURE_SSL_REDIRECT = HTTPS
# Programs are led nowhere: what they went on sending in clear would never be noticed.
SECURE_REDIRECT_EXEMPT = [
    *(r"^healthz$", r"^readyz$", r"^metrics$"),
    *(r"^api/(?!docs/)", r"^webhooks/piggy/$"),
]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies in a row append to X-Forwarded-For whom they heard from.
TRUSTED_PROXIES = env.count("TRUSTED_PROXIES", default=1 if BEHIND_PROXY else 0)
X_FRAME_OPTIONS = "DENY"
# The console needs nothing of a device but its clipboard, to copy codes into.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera"),
        *("clipboard-read", "display-capture", "fullscreen", "geolocation", "gyroscope", "hid"),
        *("idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
        *("picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
    )
}
CSRF_FAILURE_VIEW = "piggyadmin.accounts.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes
# Where files are uploaded: who may, and how large they may be, with what is around them.
UPLOAD_MAX_SIZES = {"/bulk/": ("actions.run_in_bulk", 51 * 1024 * 1024)}
# What somebody may send who has not signed in: more than the form that a session ended upon.
ANONYMOUS_UPLOAD_MAX_SIZE = 64 * 1024  # bytes

# Whether calls are counted and told at /metrics: to whoever has the token or, without one, to this
# very machine alone.
METRICS = env.flag("METRICS", default=True)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="").strip()

# With a DSN crashes are reported to Sentry: where in the code, and nothing of anybody.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production")
SENTRY_RELEASE = env.str("SENTRY_RELEASE", default="")

# Where spans are sent, by OTLP over HTTP; needs the packages of requirements-tracing.txt.
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="").rstrip("/")
OTEL_SERVICE_NAME = env.str("OTEL_SERVICE_NAME", default="piggyadmin")
if OTEL_EXPORTER_OTLP_ENDPOINT:
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.exporter") is None:
        raise ImproperlyConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT needs the packages of requirements-tracing.txt."
        )
    MIDDLEWARE.insert(1, "piggyadmin.tracing.SpanMiddleware")

LOG_LEVEL = env.choice("LOG_LEVEL", tuple(getLevelNamesMapping()), default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "piggyadmin.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own handlers would print tracebacks with request data, so there is one for all.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # It would log addresses with their queries, in which people's e-mail addresses stand.
        "urllib3": {"level": "WARNING"},
        # A line for every look would drown the others.
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        "rq": {"level": "WARNING"},
    },
}
