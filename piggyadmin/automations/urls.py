"""Addresses of automations."""

from django.urls import path

from piggyadmin.automations import views

app_name = "automations"
urlpatterns = [path("", views.AutomationList.as_view(), name="list")]
