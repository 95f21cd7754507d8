"""Addresses of credits."""

from django.urls import path

from piggyadmin.credits import views

app_name = "credits"
urlpatterns = [
    path("credits/", views.TransactionList.as_view(), name="list"),
    path("loyalty-program/", views.LoyaltyProgramPage.as_view(), name="program"),
]
