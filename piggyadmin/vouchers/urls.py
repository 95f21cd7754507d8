"""Addresses of vouchers."""

from django.urls import path

from piggyadmin.vouchers import views

app_name = "vouchers"
urlpatterns = [path("", views.VoucherList.as_view(), name="list")]
