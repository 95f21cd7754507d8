"""What workers forget of bulk runs."""

from datetime import timedelta

from django.utils import timezone

from piggyadmin.bulk.models import BulkPiece, BulkRow, BulkRun
from piggyadmin.bulk.tasks import forget_rows
from tests.bulk.making import SHOP, carried, checked, confirmed, uploaded

LIST = "e-mail;credits\nmira.jansen@example.test;5\n"


def test_rows_are_forgotten_in_the_end(sandbox, maker, settings):
    settings.BULK_KEEP_DAYS = 30
    old = carried(confirmed(checked(LIST, maker, shop_uuid=SHOP)))
    draft = uploaded(LIST, maker)
    long_ago = timezone.now() - timedelta(days=31)
    BulkRun.objects.filter(pk=old.pk).update(finished_at=long_ago)
    forget_rows()
    assert not BulkRow.objects.exists()
    assert BulkPiece.objects.filter(run=draft).exists()
    BulkRun.objects.filter(pk=draft.pk).update(created_at=long_ago)
    forget_rows()
    assert not BulkPiece.objects.exists()
    assert BulkRun.objects.count() == 2


def test_what_is_under_way_stays(sandbox, maker):
    run = confirmed(checked(LIST, maker, shop_uuid=SHOP))
    BulkRun.objects.update(created_at=timezone.now() - timedelta(days=400))
    forget_rows()
    assert run.rows.exists()
