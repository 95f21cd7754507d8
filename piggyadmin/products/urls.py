"""Addresses of products."""

from django.urls import path

from piggyadmin.products import views

app_name = "products"
urlpatterns = [path("", views.ProductList.as_view(), name="list")]
