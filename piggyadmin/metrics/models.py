"""What all processes, on all machines, have counted together."""

from django.db import models


class MetricTotal(models.Model):
    """One number that only ever grows: of one metric, with one set of labels."""

    metric = models.CharField(max_length=60)
    # The values of its labels, as a list in JSON.
    labels = models.CharField(max_length=255)
    number = models.FloatField()

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("metric", "labels"), name="one_total_per_labels"),
        )

    def __str__(self) -> str:
        return f"{self.metric} {self.labels}"
