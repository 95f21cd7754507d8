"""Addresses of perks."""

from django.urls import path

from piggyadmin.perks import views

app_name = "perks"
urlpatterns = [
    path("", views.PerkList.as_view(), name="list"),
    path("<id:perk_uuid>/", views.PerkPage.as_view(), name="perk"),
]
