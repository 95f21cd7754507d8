"""Addresses of shops."""

from django.urls import path

from piggyadmin.shops import views

app_name = "shops"
urlpatterns = [
    path("", views.ShopList.as_view(), name="list"),
    path("<id:shop_uuid>/", views.ShopPage.as_view(), name="shop"),
]
