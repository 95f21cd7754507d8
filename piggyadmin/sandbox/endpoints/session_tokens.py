"""Session tokens: a contact's device shows one, and whoever uses it knows who is there.

The portal makes them, so no call does. No source lists codes: an unknown one is answered with
60013, a used one that is used again with 1003 (inferred).
"""

from django.utils import timezone

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.lookups import one
from piggyadmin.sandbox.models import ContactSessionToken
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

# It can be used again and again, for trying out.
ALWAYS_GOOD = "session-for-ever"  # known to everybody, as all of this is


@route("GET", "contact-session-tokens/{contact_session_token}")
def get_session_token(given: Given, contact_session_token: str) -> Reply:  # noqa: ARG001
    """Tell whose a token is, and whether it was used."""
    rows = ContactSessionToken.objects.filter(token=contact_session_token)
    row = one(rows.select_related("contact"), errors.RECORD_NOT_FOUND)
    return Reply(serializers.session_token(row))


@route("POST", "contact-session-tokens/{contact_session_token}/use")
def use_session_token(given: Given, contact_session_token: str) -> Reply:  # noqa: ARG001
    """Use a token, once."""
    rows = ContactSessionToken.objects.filter(token=contact_session_token)
    row = one(rows.select_for_update(), errors.RECORD_NOT_FOUND)
    if row.used_at and row.token != ALWAYS_GOOD:
        raise errors.invalid("contact_session_token", "The token has already been used.")
    row.used_at = timezone.now()
    row.save(update_fields=["used_at"])
    return Reply(serializers.session_token(row))
