"""Addresses of the background work."""

from django.urls import path

from piggyadmin.tasks import views

app_name = "tasks"
urlpatterns = [
    path("", views.RunList.as_view(), name="list"),
    path("<int:pk>/retry/", views.RetryView.as_view(), name="retry"),
    path("<int:pk>/cancel/", views.CancelView.as_view(), name="cancel"),
]
