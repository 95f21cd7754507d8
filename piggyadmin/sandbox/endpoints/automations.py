"""Automations: they are made in Piggy's dashboard, and can be listed and set off here."""

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.lookups import contact_by_uuid, one
from piggyadmin.sandbox.models import Automation, Mail
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

# Only automations of this event can be set off by a call.
EVENT = "contact_updated"


@route("GET", "automations")
def list_automations(given: Given) -> Reply:  # noqa: ARG001
    """List the automations."""
    return Reply([serializers.automation(row) for row in Automation.objects.all()])


@route("POST", "automations/runs")
def run_automation(given: Given) -> Reply:
    """Set an automation off for a contact; whatever it is made of, here it sends a mail."""
    contact_uuid, uuid = given.text("contact_uuid"), given.text("automation_uuid")
    given.mapping("data")
    given.check()
    contact = contact_by_uuid(contact_uuid)
    row = one(Automation.objects.filter(uuid=uuid), errors.RECORD_NOT_FOUND)
    if row.event != EVENT or row.status != "active":
        raise errors.invalid("automation_uuid", "This automation cannot be run.")
    Mail.objects.create(to=contact.email, contact=contact, subject=row.name, body=row.name)
    return Reply([])
