"""Addresses of the actions."""

from django.urls import path

from piggyadmin.actions import views

app_name = "actions"
urlpatterns = [
    path("", views.ActionList.as_view(), name="list"),
    path("<slug:slug>/", views.ActionView.as_view(), name="action"),
    path("<slug:slug>/<uuid:key>/", views.OutcomeView.as_view(), name="outcome"),
]
