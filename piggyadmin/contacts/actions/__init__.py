"""What people can do with contacts, their identifiers and their attributes."""

from piggyadmin.contacts.actions import (
    claim_anonymous_contact,
    create_anonymous_contact,
    create_contact,
    create_contact_attribute,
    create_contact_identifier,
    delete_contact,
    delete_contact_identifier,
    get_contact_auth_token,
    replace_lost_card,
    send_contact_verification_email,
    unlink_contact_identifier,
    update_contact,
    update_contact_identifiers,
    update_contact_subscription,
    verify_contact_code,
)
