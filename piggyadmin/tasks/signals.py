"""What happens to workers, for those who are not known here."""

from django.dispatch import Signal

# Sent when a worker has stopped, right before its process ends without further ado.
worker_stopped = Signal()
