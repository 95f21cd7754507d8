"""Settings of the tests: the console's own, away from anything that is set or stored outside."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

for name in list(os.environ):
    if name.startswith(("PIGGY_", "ALLOWED_", "SECRET_")) or name in {"DEBUG", "HTTPS"}:
        del os.environ[name]
# What is committed waits for the disk, as at work; a disk in memory lets nobody wait. So all that
# tests and the servers they start write down is written there, where there is room for it.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 2**31  # noqa: S108
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
if directory := os.environ.get("PIGGYADMIN_TESTS_DATA_DIR"):
    os.environ["DATA_DIR"] = directory
else:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="piggyadmin-tests-")
    atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)

from piggyadmin.settings import *  # noqa: E402, F403

# Real hashing takes a third of a second on purpose, for every person of every test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests of pages need no collected and hashed files; the browser tests have them.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# whitenoise warns where there is nothing to serve.
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Tests of the sandbox alone run without the console's database.
DATABASES["sandbox"]["TEST"] = {"DEPENDENCIES": []}  # noqa: F405
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # In a file, as at work: several connections to a database in memory lock each other out.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405
# Whoever made a database for these tests alone, with all its tables, has them run in that very one.
TEST_DATABASE_IS_MIGRATED = "TEST_DATABASE_IS_MIGRATED" in os.environ
if TEST_DATABASE_IS_MIGRATED:
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}  # noqa: F405
# Tests in which Piggy fails on purpose must not keep others from calling it.
PIGGY_CIRCUIT_BREAKER = False
# The request log is written beside the calls, out of reach of a test's own transaction.
REQUEST_LOG_DAYS = 0
# Nor would what is counted be: it is stored by a thread of its own.
METRICS = False
# People of tests are no demo people, so their sandbox has to be a chosen one.
PIGGY_SANDBOX_IS_CHOSEN = True
# What is asked side by side has connections of its own, which would outlive the tests' database.
for _database in DATABASES.values():  # noqa: F405
    _database["CONN_MAX_AGE"] = 0
