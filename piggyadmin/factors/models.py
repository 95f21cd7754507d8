"""Which roles need a second factor, as an admin chose."""

from django.contrib.auth.models import Group
from django.db import models


class FactorRequirement(models.Model):
    """A role whose people need a second factor; the setting SECOND_FACTOR_ROLES names others."""

    role = models.OneToOneField(
        Group, on_delete=models.CASCADE, primary_key=True, related_name="factor_requirement"
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.role.name
