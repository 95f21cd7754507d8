"""Addresses of forms."""

from django.urls import path

from piggyadmin.piggy_forms import views

app_name = "forms"
urlpatterns = [path("", views.FormList.as_view(), name="list")]
