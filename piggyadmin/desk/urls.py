"""Addresses of the desk."""

from django.urls import path

from piggyadmin.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.Desk.as_view(), name="desk"),
    path("today/shop/", views.ChooseShop.as_view(), name="shop"),
    path("search/", views.SearchView.as_view(), name="search"),
    path("search/suggestions/", views.SuggestionsView.as_view(), name="suggestions"),
    path(
        "search/suggestions/piggy/",
        views.SuggestionsAtPiggyView.as_view(),
        name="suggestions-at-piggy",
    ),
]
