"""What tests of background work share."""

from tests.tasks.databases import directory, migrated_postgresql, postgres_url

__all__ = ["directory", "migrated_postgresql", "postgres_url"]
