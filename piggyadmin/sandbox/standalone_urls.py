"""Addresses of the sandbox served alone. The API itself is no part of them, see `server.py`."""

from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from piggyadmin.sandbox import views

# Programs have no CSRF token. Foreign web pages are kept out all the same: reset asks for a
# content type, and PUT and DELETE are methods, that browsers do not send without asking first.
control = [
    path("sandbox/reset", csrf_exempt(views.reset)),
    path("sandbox/faults", csrf_exempt(views.faults_control)),
]

urlpatterns = [
    path("", views.start),
    *control,
    path("sandbox/", include("piggyadmin.sandbox.urls")),
]

handler400 = "piggyadmin.sandbox.standalone_errors.bad_request"
handler403 = "piggyadmin.sandbox.standalone_errors.permission_denied"
handler404 = "piggyadmin.sandbox.standalone_errors.page_not_found"
handler500 = "piggyadmin.sandbox.standalone_errors.server_error"
