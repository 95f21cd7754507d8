"""Addresses of rewards."""

from django.urls import path

from piggyadmin.rewards import views

app_name = "rewards"
urlpatterns = [
    path("", views.RewardList.as_view(), name="list"),
    path("<id:reward_uuid>/", views.RewardPage.as_view(), name="reward"),
]
