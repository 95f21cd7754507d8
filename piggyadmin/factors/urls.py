"""Addresses of one's own second factors."""

from django.urls import path

from piggyadmin.factors import pin_views, views

app_name = "factors"
urlpatterns = [
    path("", views.OwnFactors.as_view(), name="list"),
    path("pin/", pin_views.OwnPin.as_view(), name="pin"),
    path("pin/remove/", pin_views.PinRemoval.as_view(), name="remove-pin"),
    path("app/", views.AppAdding.as_view(), name="app"),
    path("passkey/", views.PasskeyAdding.as_view(), name="passkey"),
    path("recovery-codes/", views.OwnRecoveryCodes.as_view(), name="codes"),
    path("<number:pk>/rename/", views.PasskeyRenaming.as_view(), name="rename"),
    path("<number:pk>/remove/", views.FactorRemoval.as_view(), name="remove"),
]
