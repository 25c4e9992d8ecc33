"""Somebody asks to be forgotten: what goes, what stays, and that it stays so."""

import io
import stat
from datetime import UTC, datetime, timedelta

import pytest

from collectors.base import Aside, Item
from collectors.post import Author, Post
from listener.cli import forget as cli
from listener.jobs import deliver, desk, forget, removals, tick
from listener.jobs.forget import Asked, Report
from listener.jobs.ledger import window_of
from listener.jobs.service import Refused
from storage.curated import Removal
from tests import published
from tests.commanded import caller
from tests.factories import make_kept
from tests.services import FIRST, make_service, wordings, write_answers
from tests.stores import said_in

NOW = datetime(2026, 10, 14, 12, tzinfo=UTC)
CANARY = "quetzal"  # in every word of hers; nobody else says it
ANN = Author(handle="Quetzal.Example", name="Ann Quetzal", id="did:plc:quetzal7")
SAID = "The quetzal of ward nine sang all night while my mother waited for her tablets."
URL = "https://sky.example/profile/quetzal.example/post/3k7"
BEN = Author(handle="ben.example", name="Ben Other", id="did:plc:ben")


def make_post(number: int, text: str, author: Author, **more) -> Post:
    at = FIRST + number * timedelta(minutes=1)
    return Post(
        network=more.pop("network", "bluesky"), id=f"3k{number}/{author.id}", text=text, posted_at=at, author=author, **more
    )


def add(service, *posts: Post, source: str = "tag", run: int = 1):
    with service.store.write() as unit:
        unit.posts.add(source, run, [Item(post, repr(post).encode()) for post in posts], service.now())


@pytest.fixture
def service(tmp_path):
    write_answers(tmp_path, range(40), texts=wordings(40))
    service = make_service(tmp_path, now=NOW)
    tick.do(service)
    add(
        service,
        make_post(100, SAID, ANN, url=URL),
        make_post(101, f"Thank you {CANARY} all", ANN),
        make_post(102, "Me too", BEN),
    )
    yield service
    service.store.close()


def forget_ann(service, **asked):
    return forget.do(service, Asked(**asked or {"author": "@quetzal.EXAMPLE"}))


def left(service) -> str:
    return said_in(service.store.path).decode("utf-8", "replace").casefold()


def rows_of(service) -> list[int]:
    with service.store.read() as unit:
        return list(unit.forgetting.find(unit.forgetting.sought(author="quetzal.example")).rows)


# --- who --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"author": "quetzal.example"},
        {"author": "@QUETZAL.example", "network": "bluesky"},
        {"author": "did:plc:quetzal7"},
        {"author": "ann  quetzal"},
        {"url": f"{URL.upper()}/"},
    ],
    ids=["handle", "on a network", "id", "name", "address of one post"],
)
def test_a_person_is_found_by_what_names_them_and_all_their_posts_go(service, asked):
    report = forget_ann(service, **asked)

    assert report.counts["contributions"] == 2
    assert CANARY not in left(service)


@pytest.mark.parametrize(
    "asked", [{"author": "quetzal"}, {"author": "quetzal.example", "network": "mastodon"}, {"url": "https://sky.example/"}]
)
def test_nobody_else_is_taken_for_them(service, asked):
    assert forget_ann(service, **asked).counts.get("contributions") is None
    assert rows_of(service)


def test_a_mail_is_found_by_its_address(service):
    mail = Post(
        network="mail", id="20261012T08/<1@mail>", text=SAID, posted_at=FIRST, author=Author(handle="Ann@Quetzal.example")
    )
    add(service, mail)

    report = forget_ann(service, email="ann@quetzal.EXAMPLE")

    assert report.counts["contributions"] == 1
    assert len(rows_of(service)) == 2  # another channel is another person until they say so


def test_asking_for_nobody_is_refused():
    with pytest.raises(Refused, match="Say who is to be forgotten"):
        Asked(network="bluesky", author=" ")


def test_what_would_go_can_be_looked_at_first(service):
    shown = forget.found(service, Asked(author="quetzal.example"))

    assert [kept.post.text for kept in shown] == [SAID, f"Thank you {CANARY} all"]
    assert len(rows_of(service)) == 2


# --- where they are gone ----------------------------------------------------------------------------------------------


def test_others_who_passed_it_on_quoted_or_named_them_keep_only_their_own_words(service):
    theirs = make_post(100, SAID, ANN)
    again = make_post(110, SAID, BEN, kind="repost", repost_of=theirs.id)
    quoting = make_post(111, "So it was. @Quetzal.Example is right", BEN, quote_of=theirs.id, links=(URL,))
    answer = make_post(112, "I agree with Ann Quetzal", BEN, in_reply_to="3k9/did:plc:quetzal7")
    add(service, again, quoting, answer)

    report = forget_ann(service)

    assert CANARY not in left(service)
    assert report.counts["passed_on"] == 1
    assert "so it was. [name taken out] is right" in left(service)


def test_a_post_of_another_that_named_them_is_not_brought_back_by_the_next_reading(service):
    naming = make_post(111, "So it was, @quetzal.example", BEN)
    add(service, naming)
    forget_ann(service)

    add(service, naming, run=2)

    assert CANARY not in left(service)


def test_what_they_took_down_themselves_before_keeps_no_id_of_theirs(service):
    with service.store.write() as unit:
        unit.posts.remove("bluesky", ["3k100/did:plc:quetzal7", "3k101/did:plc:quetzal7"], NOW)

    forget_ann(service, author="did:plc:quetzal7")

    assert CANARY not in left(service)


def test_what_was_set_aside_under_their_name_keeps_none_also_when_it_comes_again(service):
    aside = Aside("3k5/did:plc:quetzal7", "unreadable", "from quetzal.example", NOW)
    with service.store.write() as unit:
        unit.posts.set_aside(unit.runs.get(1), [aside])
    forget_ann(service)

    with service.store.write() as unit:
        unit.posts.set_aside(unit.runs.get(1), [Aside(aside.ref, aside.reason, "", aside.at)])

    assert CANARY not in left(service)
    assert left(service).count("forgotten:") == 3  # two posts, one reference


def test_paraphrase_notes_consent_role_and_prose_about_them_go_and_the_acts_stay(service):
    week, (row, other) = service.config.exercise.weeks[0], rows_of(service)
    for target, verb, value in (
        (f"post:{row}", "paraphrase", {"text": f"A {CANARY} sang."}),
        (f"post:{row}", "consent", {"state": "yes", "how": f"rang {CANARY}", "name": "Ann Quetzal"}),
        (f"post:{row}", "role", {"label": f"daughter, {CANARY}"}),
        (f"post:{other}", "hide", {"reason": "off topic", "note": f"{CANARY} thanks us"}),
        ("week", "summary", {"text": f"One wrote: {SAID}"}),
    ):
        desk.act(service, week, 0, target, verb, value, seen=10_000)

    report = forget_ann(service)

    assert CANARY not in left(service)
    assert report.counts["notes on them"] == 4
    _, curation = desk.state(service, week)
    assert curation.newest == 5
    assert curation.summary == "[taken out at the writer's request]"


def test_messages_and_requests_of_theirs_go_and_the_request_is_closed(service):
    asked = Removal(id=0, at=NOW, due_at=NOW, week=1, ref="1-01", reason="it is me, Ann Quetzal", contact="Ann@quetzal.example")
    with service.store.write() as unit:
        unit.editions.ask_removal(asked)
        unit.messages.put("fault:1", "operator", "A fault", f"{CANARY}.example could not be read: ann@quetzal.example", NOW)

    report = forget_ann(service, email="ann@quetzal.example")
    forget_ann(service)

    assert CANARY not in left(service)
    assert report.counts["requests"] >= 1
    with service.store.read() as unit:
        assert unit.editions.removals() == []


def test_a_published_quote_goes_from_every_version_and_prose_that_repeats_it_too(service):
    week, (row, _) = service.config.exercise.weeks[0], rows_of(service)
    consent = (f"post:{row}", "consent", {"state": "yes", "name": "Ann Quetzal"})
    named = (f"post:{row}", "mode", {"mode": "named"})
    published.quote(service, week, row, consent, named, prose="As @quetzal.example said, it was loud.")
    published.publish(service, week)
    published.publish(service, week, version=2)
    assert left(service).count("said, it was loud") > 2

    report = forget_ann(service)

    assert CANARY not in left(service)
    assert [week for week, _ in report.quotes] == [1]
    assert report.counts["published digests"] == 2


def test_what_stands_published_is_delivered_again_without_them(service, tmp_path):
    week, (row, _) = service.config.exercise.weeks[0], rows_of(service)
    published.quote(service, week, row, (f"post:{row}", "consent", {"state": "yes"}))
    published.publish(service, week)
    deliver.do(service)
    assert CANARY in public(tmp_path)

    forget_ann(service)

    assert CANARY not in public(tmp_path)
    assert "Quote 1-01 has been withdrawn." in public(tmp_path)
    assert all(one.is_done for one in deliver.standing(service))


def public(folder) -> str:
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in (folder / "public").rglob("*") if path.is_file())


def test_a_held_week_loses_the_keywords_that_only_they_said(service):
    week = service.config.exercise.weeks[0]
    published.decide(service, week, [("week", "summary", {"text": "What people told us."})])
    with service.store.write() as unit:
        analysis = unit.forgetting.held_analyses()[1]
        analysis["clusters"][0]["members"].append(rows_of(service)[0])
        analysis["clusters"][0]["keywords"] = ["tablets", *analysis["clusters"][0]["keywords"]]
        unit.forgetting.keep_held_analysis(1, analysis)

    report = forget_ann(service)

    assert report.counts["themes of held weeks"] == 1
    with service.store.read() as unit:
        hold = unit.decisions.hold(1)
    assert "tablets" not in hold.analysis.clusters[0].keywords
    assert hold.analysis.clusters[0].keywords


def test_no_file_of_the_folder_holds_them_not_even_a_page_of_the_database(service, tmp_path):
    forget_ann(service)

    written = {path: path.read_bytes().lower() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(written) > 10
    assert [path for path, content in written.items() if CANARY.encode() in content] == []


# --- what stays -------------------------------------------------------------------------------------------------------


def test_rows_stay_so_that_none_is_used_again(service):
    before = rows_of(service)
    forget_ann(service)

    add(service, make_post(120, "Something new", BEN))

    with service.store.read() as unit:
        new = unit.forgetting.find(unit.forgetting.sought(author="ben.example")).rows
    assert max(new) > max(before)


def test_the_others_stay_as_they_were(service):
    with service.store.read() as unit:
        before = unit.posts.count()

    forget_ann(service)

    with service.store.read() as unit:
        assert unit.posts.count() == before - 2
    assert "ben.example" in left(service)


def test_it_is_noted_without_a_name(service):
    forget_ann(service)

    with service.store.read() as unit:
        (noted, *_) = unit.accounts.noted()
    assert (noted.act, noted.target, noted.by) == ("forget", "2 contributions, 0 quotes", 0)


# --- and it stays so --------------------------------------------------------------------------------------------------


def test_who_was_forgotten_is_not_collected_again_but_counted(service):
    forget_ann(service)

    add(service, make_post(100, SAID, ANN), make_post(130, f"{CANARY} again", ANN), make_post(131, "And me", BEN), run=2)

    assert CANARY not in left(service)
    with service.store.read() as unit:
        week = service.config.exercise.weeks[0]
        assert unit.posts.asides_by_source(window_of(week))["tag"] == {"asked to be forgotten": 2}
        assert not unit.forgetting.find(unit.forgetting.sought(author="did:plc:quetzal7")).is_known


def test_a_look_up_does_not_bring_them_back(service):
    forget_ann(service)

    with service.store.write() as unit:
        unit.posts.restore("tag", 1, Item(make_post(100, SAID, ANN)), NOW)

    assert CANARY not in left(service)


def test_forgetting_again_finds_nothing_and_says_since_when(service):
    forget_ann(service)
    lines = removals.beside(service.store.path).read_text()

    report = forget_ann(service)

    assert report.is_empty
    assert report.before == NOW
    assert removals.beside(service.store.path).read_text() == lines


def test_somebody_of_whom_nothing_is_kept_is_refused_from_then_on(service):
    report = forget_ann(service, author="new.example", network="bluesky")

    add(service, make_post(140, "Here I am", Author(handle="New.Example", id="did:plc:new")))

    assert report.is_empty
    assert report.before is None
    assert "here i am" not in left(service)


def test_a_name_that_was_found_does_not_shut_out_others_of_that_name(service):
    forget_ann(service, author="Ann Quetzal")

    add(service, make_post(150, "I am another", Author(name="Ann Quetzal", handle="other.example", id="did:plc:other")))

    assert "i am another" in left(service)


# --- after a restore --------------------------------------------------------------------------------------------------


def test_the_list_of_removals_names_nobody_and_is_its_owners_alone(service, tmp_path):
    service.config.backup.folder.mkdir(exist_ok=True)
    forget_ann(service)

    files = removals.places(service.config)
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert files[0].read_bytes() == files[1].read_bytes()
    assert CANARY not in files[0].read_text().casefold()


def test_a_restored_database_loses_them_again(service, tmp_path):
    service.store.copy_to(tmp_path / "old.db")
    forget_ann(service)
    service.store.close()
    (tmp_path / "old.db").replace(service.store.path)

    lines = removals.beside(service.store.path).read_text().splitlines()
    restored = make_service(tmp_path, now=NOW)

    assert CANARY in left(restored)
    assert forget.replay(restored, lines) == 1
    assert CANARY not in left(restored)
    add(restored, make_post(100, SAID, ANN))
    assert CANARY not in left(restored)
    assert forget.replay(restored, lines) == 0


def test_a_line_that_a_kill_cut_short_is_passed_over_and_a_damaged_one_refused(service):
    forget_ann(service)
    file = removals.beside(service.store.path)
    whole = file.read_text()
    file.write_text(whole + whole[:50])

    forget_ann(service, author="new.example")

    assert len(removals.read(file)) == 2
    with pytest.raises(Refused, match="damaged line"):
        removals.heard(['{"at": "soon"}'])


# --- on the command line ----------------------------------------------------------------------------------------------


@pytest.fixture
def listener(service, tmp_path, monkeypatch, capsys):
    call = caller(monkeypatch, capsys)
    return lambda *words: call("-c", tmp_path / "listener.toml", *words)


def test_it_shows_what_would_go_and_asks(listener, service, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    code, said, wrong = listener("forget", "--author", "@quetzal.example")

    assert (code, wrong) == (1, "listener: nothing was removed\n")
    assert "2 contributions would go" in said
    assert "bluesky  Quetzal.Example: The quetzal of ward nine sang all night while my mother" in said
    assert rows_of(service)


def test_it_says_what_went_and_what_it_cannot_reach(listener, service):
    code, said, wrong = listener("forget", "--author", "@quetzal.example", "--yes")

    assert (code, wrong) == (0, "")
    assert "Taken out:\n  contributions: 2\n" in said
    assert "the mail itself in the mailbox" in said
    assert "until they are 14 nights old" in said
    assert CANARY not in said.casefold()
    assert CANARY not in left(service)


def test_it_says_that_nothing_is_there(listener):
    first = listener("forget", "--author", "new.example", "--yes")[1]
    again = listener("forget", "--author", "new.example", "--yes")[1]

    assert "They are on the do-not-collect list from now on." in first
    assert "They are on the do-not-collect list since" in again


def test_nothing_to_show_is_said_before_it_asks():
    assert "No contribution of this person is kept" in next(iter(cli.preview([], "UTC")))


def test_a_report_names_places_quotes_and_what_to_look_at():
    report = Report(counts={"contributions": 7, "passed_on": 1}, quotes=[(1, "1-07")], look_at=2, is_settled=False)

    told = "\n".join(cli.told(report, "UTC"))

    assert "  passed on: 1\n  week 1: quote 1-07, from every version that was published" in told
    assert "Look yourself: 2 texts of ours" in told
    assert "Run this again" in told


def test_more_than_five_are_summed_up():
    lines = list(cli.preview([make_kept(row) for row in range(1, 8)], "UTC"))

    assert (len(lines), lines[-1]) == (7, "  and 2 more")
