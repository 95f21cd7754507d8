"""What is said of contacts."""

from django.utils.translation import gettext

from piggyadmin.contacts.types import Contact


def what_is(contact: Contact | None) -> str:
    """Say of a contact what matters here, without who it is."""
    if contact is None:
        return gettext("is not there")
    words = gettext("%(uuid)s, with %(credits)s credits")
    return words % {"uuid": contact.uuid, "credits": contact.credits}
