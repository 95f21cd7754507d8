"""Addresses of contacts."""

from django.urls import path

from piggyadmin.contacts import timeline_views, views

app_name = "contacts"
urlpatterns = [
    path("", views.ContactList.as_view(), name="list"),
    path("subscription-types/", views.SubscriptionTypeList.as_view(), name="subscription-types"),
    path("peek/", views.Peek.as_view(), name="peek"),
    path("<email:email>/", views.ContactByEmail.as_view(), name="by-email"),
    path("<id:contact_uuid>/", views.ContactPage.as_view(), name="contact"),
    path("<id:contact_uuid>/panels/<slug:slug>/", views.ContactPanel.as_view(), name="panel"),
    path("<id:contact_uuid>/timeline/", timeline_views.TimelinePage.as_view(), name="timeline"),
    path(
        "<id:contact_uuid>/timeline/csv/", timeline_views.TimelineCsv.as_view(), name="timeline-csv"
    ),
]
