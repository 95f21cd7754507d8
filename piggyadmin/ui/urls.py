"""Addresses that belong to no entity: the theme, and whether the console is well."""

from django.urls import path

from piggyadmin.ui import views

urlpatterns = [
    path("theme/", views.set_theme, name="set_theme"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
