"""Addresses of bookings."""

from django.urls import path

from piggyadmin.bookings import views

app_name = "bookings"
urlpatterns = [
    path("", views.BookingDay.as_view(), name="list"),
    path("week/", views.BookingWeek.as_view(), name="week"),
    path("all/", views.BookingList.as_view(), name="all"),
    path("csv/", views.BookingCsv.as_view(), name="csv"),
    path("new/", views.NewBooking.as_view(), name="new"),
    path("<id:booking_key>/", views.BookingPage.as_view(), name="booking"),
]
