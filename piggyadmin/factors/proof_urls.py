"""Addresses where a second factor is asked for; allauth knows them by these names."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from piggyadmin.factors import pin_views, proof_views

urlpatterns = [
    path("lock/", login_not_required(pin_views.TillLock.as_view()), name="account_lock"),
    path("switch/", login_not_required(pin_views.Switch.as_view()), name="account_switch"),
    path(
        "second-step/",
        login_not_required(proof_views.SecondStepView.as_view()),
        name="mfa_authenticate",
    ),
    path(
        "reauthenticate/", proof_views.ReauthenticateView.as_view(), name="account_reauthenticate"
    ),
]
