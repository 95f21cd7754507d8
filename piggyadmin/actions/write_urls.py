"""Addresses below the ledger's of what sends a write: with a colleague's yes, or once more."""

from django.urls import path

from piggyadmin.actions import again_views, approval_views

app_name = "writes"
urlpatterns = [
    path("approvals/", approval_views.ApprovalList.as_view(), name="approvals"),
    path("approvals/<uuid:key>/", approval_views.ApprovalPage.as_view(), name="approval"),
    path("<uuid:key>/again/", again_views.Again.as_view(), name="again"),
]
