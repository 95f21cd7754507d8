"""Settings of the worker processes that the tests start: the console's own, with samples to run."""

from piggyadmin.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.tasks.samples"]  # noqa: F405
