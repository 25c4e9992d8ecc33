"""The papers that an exercise needs: filled from its config, honest about what is not known, never written over."""

import re
import stat
from datetime import date

import pytest

from listener import documents
from listener.jobs import papers
from tests.commanded import caller
from tests.factories import NOW
from tests.services import CONFIG, make_service

DAY = date(2026, 11, 24)
MORE = """
[serve]
address = "https://desk.trust.example"

[publish]
address = "https://trust.example/carers"
small = 10

[privacy]
notice = "https://trust.example/privacy"
dpia = "DPIA-7"
keep_until = 2027-12-31

[safeguarding]
lead = "lead@trust.example"
read_when = "We read on working days."
urgent = "In an emergency call 999."

[sources.news]
kind = "feed"
url = "https://paper.example/feed?token=canary-5521"
keep = "90d"

[sources.masto]
kind = "mastodon"
servers = ["social.example", "kind.example"]
"""


def config(folder, extra=""):
    service = make_service(folder, now=NOW, extra=extra)
    service.store.close()
    return service.config


def drawn(folder, extra=""):
    return documents.drawn(papers.values(config(folder, extra), DAY))


@pytest.mark.parametrize("name", documents.NAMES)
def test_each_begins_with_what_a_person_must_do(tmp_path, name):
    text = drawn(tmp_path)[f"{name}.md"]

    assert text.startswith("**Draft: a person must read, complete and sign this.**\n\n# ")
    assert "$" not in text
    assert "[to be completed" in text


def test_what_the_config_says_is_filled_in(tmp_path):
    papers_ = drawn(tmp_path, MORE)

    assert "Reference: DPIA-7" in papers_["dpia.md"]
    assert "We keep words and names until 31 December 2027." in papers_["privacy-notice.md"]
    assert "counts of at least 10" in papers_["data-flow.md"]
    assert "| Words of news | 90 days after they were said |" in papers_["retention-schedule.md"]
    assert "12 October 2026 to 25 October 2026" in papers_["algorithmic-transparency.md"]
    assert "applies to https://trust.example/carers" in papers_["accessibility-statement.md"]


def test_every_source_is_told_on_or_off(tmp_path):
    text = drawn(tmp_path, MORE)["dpia.md"]

    assert "(tag)" in text
    assert "(news), words kept 90 days" in text
    assert "(off): not asked for" in text
    assert "not asked for" not in drawn(tmp_path, MORE)["privacy-notice.md"]


def test_hosts_are_named_and_no_secret_of_an_address(tmp_path):
    papers_ = drawn(tmp_path, MORE)

    assert "| paper.example:443 |" in papers_["data-flow.md"]
    assert "| social.example:443, kind.example:443, the servers on which people wrote |" in papers_["data-flow.md"]
    assert "| none: it lies on this computer |" in papers_["data-flow.md"]
    assert "canary-5521" not in "".join(papers_.values())


def test_what_nobody_has_said_is_marked(tmp_path):
    papers_ = drawn(tmp_path)

    assert "To be published at: [to be completed: address of the published notice]" in papers_["privacy-notice.md"]
    assert "| [to be completed: last day, privacy.keep_until in the config] |" in papers_["retention-schedule.md"]
    assert "no source has a time of its own" in papers_["retention-schedule.md"]


def test_tables_have_as_many_cells_in_every_row(tmp_path):
    for text in drawn(tmp_path, MORE).values():
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({row.count("|") for row in table.splitlines()}) == 1, table


def test_they_are_private_files_and_what_somebody_worked_on_stays(tmp_path):
    found = config(tmp_path)
    papers.write(found, DAY)
    (tmp_path / "documents/dpia.md").write_text("signed")
    (tmp_path / "documents/data-flow.md").unlink()

    written = papers.write(found, DAY)

    assert [path.name for path in written] == ["data-flow.md"]
    assert (tmp_path / "documents/dpia.md").read_text() == "signed"
    assert stat.S_IMODE((tmp_path / "documents").stat().st_mode) == 0o700
    assert stat.S_IMODE(written[0].stat().st_mode) == 0o600


def test_init_writes_them_beside_the_config_and_again_when_asked(tmp_path, monkeypatch, capsys):
    call = caller(monkeypatch, capsys)

    code, said, _ = call("init", tmp_path, "--title", "Thinking of carers")
    (tmp_path / "documents/dpia.md").unlink()
    again = call("-c", tmp_path / "listener.toml", "init", "--documents")

    assert (code, "complete and sign what is in" in said) == (0, True)
    assert again == (0, f"{tmp_path}/documents/dpia.md\n1 written, 5 left as they are.\n", "")
    assert len(list((tmp_path / "documents").iterdir())) == 6


def test_an_invented_config_needs_no_source_that_is_on(tmp_path):
    (tmp_path / "listener.toml").write_text(CONFIG.replace('path = "answers.jsonl"', 'path = "answers.jsonl"\noff = "later"'))
    from listener import config as reading

    assert "no source is on yet" in documents.drawn(papers.values(reading.load(tmp_path / "listener.toml"), DAY))["dpia.md"]
