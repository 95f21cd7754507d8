"""Nothing of second factors stands in Django's admin site: not even sealed is a secret a field."""

import allauth.mfa.admin  # noqa: F401  (it is there before it is taken away)
from allauth.mfa.models import Authenticator
from django.contrib import admin

admin.site.unregister(Authenticator)
