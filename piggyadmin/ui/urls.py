"""Addresses that belong to no entity: the theme and the icon."""

from django.conf import settings
from django.urls import path

from piggyadmin.ui import views
from piggyadmin.ui.styleguide import StyleGuide

urlpatterns = [
    path("theme/", views.set_theme, name="set_theme"),
    path("density/", views.set_density, name="set_density"),
    path("favicon.ico", views.favicon, name="favicon"),
]
if settings.DEBUG or not settings.PIGGY_IS_REAL:
    urlpatterns.append(path("styleguide/", StyleGuide.as_view(), name="styleguide"))
