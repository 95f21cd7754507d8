"""What people can do with automations."""

from piggyadmin.automations.actions import run_automation

__all__ = ["run_automation"]
