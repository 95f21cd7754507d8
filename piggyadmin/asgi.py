"""The console as an ASGI application, for servers that want one."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piggyadmin.settings")
application = get_asgi_application()

from piggyadmin.status.startup import ensure_safe_start  # noqa: E402  (needs Django set up)

ensure_safe_start()
