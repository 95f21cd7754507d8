"""Addresses of the console."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

import piggyadmin.ui.converters  # noqa: F401  (registers what parts of addresses can be)

urlpatterns = [
    path("", include("piggyadmin.ui.urls")),
    path("", include("piggyadmin.status.urls")),
    path("", include("piggyadmin.metrics.urls")),
    path("", include("piggyadmin.desk.urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("piggyadmin.accounts.urls")),
    path("accounts/", include("piggyadmin.factors.proof_urls")),
    path("actions/", include("piggyadmin.actions.urls")),
    path("ledger/", include("piggyadmin.ledger.urls")),
    path("ledger/", include("piggyadmin.actions.write_urls")),
    path("contacts/", include("piggyadmin.contacts.urls")),
    path("", include("piggyadmin.access_requests.urls")),
    path("", include("piggyadmin.notes.urls")),
    path("", include("piggyadmin.vouchers.urls")),
    path("", include("piggyadmin.credits.urls")),
    path("bookings/", include("piggyadmin.bookings.urls")),
    path("bulk/", include("piggyadmin.bulk.urls")),
    path("voucher-mails/", include("piggyadmin.voucher_mails.urls")),
    path("visits/", include("piggyadmin.visits.urls")),
    path("giftcards/", include("piggyadmin.giftcards.urls")),
    path("loyalty-tokens/", include("piggyadmin.loyalty_tokens.urls")),
    path("orders/", include("piggyadmin.orders.urls")),
    path("referrals/", include("piggyadmin.referrals.urls")),
    path("", include("piggyadmin.products.urls")),
    path("perks/", include("piggyadmin.perks.urls")),
    path("forms/", include("piggyadmin.piggy_forms.urls")),
    path("shifts/", include("piggyadmin.shifts.urls")),
    path("shops/", include("piggyadmin.shops.urls")),
    path("automations/", include("piggyadmin.automations.urls")),
    path("brand-kit/", include("piggyadmin.brand_kit.urls")),
    path("rewards/", include("piggyadmin.rewards.urls")),
    path("webhooks/", include("piggyadmin.webhooks.urls")),
    path("attributes/", include("piggyadmin.custom_attributes.urls")),
    path("login/", login_not_required(RedirectView.as_view(pattern_name="account_login"))),
    path("logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("people/", include("piggyadmin.people.urls")),
    path("settings/", include("piggyadmin.preferences.urls")),
    path("views/", include("piggyadmin.saved_views.urls")),
    path("setup/", include("piggyadmin.setup.urls")),
    path("settings/factors/", include("piggyadmin.factors.urls")),
    path("api/", include("piggyadmin.api.urls")),
    path("help/", include("piggyadmin.help.urls")),
    path("requests/", include("piggyadmin.request_log.urls")),
    path("tasks/", include("piggyadmin.tasks.urls")),
    path("admin/", admin.site.urls),
]
handler400 = "piggyadmin.ui.views.bad_request"
handler403 = "piggyadmin.ui.views.permission_denied"
handler404 = "piggyadmin.ui.views.page_not_found"
handler500 = "piggyadmin.ui.views.server_error"

if settings.DUPLICATES:
    urlpatterns.append(path("duplicates/", include("piggyadmin.duplicates.urls")))
if settings.PIGGY_IN_PROCESS_SANDBOX:
    urlpatterns.append(path("sandbox/", include("piggyadmin.sandbox.urls")))
