"""Addresses of the duplicates."""

from django.urls import path

from piggyadmin.duplicates import views
from piggyadmin.duplicates.certain import daily_views as daily
from piggyadmin.duplicates.certain import views as certain
from piggyadmin.duplicates.merging import views as merging
from piggyadmin.duplicates.repairing import views as repairing
from piggyadmin.duplicates.review import batch_views as batches
from piggyadmin.duplicates.review import exports
from piggyadmin.duplicates.review import views as review

app_name = "duplicates"
urlpatterns = [
    path("", review.QueuePage.as_view(), name="queue"),
    path("csv/", exports.PairsCsv.as_view(), name="csv"),
    path("decisions/", review.DecisionList.as_view(), name="decisions"),
    path("decisions/csv/", exports.DecisionsCsv.as_view(), name="decisions-csv"),
    path("figures/", review.FiguresPage.as_view(), name="figures"),
    path("many/", batches.DecideOnMany.as_view(), name="many"),
    path("many/<uuid:key>/", batches.BatchDetail.as_view(), name="batch"),
    path("next/", review.Next.as_view(), name="next"),
    path("undo/", review.Undo.as_view(), name="undo"),
    path("compare/", review.Compare.as_view(), name="compare"),
    path("clusters/<number:pk>/", review.ClusterPage.as_view(), name="cluster"),
    path("contacts/<id:contact_uuid>/check/", views.CheckContact.as_view(), name="check"),
    path("pair/<id:first>/<id:second>/", merging.PairPage.as_view(), name="pair"),
    path("pair/<id:first>/<id:second>/decide/", review.DecidePair.as_view(), name="decide"),
    path("pair/<id:first>/<id:second>/hold/", review.Hold.as_view(), name="hold"),
    path("pair/<id:first>/<id:second>/release/", review.Release.as_view(), name="release"),
    path("clusters/<number:pk>/merge/", merging.ClusterMergePage.as_view(), name="cluster-merge"),
    path("merges/", merging.MergeList.as_view(), name="merges"),
    path("merges/<uuid:key>/", merging.MergeReport.as_view(), name="merge"),
    path("merges/<uuid:key>/repair/", repairing.RepairPage.as_view(), name="repair"),
    path("merges/<uuid:key>/settle/", merging.Settle.as_view(), name="merge-settle"),
    path("certain/", certain.CertainRuns.as_view(), name="certain"),
    path("certain/daily/", daily.DailyMerges.as_view(), name="certain-daily"),
    path("certain/<number:pk>/", certain.CertainRunPage.as_view(), name="certain-run"),
    path("mirror/", views.MirrorPage.as_view(), name="mirror"),
    path("mirror/sweep/", views.SweepView.as_view(), name="sweep"),
    path("mirror/stop/", views.StopView.as_view(), name="stop"),
    path("mirror/empty/", views.EmptyView.as_view(), name="empty"),
]
