"""What tests of background work share."""

from tests.tasks.databases import directory, migrated, postgres_url

__all__ = ["directory", "migrated", "postgres_url"]
