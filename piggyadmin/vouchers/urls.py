"""Addresses of vouchers and promotions."""

from django.urls import path

from piggyadmin.vouchers import views

app_name = "vouchers"
urlpatterns = [
    path("vouchers/", views.VoucherList.as_view(), name="list"),
    path("vouchers/codes/", views.ManyCodes.as_view(), name="many"),
    path("vouchers/<code:code>/", views.VoucherPage.as_view(), name="voucher"),
    path("promotions/", views.PromotionList.as_view(), name="promotions"),
]
