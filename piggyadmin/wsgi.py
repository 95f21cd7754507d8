"""The console as a WSGI application, which is what gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piggyadmin.settings")
application = get_wsgi_application()

from piggyadmin.status.startup import ensure_safe_start  # noqa: E402  (needs Django set up)
from piggyadmin.utf8_requests import Utf8WSGIRequest  # noqa: E402

application.request_class = Utf8WSGIRequest

ensure_safe_start()
