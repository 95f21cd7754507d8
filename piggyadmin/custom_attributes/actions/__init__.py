"""What people can do with attributes and their groups."""

from piggyadmin.custom_attributes.actions import attribute_groups, attribute_records

__all__ = ["attribute_groups", "attribute_records"]
