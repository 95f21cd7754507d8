"""Addresses of webhook subscriptions."""

from django.urls import path

from piggyadmin.webhooks import news_views, received_views, receiver_views, views

app_name = "webhooks"
urlpatterns = [
    path("", views.WebhookList.as_view(), name="list"),
    path("piggy/", receiver_views.receive, name="receive"),
    path("news/", news_views.News.as_view(), name="news"),
    path("received/", received_views.ReceivedPage.as_view(), name="received"),
    path("received/mend/", received_views.MendWebhooks.as_view(), name="mend"),
    path("received/secret/", received_views.ShowSecret.as_view(), name="show_secret"),
    path(
        "received/account-secret/",
        received_views.KeepAccountSecret.as_view(),
        name="account_secret",
    ),
    path("<id:webhook_subscription_uuid>/", views.WebhookPage.as_view(), name="webhook"),
]
