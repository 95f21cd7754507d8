"""Addresses of the console."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("piggyadmin.ui.urls")),
    path("accounts/", include("piggyadmin.accounts.urls")),
    path("actions/", include("piggyadmin.actions.urls")),
    path("contacts/", include("piggyadmin.contacts.urls")),
    path("vouchers/", include("piggyadmin.vouchers.urls")),
    path("credits/", include("piggyadmin.credits.urls")),
    path("bookings/", include("piggyadmin.bookings.urls")),
    path("perks/", include("piggyadmin.perks.urls")),
    path("products/", include("piggyadmin.products.urls")),
    path("forms/", include("piggyadmin.forms.urls")),
    path("admin/", admin.site.urls),
]
if settings.PIGGY_IN_PROCESS_SANDBOX:
    urlpatterns.append(path("sandbox/", include("piggyadmin.sandbox.urls")))
