"""Addresses of bookings."""

from django.urls import path

from piggyadmin.bookings import calendar_views, import_views, views

app_name = "bookings"
urlpatterns = [
    path("", views.BookingDay.as_view(), name="list"),
    path("week/", views.BookingWeek.as_view(), name="week"),
    path("all/", views.BookingList.as_view(), name="all"),
    path("csv/", views.BookingCsv.as_view(), name="csv"),
    path("import/", import_views.ImportBookings.as_view(), name="import"),
    path("calendars/", calendar_views.CalendarList.as_view(), name="calendars"),
    path("calendar/<slug:secret>.ics", calendar_views.calendar_feed, name="calendar"),
    path("new/", views.NewBooking.as_view(), name="new"),
    path("<id:booking_key>/", views.BookingPage.as_view(), name="booking"),
]
