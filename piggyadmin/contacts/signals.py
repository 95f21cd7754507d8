"""What others are told of contacts."""

from django.dispatch import Signal

# A contact is no more at Piggy, as is certain by now: `contact_uuid`. It may be told twice.
contact_ended = Signal()
