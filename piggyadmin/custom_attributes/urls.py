"""Addresses of attributes."""

from django.urls import path

from piggyadmin.custom_attributes import views

app_name = "custom_attributes"
urlpatterns = [path("", views.AttributeList.as_view(), name="list")]
