"""Addresses of contacts."""

from django.urls import path

from piggyadmin.contacts import views

app_name = "contacts"
urlpatterns = [
    path("", views.ContactList.as_view(), name="list"),
    path("subscription-types/", views.SubscriptionTypeList.as_view(), name="subscription-types"),
    path("peek/", views.Peek.as_view(), name="peek"),
    path("<email:email>/", views.ContactByEmail.as_view(), name="by-email"),
    path("<id:contact_uuid>/", views.ContactPage.as_view(), name="contact"),
]
