"""Addresses of gift cards."""

from django.urls import path

from piggyadmin.giftcards import views

app_name = "giftcards"
urlpatterns = [
    path("", views.GiftcardList.as_view(), name="list"),
    path(
        "programs/<id:giftcard_program_uuid>/",
        views.GiftcardProgramPage.as_view(),
        name="program",
    ),
    path("<id:giftcard_uuid>/", views.GiftcardPage.as_view(), name="giftcard"),
]
