"""What others are told of what Piggy told."""

from django.dispatch import Signal

# Something happened at Piggy: `event`, a `heard.PiggyEvent`. It may be told twice, and after what
# happened later. A receiver answers with a `DeliveryState`, or None where it is not about
# what it keeps.
event_heard = Signal()
