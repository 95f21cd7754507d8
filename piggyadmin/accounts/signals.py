"""What happens to people beyond what Django's own signals tell."""

from django.dispatch import Signal

# Sent with `person`, None where there is no such person, and `of`: what was tried too often, a
# person's name ("account") or the address from which it was tried.
locked_out = Signal()
# Sent with `person`, and `is_set`: whether they have a PIN now.
pin_changed = Signal()
# Sent with `person`, and `is_linked`: whether they sign in by the outside service now.
identity_changed = Signal()
# Sent with `person`, whose PIN somebody got wrong.
pin_failed = Signal()
