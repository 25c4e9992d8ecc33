"""Every tick of five weeks in which networks fail, forget and list late, and the daemon is killed: nothing is lost unsaid."""

import pytest

from tests import five_weeks


@pytest.mark.slow
def test_five_weeks_of_trouble_lose_nothing_double_nothing_and_hide_nothing(tmp_path):
    report = five_weeks.rehearse(tmp_path, seed=1)

    assert report.problems == []
    assert min(report.failed, report.killed, report.taken_down, report.lost, report.kept) > 0
