"""What people can do with contacts, their identifiers and their attributes."""

from piggyadmin.contacts.actions import (
    claim_anonymous_contact,
    create_contact_attribute,
    delete_contact,
    get_contact_auth_token,
    send_contact_verification_email,
    update_contact,
    update_contact_identifiers,
    update_contact_subscription,
)
