"""The address of the account's looks."""

from django.urls import path

from piggyadmin.brand_kit import views

app_name = "brand_kit"
urlpatterns = [path("", views.BrandKitPage.as_view(), name="brand-kit")]
