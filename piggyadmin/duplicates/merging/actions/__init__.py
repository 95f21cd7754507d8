"""Merging contacts: two of them, or all duplicates of one person."""

from piggyadmin.duplicates.merging.actions import merge_contacts, merge_duplicates
