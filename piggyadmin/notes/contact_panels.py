"""Notes, on the page of a contact."""

from piggyadmin.contacts.panels import Panel, register

register(Panel("notes/_contact_panel.html", 5))
