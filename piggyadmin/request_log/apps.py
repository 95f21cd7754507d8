"""The request log app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RequestLogConfig(AppConfig):
    """Every call to Piggy, kept for a while."""

    name = "piggyadmin.request_log"
    label = "requests"
    verbose_name = _("request log")
