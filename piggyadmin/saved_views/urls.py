"""Addresses of saved views."""

from django.urls import path

from piggyadmin.saved_views import views

app_name = "saved_views"
urlpatterns = [
    path("", views.ViewList.as_view(), name="list"),
    path("save/", views.SaveView.as_view(), name="save"),
    path("<number:pk>/", views.OpenView.as_view(), name="open"),
    path("<number:pk>/edit/", views.ViewEdit.as_view(), name="edit"),
]
