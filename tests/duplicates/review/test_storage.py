"""What is kept of pairs."""

from datetime import timedelta

from django.utils import timezone

from piggyadmin.duplicates.review.storage import _rank


def test_certainty_comes_first_then_what_is_at_stake():
    now, last_year = timezone.now(), timezone.now() - timedelta(days=365)
    nothing, with_credits, active, asleep = (
        _rank(0.9, credits_, at, now)
        for credits_, at in ((0, None), (1000, None), (0, now), (0, last_year))
    )
    assert asleep == nothing < active < with_credits
    assert _rank(0.9, -50, None, now) == nothing
    assert _rank(0.99, 0, None, now) < _rank(0.95, 100, None, now)
    assert _rank(0.99, 0, None, now) > _rank(0.6, 10_000, now, now)
