"""Addresses of referrals."""

from django.urls import path

from piggyadmin.referrals import views

app_name = "referrals"
urlpatterns = [
    path("", views.ReferralList.as_view(), name="list"),
    path("settings/", views.ReferralSettingsPage.as_view(), name="settings"),
]
