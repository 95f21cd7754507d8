"""Addresses of loyalty tokens."""

from django.urls import path

from piggyadmin.loyalty_tokens import views

app_name = "loyalty_tokens"
urlpatterns = [path("", views.LoyaltyTokens.as_view(), name="list")]
