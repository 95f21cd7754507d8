"""Forms; what was filled in cannot be read through this API."""

from piggyadmin.sandbox import serializers
from piggyadmin.sandbox.models import Form
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given


@route("GET", "forms")
def list_forms(given: Given) -> Reply:
    """List forms, by status and type where wanted."""
    wanted = {
        "status": given.optional_choice("status", ("PUBLISHED", "DRAFT", "BIN")),
        "type": given.optional_choice("type", ("PUBLIC", "PRIVATE")),
    }
    given.check()
    rows = Form.objects.filter(**{name: word for name, word in wanted.items() if word})
    return Reply([serializers.form(row) for row in rows])
