"""Addresses of the door for programs, and of the pages that tell people of it."""

from django.urls import path

from piggyadmin.api import docs_views, views
from piggyadmin.api.access import for_programs
from piggyadmin.api.mcp import McpEndpoint

app_name = "api"
urlpatterns = [
    path("", for_programs(views.Index.as_view()), name="index"),
    path("openapi.json", for_programs(views.OpenApiDocument.as_view()), name="openapi"),
    path("mcp/", for_programs(McpEndpoint.as_view()), name="mcp"),
    path("docs/", docs_views.Overview.as_view(), name="docs"),
    path("docs/<slug:slug>/", docs_views.ActionDocs.as_view(), name="action-docs"),
    path("actions/<slug:slug>/", for_programs(views.ActionCall.as_view()), name="action"),
    path(
        "actions/<slug:slug>/<uuid:key>/",
        for_programs(views.OutcomeOfCall.as_view()),
        name="outcome",
    ),
]
