"""What happens to calls, for those who watch and are not known here."""

from django.dispatch import Signal

# Sent with `exchange`, after every attempt of a call.
call_attempted = Signal()
# Sent with `seconds`, for which a call waited for its turn, and `is_taken`: whether it got one.
turn_awaited = Signal()
