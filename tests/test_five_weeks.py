"""Every tick of five weeks in which networks fail, forget and list late, and the daemon is killed: nothing is lost unsaid."""

from collections.abc import Iterator

import coverage
import pytest

from tests import five_weeks


@pytest.fixture
def uncovered() -> Iterator[None]:
    """Counting lines makes it three times as long, and other tests go through all of them."""
    counting = coverage.Coverage.current()
    if counting is None:
        yield
        return
    counting.stop()
    yield
    counting.start()


@pytest.mark.slow
@pytest.mark.usefixtures("uncovered")
def test_five_weeks_of_trouble_lose_nothing_double_nothing_and_hide_nothing(tmp_path):
    report = five_weeks.rehearse(tmp_path, seed=1)

    assert report.problems == []
    assert min(report.failed, report.killed, report.taken_down, report.lost, report.kept) > 0
