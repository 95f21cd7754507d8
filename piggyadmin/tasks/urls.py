"""Addresses of the background work."""

from django.urls import path

from piggyadmin.tasks import views

app_name = "tasks"
urlpatterns = [
    path("", views.RunList.as_view(), name="list"),
    path("<number:pk>/retry/", views.RetryView.as_view(), name="retry"),
    path("<number:pk>/cancel/", views.CancelView.as_view(), name="cancel"),
]
