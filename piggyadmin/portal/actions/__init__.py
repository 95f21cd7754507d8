"""What people can do with the Contacts Portal."""

from piggyadmin.portal.actions import create_portal_session, get_portal_address
