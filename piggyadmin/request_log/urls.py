"""Addresses of the request log."""

from django.urls import path

from piggyadmin.request_log import views

app_name = "requests"
urlpatterns = [
    path("", views.CallList.as_view(), name="list"),
    path("try-again/", views.TryAgain.as_view(), name="try_again"),
    path("<number:pk>/", views.CallPage.as_view(), name="call"),
]
