"""The trace id."""

from contextvars import copy_context

from piggyadmin.piggy.trace import current_trace_id, use_trace_id


def test_one_is_made_and_stays():
    def twice():
        return current_trace_id(), current_trace_id()

    first, second = copy_context().run(twice)
    assert first == second
    assert len(first) == 32


def test_a_block_has_its_own():
    with use_trace_id("outer"):
        with use_trace_id() as inner:
            assert current_trace_id() == inner != "outer"
        assert current_trace_id() == "outer"
