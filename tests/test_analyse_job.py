"""Scoring and grouping the posts of a week, and knowing when that has to be done again."""

from datetime import timedelta

from listener.jobs import analyse, collect, ledger
from listener.jobs.collect import Task
from tests.services import FIRST, LISTENED, make_service, wordings, write_answers

NOW = FIRST + timedelta(days=1)
READ = Task(source="tag", window=LISTENED, why="manual")


def listened(folder):
    service = make_service(folder, now=NOW)
    write_answers(folder, range(60), texts=wordings(60))
    collect.do(service, READ)
    return service, service.config.exercise.week(1)


def scores(service, week):
    with service.store.read() as unit:
        return unit.analyses.scores(ledger.window_of(week), analyse.scorer(service, week))


def test_every_post_gets_a_score_and_the_week_its_clusters(tmp_path):
    service, week = listened(tmp_path)

    found = analyse.do(service, week)

    assert len(scores(service, week)) == 60
    assert found.clusters
    with service.store.read() as unit:
        kept = unit.analyses.get(1)
    assert kept is not None
    assert [one.key for one in kept.clusters] == [one.key for one in found.clusters]


def test_posts_that_have_a_score_are_not_scored_again(tmp_path):
    service, week = listened(tmp_path)

    assert (analyse.score(service, week), analyse.score(service, week)) == (60, 0)


def test_an_analysis_is_stale_until_made_and_again_after_the_next_run(tmp_path):
    service, week = listened(tmp_path)
    before = analyse.is_stale(service, week)
    analyse.do(service, week)
    after = analyse.is_stale(service, week)

    collect.do(service, READ)

    assert (before, after, analyse.is_stale(service, week)) == (True, False, True)


def test_of_a_week_that_is_too_large_a_sample_is_grouped_and_the_rest_counted(tmp_path, monkeypatch):
    service, week = listened(tmp_path)
    monkeypatch.setattr(analyse, "MOST_GROUPED", 30)

    found = analyse.do(service, week)

    looked_at = sum(len(one.members) for one in found.clusters) + len(found.copies) + len(found.alone) + len(found.aside)
    assert 0 < looked_at < 60
    assert looked_at + found.unclustered == 60
    assert len(scores(service, week)) == 60


def test_another_guesser_of_tones_makes_the_analysis_stale_and_scores_anew(tmp_path):
    service, week = listened(tmp_path)
    analyse.do(service, week)
    before = scores(service, week)
    service.store.close()
    service = make_service(tmp_path, now=NOW, extra='[analysis]\ntone = "vader"\n')
    stale = analyse.is_stale(service, week)

    analyse.refresh(service, week)

    assert (stale, analyse.is_stale(service, week)) == (True, False)
    assert scores(service, week).keys() == before.keys()
