"""What people can do with webhook subscriptions."""

from piggyadmin.webhooks.actions import webhook_records

__all__ = ["webhook_records"]
