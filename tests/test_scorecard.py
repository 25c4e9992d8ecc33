"""How far the tones can be trusted."""

import json

from typer.testing import CliRunner

from listener.cli import main
from listener.jobs import analyse, scorecard
from listener.jobs.ledger import window_of
from tests.desks import collected, decide, week_of


def listener(folder, *words):
    done = CliRunner().invoke(main.app, ["-c", str(folder / "listener.toml"), "scorecard", *words])
    assert done.exit_code == 0
    return done.stdout


def guessed(service, row):

    with service.store.read() as unit:
        return unit.analyses.scores(window_of(week_of(service)), analyse.scorer(service, week_of(service)))[row].tone


def test_a_tone_that_a_person_set_is_held_against_the_guess(tmp_path):
    service = collected(tmp_path)
    first, second = guessed(service, 1), guessed(service, 2)
    other = "good" if first != "good" else "difficult"
    decide(service, "post:1", "tone", tone=other)
    decide(service, "post:2", "tone", tone=second)

    [card] = scorecard.do(service)

    assert card.scored == 40
    assert (card.set_by_people, card.left_as_guessed) == (2, 1)
    assert card.table[first][other] == 1


def test_a_week_without_scores_has_no_card_and_one_nobody_worked_on_says_so(tmp_path):
    collected(tmp_path).store.close()

    told = listener(tmp_path)

    assert "Week 1: 40 guessed" in told
    assert "Nobody has set a tone." in told
    assert "Week 2" not in told


def test_the_table_is_told_in_words_and_for_programs(tmp_path):
    service = collected(tmp_path)
    decide(service, "post:1", "tone", tone="difficult")
    service.store.close()

    assert "People set 1," in listener(tmp_path)
    found = json.loads(listener(tmp_path, "--json"))
    assert found["weeks"][0]["week"] == 1
    assert sum(row["difficult"] for row in found["weeks"][0]["table"].values()) == 1
    assert found["measured"]["accuracy"] > 0.8
