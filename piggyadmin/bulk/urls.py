"""Addresses of bulk runs."""

from django.urls import path

from piggyadmin.bulk import views

app_name = "bulk"
urlpatterns = [
    path("", views.BulkRuns.as_view(), name="runs"),
    path("chosen/", views.ChosenRows.as_view(), name="chosen"),
    path("template/<slug:slug>.csv", views.Template.as_view(), name="template"),
    path("<number:pk>/", views.RunPage.as_view(), name="run"),
    path("<number:pk>/read/", views.ReadAnew.as_view(), name="read"),
    path("<number:pk>/check/", views.CheckRows.as_view(), name="check"),
    path("<number:pk>/choose/", views.ChooseAnew.as_view(), name="choose"),
    path("<number:pk>/confirm/", views.Confirm.as_view(), name="confirm"),
    path("<number:pk>/decide/", views.DecideOnRun.as_view(), name="decide"),
    path("<number:pk>/steer/", views.Steer.as_view(), name="steer"),
    path("<number:pk>/again/", views.AskAnew.as_view(), name="again"),
    path("<number:pk>/failed/", views.FailedRows.as_view(), name="failed"),
    path("<number:pk>/undo/", views.UndoRun.as_view(), name="undo"),
    path("<number:pk>/rows.csv", views.RowsFile.as_view(), name="rows"),
]
