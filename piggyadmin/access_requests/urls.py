"""Addresses of requests for access."""

from django.urls import path

from piggyadmin.access_requests import views

app_name = "access-requests"
urlpatterns = [
    path("contacts/<id:contact_uuid>/held/", views.WhatWeHold.as_view(), name="held"),
]
