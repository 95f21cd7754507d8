"""Addresses below the ledger's of what sends a write: with a yes, once more, or to its end."""

from django.urls import path

from piggyadmin.actions import again_views, approval_views

app_name = "writes"
urlpatterns = [
    path("approvals/", approval_views.ApprovalList.as_view(), name="approvals"),
    path("approvals/<uuid:key>/", approval_views.ApprovalPage.as_view(), name="approval"),
    path("<uuid:key>/again/", again_views.Again.as_view(), name="again"),
    path("<uuid:key>/go-on/", again_views.GoOn.as_view(), name="go_on"),
]
