"""Addresses of the duplicates."""

from django.urls import path

from piggyadmin.duplicates import merge_pages

app_name = "duplicates"
urlpatterns = [
    path("pair/<str:first>/<str:second>/", merge_pages.PairPage.as_view(), name="pair"),
    path("clusters/<int:pk>/merge/", merge_pages.ClusterMergePage.as_view(), name="cluster-merge"),
    path("merges/", merge_pages.MergeList.as_view(), name="merges"),
    path("merges/<uuid:key>/", merge_pages.MergeReport.as_view(), name="merge"),
    path("merges/<uuid:key>/settle/", merge_pages.Settle.as_view(), name="merge-settle"),
]
