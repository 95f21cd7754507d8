"""Addresses of the duplicates."""

from django.urls import URLPattern

app_name = "duplicates"
urlpatterns: list[URLPattern] = []
