"""Addresses of settings: one's own, the console's, and the lists that its owner keeps."""

from django.urls import path

from piggyadmin.api import token_views
from piggyadmin.people import role_views
from piggyadmin.preferences import views
from piggyadmin.status.views import Health

app_name = "preferences"
urlpatterns = [
    path("", views.OwnSettings.as_view(), name="own"),
    path("sign-out-elsewhere/", views.SignOutElsewhere.as_view(), name="sign-out-elsewhere"),
    path("console/", views.ConsoleSettings.as_view(), name="console"),
    path("health/", Health.as_view(), name="health"),
    path("token/", views.TokenDatePage.as_view(), name="token"),
    path("piggy-token/", views.PiggyTokenPage.as_view(), name="piggy-token"),
    path("tokens/", token_views.TokenList.as_view(), name="tokens"),
    path(
        "tokens/<number:pk>/withdraw/",
        token_views.TokenWithdrawal.as_view(),
        name="withdraw-token",
    ),
    path("reasons/", views.ReasonList.as_view(), name="reasons"),
    path("reasons/new/", views.NewReason.as_view(), name="new-reason"),
    path("reasons/<number:pk>/", views.ReasonEdit.as_view(), name="reason"),
    path("roles/", role_views.RoleList.as_view(), name="roles"),
    path("roles/new/", role_views.NewRole.as_view(), name="new-role"),
    path("roles/<number:pk>/", role_views.RoleEdit.as_view(), name="role"),
    path("roles/<number:pk>/remove/", role_views.RoleRemoval.as_view(), name="remove-role"),
]
