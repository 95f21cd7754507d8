"""Addresses of saved views."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from piggyadmin.saved_views import mail_views, views

app_name = "saved_views"
urlpatterns = [
    path("", views.ViewList.as_view(), name="list"),
    path("save/", views.SaveView.as_view(), name="save"),
    path("<number:pk>/", views.OpenView.as_view(), name="open"),
    path("<number:pk>/file/", views.OpenFile.as_view(), name="file"),
    path("<number:pk>/mail/", mail_views.ViewMailPage.as_view(), name="mail"),
    path("stop/<slug:secret>/", login_not_required(mail_views.StopMails.as_view()), name="stop"),
    path("<number:pk>/edit/", views.ViewEdit.as_view(), name="edit"),
]
