"""Addresses of the ledger."""

from django.urls import path

from piggyadmin.accounts import event_pages
from piggyadmin.actions import approval_pages, ledger_pages

app_name = "ledger"
urlpatterns = [
    path("", ledger_pages.LedgerList.as_view(), name="list"),
    path("look-ups/", ledger_pages.LookUpList.as_view(), name="look-ups"),
    path("contacts/<id:contact_uuid>/", ledger_pages.ContactInLedger.as_view(), name="contact"),
    path("csv/", ledger_pages.LedgerCsv.as_view(), name="csv"),
    path("people/", event_pages.PeopleEvents.as_view(), name="people"),
    path("approvals/", approval_pages.ApprovalList.as_view(), name="approvals"),
    path("approvals/<uuid:key>/", approval_pages.ApprovalPage.as_view(), name="approval"),
    path("<uuid:key>/", ledger_pages.EntryPage.as_view(), name="entry"),
    path("<uuid:key>/look/", ledger_pages.Look.as_view(), name="look"),
    path("<uuid:key>/decide/", ledger_pages.Decide.as_view(), name="decide"),
    path("<uuid:key>/acknowledge/", ledger_pages.Acknowledge.as_view(), name="acknowledge"),
    path("<uuid:key>/again/", ledger_pages.Again.as_view(), name="again"),
]
