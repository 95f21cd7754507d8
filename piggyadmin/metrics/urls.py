"""The address at which a Prometheus server asks how the console does."""

from django.urls import path

from piggyadmin.metrics import views

urlpatterns = [path("metrics", views.metrics, name="metrics")]
