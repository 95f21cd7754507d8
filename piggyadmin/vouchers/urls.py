"""Addresses of vouchers and promotions."""

from django.urls import path

from piggyadmin.vouchers import promotion_views, scanning_views, selection_views, views

app_name = "vouchers"
urlpatterns = [
    path("vouchers/", views.VoucherList.as_view(), name="list"),
    path("vouchers/codes/", views.ManyCodes.as_view(), name="many"),
    path("vouchers/codes/step/", selection_views.ChooseStep.as_view(), name="step-for-many"),
    path("vouchers/codes/<uuid:key>/", selection_views.SelectionPage.as_view(), name="selection"),
    path("vouchers/scan/", scanning_views.ScanMode.as_view(), name="scan"),
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
        "promotions/<id:promotion_uuid>/codes.xlsx",
        promotion_views.PromotionXlsx.as_view(),
        name="promotion-xlsx",
    ),
    path(
        "promotions/<id:promotion_uuid>/sheet/",
        promotion_views.PromotionSheet.as_view(),
        name="promotion-sheet",
    ),
]
