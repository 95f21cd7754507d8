"""What tests of background work share."""

from tests.tasks.databases import directory, postgres_url

__all__ = ["directory", "postgres_url"]
