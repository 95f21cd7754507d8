"""Settings of the sandbox served alone: the console's, reduced to what a pretended Piggy needs."""

from django.core.exceptions import ImproperlyConfigured

from piggyadmin import settings as console

if console.PIGGY_IS_REAL:
    raise ImproperlyConfigured(
        "PIGGY_API_TOKEN is set for a real account, so the sandbox is not served here. "
        "Unset it, or start the sandbox where it is not set."
    )

SANDBOX_STANDS_ALONE = True
PIGGY_SANDBOX_TOKEN = console.PIGGY_SANDBOX_TOKEN

DEBUG = console.DEBUG
SECRET_KEY = console.SECRET_KEY
ALLOWED_HOSTS = console.ALLOWED_HOSTS
ROOT_URLCONF = "piggyadmin.sandbox.standalone_urls"
INSTALLED_APPS = [
    "piggyadmin.sandbox",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [console.BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# Connections are kept: a request is answered in less time than it takes to open one.
DATABASES = {
    "default": {},
    "sandbox": {**console.DATABASES["sandbox"], "CONN_MAX_AGE": None},
}
DATABASE_ROUTERS = console.DATABASE_ROUTERS
DEFAULT_AUTO_FIELD = console.DEFAULT_AUTO_FIELD

LANGUAGE_CODE = console.LANGUAGE_CODE
LANGUAGES = console.LANGUAGES
LOCALE_PATHS = console.LOCALE_PATHS
TIME_ZONE = console.TIME_ZONE
USE_TZ = True

# Static files are served from where they lie, so nothing needs to be collected.
STATIC_URL = "/static/"
STATICFILES_DIRS = console.STATICFILES_DIRS
WHITENOISE_USE_FINDERS = True

CONTENT_SECURITY_POLICY = console.CONTENT_SECURITY_POLICY
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "piggyadmin.sandbox.standalone_errors.csrf_failure"
LOGGING = console.LOGGING
