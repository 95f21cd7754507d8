"""Addresses of webhook subscriptions."""

from django.urls import path

from piggyadmin.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.WebhookList.as_view(), name="list"),
    path("<id:webhook_subscription_uuid>/", views.WebhookPage.as_view(), name="webhook"),
]
