"""What people can do with the Contacts Portal."""

from piggyadmin.portal.actions import (
    contact_session_tokens,
    create_portal_session,
    find_portal_session,
    get_portal_address,
)
