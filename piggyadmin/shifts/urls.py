"""Addresses of shifts."""

from django.urls import path

from piggyadmin.shifts import views

app_name = "shifts"
urlpatterns = [path("", views.ShiftList.as_view(), name="list")]
