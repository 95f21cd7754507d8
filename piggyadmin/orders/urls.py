"""Addresses of orders."""

from django.urls import path

from piggyadmin.orders import views

app_name = "orders"
urlpatterns = [
    path("", views.OrderList.as_view(), name="list"),
    path("<id:order_uuid>/", views.OrderPage.as_view(), name="order"),
]
