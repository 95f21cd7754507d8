"""Addresses of notes."""

from django.urls import path

from piggyadmin.notes import views

app_name = "notes"
urlpatterns = [
    path("contacts/<id:contact_uuid>/notes/", views.NewNote.as_view(), name="new"),
    path("contacts/<id:contact_uuid>/do-not-serve/", views.SetFlag.as_view(), name="set-flag"),
    path("contacts/<id:contact_uuid>/serve-again/", views.LiftFlag.as_view(), name="lift-flag"),
    path("notes/<number:pk>/", views.EditNote.as_view(), name="edit"),
    path("notes/<number:pk>/pin/", views.PinNote.as_view(), name="pin"),
    path("notes/<number:pk>/done/", views.FinishNote.as_view(), name="done"),
    path("notes/<number:pk>/remove/", views.RemoveNote.as_view(), name="remove"),
]
