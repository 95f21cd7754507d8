"""Addresses of products and their categories."""

from django.urls import path

from piggyadmin.products import views

app_name = "products"
urlpatterns = [
    path("products/", views.ProductList.as_view(), name="list"),
    path("products/<id:product_uuid>/", views.ProductPage.as_view(), name="product"),
    path("product-categories/", views.ProductCategoryList.as_view(), name="categories"),
    path(
        "product-categories/<id:product_category_uuid>/",
        views.ProductCategoryPage.as_view(),
        name="category",
    ),
]
