"""Addresses of the sandbox's pages and control, under `/sandbox/` in the console and alone."""

from django.urls import path

from piggyadmin.sandbox import views

app_name = "sandbox"
urlpatterns = [
    path("", views.start, name="start"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("faults/", views.faults_page, name="faults_page"),
    path("calls/", views.calls_page, name="calls_page"),
    path("start-again/", views.start_again, name="start_again"),
    path("reset", views.reset, name="reset"),
    path("faults", views.faults_control, name="faults"),
    path("mailbox.json", views.mailbox_json, name="mailbox_json"),
    path("calls.json", views.calls_json, name="calls_json"),
    path("known.json", views.known_json, name="known_json"),
    path("bookings.json", views.bookings_json, name="bookings_json"),
]
