"""Merging contacts: two of them, or all duplicates of one person."""

from piggyadmin.duplicates.merging.actions import (
    change_email_address,
    merge_contacts,
    merge_duplicates,
)
