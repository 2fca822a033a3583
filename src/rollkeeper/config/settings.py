"""Django's settings, from the environment. Nothing here is meant to be edited."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from rollkeeper.config import databases, keyfiles
from rollkeeper.config.environment import LOOPBACK, Tls, read_environment

ENVIRONMENT = read_environment(os.environ)
HOME = ENVIRONMENT.home
BASE_URL = ENVIRONMENT.base_url
PROVIDERS = {"constant_contact": ENVIRONMENT.constant_contact}

# Reading the settings makes no files: `setup` has made the keys before.
SECRET_KEY_FILE = ENVIRONMENT.secret_key_file
SECRET_KEY = keyfiles.read_if_made(SECRET_KEY_FILE)
DATA_KEY_FILE = ENVIRONMENT.data_key_file

DEBUG = False
ALLOWED_HOSTS = sorted({ENVIRONMENT.host, "[::1]", *LOOPBACK})
ROOT_URLCONF = "rollkeeper.config.urls"
WSGI_APPLICATION = "rollkeeper.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
FORMAT_MODULE_PATH = ["rollkeeper.web.formats"]
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = ENVIRONMENT.secure

INSTALLED_APPS = [
    "rollkeeper.web",  # first, so that its templates win over those of the others
    "rollkeeper.directory",
    "rollkeeper.consent",
    "rollkeeper.connections",
    "rollkeeper.ledger",
    "rollkeeper.notices",
    "rollkeeper.audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "pgtrigger",
    "procrastinate.contrib.django",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "bootstrap",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # of pages and of what they load
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "rollkeeper.config.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rollkeeper.config.middleware.session_limits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rollkeeper.web.middleware.association_scope",
    "rollkeeper.web.patience.TooLong",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rollkeeper.web.staff.can",
            ]
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5-responsive.html"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

FILE_UPLOAD_HANDLERS = [
    "rollkeeper.web.receiving.AtMost",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

PAGE_STATEMENT_SECONDS = ENVIRONMENT.page_statement_seconds
DATABASES = {"default": databases.for_django(ENVIRONMENT)}
CACHES = {
    # In the database, so that the limits on signing in hold for all web processes.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}
PROCRASTINATE_IMPORT_PATHS = ["rollkeeper.jobs.tasks"]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
PASSWORD_RESET_TIMEOUT = int(timedelta(days=1).total_seconds())
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "rollkeeper.config.accounts.ClosedSignUp"
ACCOUNT_FORMS = {
    "reset_password": "rollkeeper.web.account_forms.AskForLink",
    "reset_password_from_key": "rollkeeper.web.account_forms.ChooseByLink",
    "change_password": "rollkeeper.web.account_forms.ChangePassword",
    "reauthenticate": "rollkeeper.web.account_forms.SayPassword",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nothing is mailed to strangers
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=10).total_seconds())
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
MFA_ADAPTER = "rollkeeper.config.accounts.TwoSteps"
MFA_FORMS = {
    "authenticate": "rollkeeper.web.account_forms.SecondStep",
    "reauthenticate": "rollkeeper.web.account_forms.SayCode",
    "activate_totp": "rollkeeper.web.account_forms.SetUpApp",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: who has an account was asked in
MFA_TOTP_ISSUER = "Rollkeeper"

SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_LONGEST = timedelta(days=7)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.secure
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())

EMAIL_FILE_PATH = HOME / "mail"
EMAIL_TIMEOUT = 20  # seconds
if MAIL := ENVIRONMENT.mail:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
    EMAIL_USE_TLS = MAIL.tls is Tls.STARTTLS
    EMAIL_USE_SSL = MAIL.tls is Tls.FROM_THE_START
    DEFAULT_FROM_EMAIL = MAIL.sender
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    DEFAULT_FROM_EMAIL = f"rollkeeper@{ENVIRONMENT.host}"

LOGGING_CONFIG = None  # logs.configure does it
