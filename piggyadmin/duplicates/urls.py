"""Addresses of the duplicates."""

from django.urls import path

from piggyadmin.duplicates import mirror_pages

app_name = "duplicates"
urlpatterns = [
    path("mirror/", mirror_pages.MirrorPage.as_view(), name="mirror"),
    path("mirror/sweep/", mirror_pages.SweepView.as_view(), name="sweep"),
    path("mirror/stop/", mirror_pages.StopView.as_view(), name="stop"),
    path("mirror/empty/", mirror_pages.EmptyView.as_view(), name="empty"),
]
