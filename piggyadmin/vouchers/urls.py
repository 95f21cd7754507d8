"""Addresses of vouchers and promotions."""

from django.urls import path

from piggyadmin.vouchers import promotion_views, views

app_name = "vouchers"
urlpatterns = [
    path("vouchers/", views.VoucherList.as_view(), name="list"),
    path("vouchers/codes/", views.ManyCodes.as_view(), name="many"),
    path("vouchers/<code:code>/", views.VoucherPage.as_view(), name="voucher"),
    path("promotions/", promotion_views.PromotionList.as_view(), name="promotions"),
    path(
        "promotions/<id:promotion_uuid>/",
        promotion_views.PromotionPage.as_view(),
        name="promotion",
    ),
    path(
        "promotions/<id:promotion_uuid>/codes.csv",
        promotion_views.PromotionCsv.as_view(),
        name="promotion-csv",
    ),
    path(
        "promotions/<id:promotion_uuid>/sheet/",
        promotion_views.PromotionSheet.as_view(),
        name="promotion-sheet",
    ),
]
