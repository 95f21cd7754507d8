"""The console as an ASGI application, for servers that want one."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piggyadmin.settings")
application = get_asgi_application()

from piggyadmin.status.startup import ensure_safe_start  # noqa: E402  (needs Django set up)
from piggyadmin.utf8_requests import Utf8ASGIRequest  # noqa: E402

application.request_class = Utf8ASGIRequest

ensure_safe_start()
