"""Addresses of bookings."""

from django.urls import path

from piggyadmin.bookings import views

app_name = "bookings"
urlpatterns = [
    path("", views.BookingList.as_view(), name="list"),
    path("new/", views.NewBooking.as_view(), name="new"),
]
