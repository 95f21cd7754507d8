"""What Piggy told this console by webhooks, and the secrets by which that is known to be Piggy."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger.operations import Words
from piggyadmin.sealed_fields import SealedJSONField, SealedSecretField
from piggyadmin.webhooks.events import KNOWN_EVENTS

KEY_LENGTH = 64  # characters of a SHA-256 in hexadecimal


class SigningSecret(models.Model):
    """What calls of Piggy's are signed with; it is sealed (`sealing.py`)."""

    class Owner(models.TextChoices):
        """Whose calls are signed with it."""

        # The subscriptions that the console makes for itself.
        CONSOLE = "console", _("of the webhooks made here")
        # Automations, and subscriptions that were made without a secret of their own.
        ACCOUNT = "account", _("of the account")

    owner = models.CharField(max_length=10, choices=Owner, unique=True)
    sealed = SealedSecretField(purpose="webhook-signing")
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.CharField(max_length=255, blank=True)

    class Meta:
        verbose_name = _("signing secret")
        verbose_name_plural = _("signing secrets")
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_owner_display()


class DeliveryState(models.TextChoices):
    """What became of it; people read it in the words of `ui/states.py`."""

    WAITING = "waiting"
    TAKEN = "taken"
    OUTDATED = "outdated"
    NOTHING = "nothing"
    UNKNOWN_EVENT = "unknown-event"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    REFUSED = "refused"


class WebhookDelivery(models.Model):
    """Something that Piggy told, once, however often it did; of forged calls one row a day.

    What it says is personal, and kept only until it was worked through.
    """

    # By what a second one is known: its own id, or else its very bytes; both hashed.
    key = models.CharField(max_length=KEY_LENGTH, unique=True)
    event_type = models.CharField(_("event"), max_length=100, blank=True)
    contact_uuid = models.CharField(max_length=255, blank=True, db_index=True)
    payload = SealedJSONField(null=True)
    # When it happened, as Piggy tells; where it does not, when it was first told.
    happened_at = models.DateTimeField()
    arrived_at = models.DateTimeField(default=timezone.now, db_index=True)
    # How often it came in all.
    times = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=20, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ("-arrived_at", "-pk")
        default_permissions = ()
        indexes = (
            models.Index(
                fields=["id"], name="delivery_waiting", condition=models.Q(state="waiting")
            ),
        )

    def __str__(self) -> str:
        return f"{self.event_type} {self.arrived_at:%Y-%m-%d %H:%M}"

    @property
    def event(self) -> Words:
        """What happened, in words; of an event that nobody here knows, as Piggy calls it."""
        return KNOWN_EVENTS.get(self.event_type, self.event_type)
