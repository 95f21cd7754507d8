"""Addresses of the people who work here."""

from django.urls import path

import piggyadmin.people.converters  # noqa: F401  (registers how a person stands in an address)
from piggyadmin.people import views

app_name = "people"
urlpatterns = [
    path("", views.PeopleList.as_view(), name="list"),
    path("new/", views.NewPerson.as_view(), name="new"),
    path("<person:person>/", views.PersonPage.as_view(), name="person"),
    path("<person:person>/edit/", views.PersonEdit.as_view(), name="edit"),
    path("<person:person>/roles/", views.PersonRoles.as_view(), name="roles"),
    path("<person:person>/password/", views.PersonPassword.as_view(), name="password"),
    path("<person:person>/disable/", views.PersonDisable.as_view(), name="disable"),
    path("<person:person>/enable/", views.PersonEnable.as_view(), name="enable"),
    path(
        "<person:person>/tokens/<number:pk>/withdraw/",
        views.PersonTokenWithdrawal.as_view(),
        name="withdraw-token",
    ),
    path("<person:person>/sign-out/", views.PersonSignOut.as_view(), name="sign-out"),
    path(
        "<person:person>/want-password/", views.PersonWantPassword.as_view(), name="want-password"
    ),
    path("<person:person>/identity/", views.PersonIdentity.as_view(), name="identity"),
    path(
        "<person:person>/identity/remove/",
        views.PersonIdentityRemoval.as_view(),
        name="remove-identity",
    ),
    path(
        "<person:person>/reset-factors/", views.PersonResetFactors.as_view(), name="reset-factors"
    ),
]
