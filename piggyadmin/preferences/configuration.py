"""How the console is set, in plain words: what `.env.example` lists, never a secret."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from piggyadmin.accounts.roles import role_label
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.expiry import token_expires_on
from piggyadmin.ui.templatetags.ui import local, number


class ConfiguredValue(NamedTuple):
    """One thing that is set: what it is, how it is, and the variable that changes it."""

    label: str
    value: str
    variable: str


class ConfigurationGroup(NamedTuple):
    """What belongs together, and where one sees how it goes."""

    label: str
    values: tuple[ConfiguredValue, ...]
    place_label: str
    place: str


def configuration() -> Iterator[ConfigurationGroup]:
    """Tell how the console is set."""
    yield ConfigurationGroup(
        _("Account at Piggy"), tuple(_account()), _("The token's last day"), "/settings/token/"
    )
    yield ConfigurationGroup(_("Safety"), tuple(_safety()), _("Approvals"), "/ledger/approvals/")
    yield ConfigurationGroup(
        _("Duplicates"), tuple(_duplicates()), _("Mirror"), "/duplicates/mirror/"
    )
    yield ConfigurationGroup(_("What is kept"), tuple(_kept()), _("Ledger"), "/ledger/")
    yield ConfigurationGroup(_("Calls to Piggy"), tuple(_calls()), _("Requests"), "/requests/")
    yield ConfigurationGroup(_("Signing in"), tuple(_sign_in()), _("People"), "/people/")
    yield ConfigurationGroup(
        _("Work in the background"), tuple(_workers()), _("Background work"), "/tasks/"
    )
    yield ConfigurationGroup(
        _("Watching over it"), tuple(_watching()), _("How the console is"), "/settings/health/"
    )
    yield ConfigurationGroup(
        _("Language and time"), tuple(_language_and_time()), _("Your own language"), "/settings/"
    )


def yes_or_no(is_on: object) -> str:
    """Say whether something is on."""
    return _("yes") if is_on else _("no")


def seconds(value: float) -> str:
    """Say how long something takes, in the unit that fits."""
    if value < 60:  # noqa: PLR2004  (a minute)
        text = number(int(value) if value == int(value) else value)
        return ngettext("%(count)s second", "%(count)s seconds", round(value)) % {"count": text}
    now = timezone.now()
    return timesince(now - timedelta(seconds=value), now).replace("\xa0", " ")


def days(value: int, otherwise: str) -> str:
    """Say for how many days; 0 means something else."""
    words = ngettext("%(count)s day", "%(count)s days", value) % {"count": number(value)}
    return words if value else otherwise


def _account() -> Iterator[ConfiguredValue]:
    kinds = _("a real account") if settings.PIGGY_IS_REAL else _("the sandbox")
    yield ConfiguredValue(_("This console works on"), kinds, "PIGGY_API_TOKEN")
    if not settings.PIGGY_IN_PROCESS_SANDBOX:
        host = urlsplit(settings.PIGGY_API_URL).netloc
        yield ConfiguredValue(_("Reached at"), host, "PIGGY_API_URL")
        last_day = token_expires_on(piggy_client().account)
        value = local(last_day) if last_day else _("not known")
        yield ConfiguredValue(_("The token's last day"), value, "PIGGY_TOKEN_EXPIRES")
    value = yes_or_no(settings.PIGGY_OWN_REFERENCE)
    yield ConfiguredValue(
        _("What is made at Piggy carries the ledger's key"), value, "PIGGY_OWN_REFERENCE"
    )


def _safety() -> Iterator[ConfiguredValue]:
    yield ConfiguredValue(
        _("What cannot be undone needs a second person"),
        yes_or_no(settings.FOUR_EYES),
        "FOUR_EYES",
    )
    above = settings.FOUR_EYES_CREDITS_ABOVE
    value = number(above) if above else _("never")
    label = _("So does giving a customer, or in codes and lists, more credits a day than")
    yield ConfiguredValue(label, value, "FOUR_EYES_CREDITS_ABOVE")
    value = days(settings.FOUR_EYES_INDEPENDENT_DAYS, _("always"))
    label = _("Whoever changed an account may not approve for it, for")
    if not settings.FOUR_EYES_INDEPENDENT_DAYS:
        label = _("Whoever changed an account may approve for it")
    yield ConfiguredValue(label, value, "FOUR_EYES_INDEPENDENT_DAYS")
    above = settings.CREDITS_UNUSUAL_ABOVE
    value = number(above) if above else _("ten times the usual")
    yield ConfiguredValue(
        _("Giving asks once more above so many credits"), value, "CREDITS_UNUSUAL_ABOVE"
    )
    value = yes_or_no(settings.LEDGER_SEAL_KEY)
    yield ConfiguredValue(_("The ledger's end is sealed every day"), value, "LEDGER_SEAL_KEY")


def _duplicates() -> Iterator[ConfiguredValue]:
    value = yes_or_no(settings.DUPLICATES)
    yield ConfiguredValue(_("Duplicates are looked for"), value, "DUPLICATES")
    if settings.DUPLICATES:
        hours = settings.DUPLICATES_SWEEP_HOURS
        value = seconds(hours * 60 * 60) if hours else _("only when somebody asks for it")
        yield ConfiguredValue(_("All customers are read every"), value, "DUPLICATES_SWEEP_HOURS")


def _kept() -> Iterator[ConfiguredValue]:
    yield ConfiguredValue(_("Entries of the ledger"), _("for ever"), "")
    value = days(settings.LEDGER_SNAPSHOT_DAYS, _("for ever"))
    label = _("What customers looked like, beside the ledger")
    yield ConfiguredValue(label, value, "LEDGER_SNAPSHOT_DAYS")
    value = days(settings.LOOK_UP_DAYS, _("for ever"))
    yield ConfiguredValue(_("Who looked at whom"), value, "LOOK_UP_DAYS")
    value = days(settings.BOOKING_KEEP_DAYS, _("for ever"))
    yield ConfiguredValue(_("Bookings, after they began"), value, "BOOKING_KEEP_DAYS")
    value = days(settings.REQUEST_LOG_DAYS, _("not at all"))
    yield ConfiguredValue(_("Calls to Piggy, with their bodies"), value, "REQUEST_LOG_DAYS")
    value = days(settings.WEBHOOK_DAYS, _("not at all"))
    yield ConfiguredValue(_("What Piggy told by webhooks"), value, "WEBHOOK_DAYS")
    value = days(settings.BULK_KEEP_DAYS, _("not at all"))
    yield ConfiguredValue(_("Rows of lists, after their run"), value, "BULK_KEEP_DAYS")
    value = days(settings.TASKS_KEEP_DAYS, _("not at all"))
    yield ConfiguredValue(_("Finished work in the background"), value, "TASKS_KEEP_DAYS")


def _calls() -> Iterator[ConfiguredValue]:
    rate = settings.PIGGY_CALLS_PER_SECOND
    value = number(rate) if rate else _("no limit")
    yield ConfiguredValue(_("Calls a second at most"), value, "PIGGY_CALLS_PER_SECOND")
    if rate:
        value = number(settings.PIGGY_CALLS_BURST)
        yield ConfiguredValue(_("So many at once"), value, "PIGGY_CALLS_BURST")
    value = seconds(settings.PIGGY_READ_TIMEOUT)
    yield ConfiguredValue(_("An answer is waited for"), value, "PIGGY_READ_TIMEOUT")
    value = seconds(settings.LEDGER_FOLLOW_SECONDS)
    label = _("What became of a lost answer is looked for")
    yield ConfiguredValue(label, value, "LEDGER_FOLLOW_SECONDS")
    value = seconds(settings.PIGGY_REFERENCE_SECONDS)
    label = _("Shops, units and promotions are remembered for")
    yield ConfiguredValue(label, value, "PIGGY_REFERENCE_SECONDS")


def _sign_in() -> Iterator[ConfiguredValue]:
    value = seconds(settings.SESSION_IDLE_SECONDS)
    label = _("Somebody who does nothing is signed out after")
    yield ConfiguredValue(label, value, "SESSION_IDLE_SECONDS")
    value = seconds(settings.TILL_IDLE_SECONDS)
    label = _("A browser of people with a PIN locks itself after")
    yield ConfiguredValue(label, value, "TILL_IDLE_SECONDS")
    value = seconds(settings.SESSION_COOKIE_AGE)
    yield ConfiguredValue(_("Everybody is signed out after"), value, "SESSION_COOKIE_AGE")
    named = ", ".join(map(role_label, settings.SECOND_FACTOR_ROLES)) or _("none")
    label = _("Roles that need a second factor, beside those chosen at Roles")
    yield ConfiguredValue(label, named, "SECOND_FACTOR_ROLES")
    value = days(settings.SECOND_FACTOR_GRACE_DAYS, _("not at all"))
    label = _("Whoever needs a second factor can do without it for")
    yield ConfiguredValue(label, value, "SECOND_FACTOR_GRACE_DAYS")
    minutes = settings.FRESH_PROOF_MINUTES
    value = seconds(minutes * 60) if minutes else _("however long ago")
    label = _("For what cannot be undone, people have shown that it is them within")
    yield ConfiguredValue(label, value, "FRESH_PROOF_MINUTES")
    yield ConfiguredValue(_("Pages are served by https alone"), yes_or_no(settings.HTTPS), "HTTPS")


def _workers() -> Iterator[ConfiguredValue]:
    kind = "Redis" if settings.TASKS_BACKEND == "rq" else _("the database")
    yield ConfiguredValue(_("Workers are called by"), kind, "TASKS_BACKEND")
    value = number(settings.WORKER_THREADS)
    yield ConfiguredValue(_("One worker does so much at a time"), value, "WORKER_THREADS")
    value = yes_or_no(settings.REDIS_URL)
    yield ConfiguredValue(_("Processes share what they learn over Redis"), value, "REDIS_URL")


def _watching() -> Iterator[ConfiguredValue]:
    yield ConfiguredValue(_("Figures for Prometheus"), yes_or_no(settings.METRICS), "METRICS")
    if settings.METRICS:
        with_token = _("whoever has the token")
        value = with_token if settings.METRICS_TOKEN else _("this machine alone")
        yield ConfiguredValue(_("They are told to"), value, "METRICS_TOKEN")
    value = yes_or_no(settings.SENTRY_DSN)
    yield ConfiguredValue(_("Crashes are reported to Sentry"), value, "SENTRY_DSN")
    value = yes_or_no(settings.LEDGER_SEAL_WEBHOOK)
    label = _("Seals of the ledger are sent to an address of yours")
    yield ConfiguredValue(label, value, "LEDGER_SEAL_WEBHOOK")
    value = yes_or_no(settings.LEDGER_SEAL_MAIL)
    yield ConfiguredValue(_("They are mailed"), value, "LEDGER_SEAL_MAIL")
    yield ConfiguredValue(_("Mail can be sent"), yes_or_no(settings.EMAIL_URL), "EMAIL_URL")


def _language_and_time() -> Iterator[ConfiguredValue]:
    name = dict(settings.LANGUAGES)[settings.LANGUAGE_CODE]
    label = _("Language of people whose browser asks for none of ours")
    yield ConfiguredValue(label, str(name), "LANGUAGE_CODE")
    yield ConfiguredValue(_("Time zone"), settings.TIME_ZONE, "TIME_ZONE")
    label = _("Country of telephone numbers without one")
    yield ConfiguredValue(label, settings.DEFAULT_COUNTRY, "DEFAULT_COUNTRY")
