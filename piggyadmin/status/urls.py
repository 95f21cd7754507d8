"""Addresses at which machines ask whether the console is well."""

from django.urls import path

from piggyadmin.status import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
