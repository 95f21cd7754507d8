"""Addresses of the duplicates."""

from django.urls import path

from piggyadmin.duplicates.merging import views as merge_pages
from piggyadmin.duplicates.mirror import views as mirror_pages
from piggyadmin.duplicates.review import exports, views

app_name = "duplicates"
urlpatterns = [
    path("", views.QueuePage.as_view(), name="queue"),
    path("csv/", exports.PairsCsv.as_view(), name="csv"),
    path("decisions/", views.DecisionList.as_view(), name="decisions"),
    path("decisions/csv/", exports.DecisionsCsv.as_view(), name="decisions-csv"),
    path("figures/", views.FiguresPage.as_view(), name="figures"),
    path("next/", views.Next.as_view(), name="next"),
    path("undo/", views.Undo.as_view(), name="undo"),
    path("compare/", views.Compare.as_view(), name="compare"),
    path("clusters/<number:pk>/", views.ClusterPage.as_view(), name="cluster"),
    path("contacts/<id:contact_uuid>/check/", views.CheckContact.as_view(), name="check"),
    path("pair/<id:first>/<id:second>/", merge_pages.PairPage.as_view(), name="pair"),
    path("pair/<id:first>/<id:second>/decide/", views.DecidePair.as_view(), name="decide"),
    path("pair/<id:first>/<id:second>/hold/", views.Hold.as_view(), name="hold"),
    path("pair/<id:first>/<id:second>/release/", views.Release.as_view(), name="release"),
    path(
        "clusters/<number:pk>/merge/", merge_pages.ClusterMergePage.as_view(), name="cluster-merge"
    ),
    path("merges/", merge_pages.MergeList.as_view(), name="merges"),
    path("merges/<uuid:key>/", merge_pages.MergeReport.as_view(), name="merge"),
    path("merges/<uuid:key>/settle/", merge_pages.Settle.as_view(), name="merge-settle"),
    path("mirror/", mirror_pages.MirrorPage.as_view(), name="mirror"),
    path("mirror/sweep/", mirror_pages.SweepView.as_view(), name="sweep"),
    path("mirror/stop/", mirror_pages.StopView.as_view(), name="stop"),
    path("mirror/empty/", mirror_pages.EmptyView.as_view(), name="empty"),
]
