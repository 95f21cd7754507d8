"""Possible duplicates, on the page of a contact."""

from piggyadmin.contacts.panels import Panel, register

register(Panel("duplicates/_contact_panel.html", 10))
