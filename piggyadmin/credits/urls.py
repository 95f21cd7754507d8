"""Addresses of credits."""

from django.urls import path

from piggyadmin.credits import views

app_name = "credits"
urlpatterns = [path("", views.TransactionList.as_view(), name="list")]
