"""Addresses of visits."""

from django.urls import path

from piggyadmin.visits import views

app_name = "visits"
urlpatterns = [
    path("", views.VisitList.as_view(), name="list"),
    path("<id:visit_uuid>/", views.VisitPage.as_view(), name="visit"),
]
