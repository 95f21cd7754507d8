"""Addresses of the set-up, which need no sign-in: nobody can."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from piggyadmin.setup import views

app_name = "setup"
urlpatterns = [
    path("", login_not_required(views.SetupStart.as_view()), name="start"),
    path("connection/", login_not_required(views.SetupConnection.as_view()), name="connection"),
    path("console/", login_not_required(views.SetupConsole.as_view()), name="console"),
    path("token/", login_not_required(views.SetupToken.as_view()), name="token"),
    path("person/", login_not_required(views.SetupPerson.as_view()), name="person"),
]
