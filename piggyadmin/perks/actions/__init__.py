"""What people can do with perks and tiers."""

from piggyadmin.perks.actions import list_perks, perk_records

__all__ = ["list_perks", "perk_records"]
