"""The console as a WSGI application, which is what gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "piggyadmin.settings")
application = get_wsgi_application()

from piggyadmin.accounts.demo import refuse_demo_people  # noqa: E402  (needs Django set up)

refuse_demo_people()
