"""Addresses that belong to no entity: the theme and the icon."""

from django.urls import path

from piggyadmin.ui import views

urlpatterns = [
    path("theme/", views.set_theme, name="set_theme"),
    path("favicon.ico", views.favicon, name="favicon"),
]
