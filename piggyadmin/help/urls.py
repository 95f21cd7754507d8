"""Addresses of the help."""

from django.urls import path

from piggyadmin.help import views

app_name = "help"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("<slug:slug>/", views.topic, name="topic"),
]
