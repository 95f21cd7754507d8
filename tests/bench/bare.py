"""A bare Django view that makes one call to Piggy: what a look-up page is measured against."""

import os

import requests
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
)
session = requests.Session()
session.trust_env = False
session.headers["Authorization"] = f"Bearer {os.environ['PIGGY_API_TOKEN']}"
FIND = os.environ["PIGGY_API_URL"] + "/api/v3/oauth/clients/vouchers/find"


def find_voucher(request: HttpRequest) -> HttpResponse:
    """Make the call and show the status."""
    answer = session.get(FIND, params={"code": request.GET["code"]}, timeout=30)
    return HttpResponse(answer.json()["data"]["status"])


urlpatterns = [path("", find_voucher)]
application = get_wsgi_application()
