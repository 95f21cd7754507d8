"""Addresses of the ledger."""

from django.urls import path

from piggyadmin.ledger import giving_views, people_views, verification_views, views

app_name = "ledger"
urlpatterns = [
    path("", views.LedgerList.as_view(), name="list"),
    path("look-ups/", views.LookUpList.as_view(), name="look-ups"),
    path("contacts/<id:contact_uuid>/", views.ContactInLedger.as_view(), name="contact"),
    path("csv/", views.LedgerCsv.as_view(), name="csv"),
    path("giving/", giving_views.GivingReport.as_view(), name="giving"),
    path("giving/csv/", giving_views.GivingCsv.as_view(), name="giving-csv"),
    path("people/", people_views.PeopleEvents.as_view(), name="people"),
    path("verification/", verification_views.VerificationPage.as_view(), name="verification"),
    path("<uuid:key>/", views.EntryPage.as_view(), name="entry"),
    path("<uuid:key>/look/", views.Look.as_view(), name="look"),
    path("<uuid:key>/decide/", views.Decide.as_view(), name="decide"),
    path("<uuid:key>/acknowledge/", views.Acknowledge.as_view(), name="acknowledge"),
]
