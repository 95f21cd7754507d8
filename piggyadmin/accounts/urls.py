"""Sign-in, sign-out and password change: of allauth's pages just those that are used."""

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from piggyadmin.accounts import oidc_views, views

urlpatterns = [
    path("oidc/", login_not_required(oidc_views.Begin.as_view()), name="account_oidc"),
    path(
        "oidc/callback/",
        login_not_required(oidc_views.Callback.as_view()),
        name="account_oidc_callback",
    ),
    path("oidc/link/", oidc_views.LinkOwn.as_view(), name="account_oidc_link"),
    path("login/", login_not_required(views.login), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("password/change/", views.password_change, name="account_change_password"),
    # For people who were made without a password.
    path("password/set/", allauth_views.password_set, name="account_set_password"),
]
