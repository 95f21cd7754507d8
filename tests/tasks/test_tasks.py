"""What is long over is forgotten, and nothing else."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from piggyadmin.tasks import backend
from piggyadmin.tasks.models import Run, RunState, Worker
from piggyadmin.tasks.tasks import forget_old_tasks


@pytest.mark.django_db
def test_forget_old_tasks():
    long_ago = timezone.now() - timedelta(days=400)
    Run.objects.create(name="a", key="old", state=RunState.DONE, finished_at=long_ago)
    Run.objects.create(name="a", key="new", state=RunState.FAILED, finished_at=timezone.now())
    Run.objects.create(name="a", key="due", created_at=long_ago)
    Worker.objects.create(name="old", host="h", pid=1, last_seen=long_ago)
    Worker.objects.create(name="new", host="h", pid=2, last_seen=Now())
    backend.hand_over(1)
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=long_ago)
    backend.hand_over(2)
    forget_old_tasks()
    assert set(Run.objects.values_list("key", flat=True)) == {"new", "due"}
    assert Worker.objects.get().name == "new"
    assert DBTaskResult.objects.count() == 1
