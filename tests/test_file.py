import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from collectors import base, tables
from collectors.base import Window
from collectors.file import ROWS_A_PAGE, File
from tests.factories import make_given, make_post
from tests.networks.file import line_of

WEEK = Window(datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
HEADINGS = "id,posted_at,author,text\n"


def make_file(path, **options):
    return File(given=make_given(stopped=options.pop("stopped", lambda: False)), path=str(path), **options)


def make_mail(number, text="A sitter would help."):
    mail = EmailMessage()
    mail["From"], mail["Subject"] = f"Carer {number} <carer{number}@mail.example>", "Respite"
    mail["Date"], mail["Message-ID"] = f"Tue, 17 Nov 2026 09:{number:02d}:00 +0000", f"<{number}@mail.example>"
    mail.set_content(text)
    return mail.as_bytes()


def row_of(**differently):
    row = {"id": "1", "posted_at": "2026-11-17T09:00:00Z", "author": "Carer 1", "text": "More respite"}
    return json.dumps(row | differently).encode() + b"\n"


def read_all(collector, window=WEEK, cursor=None):
    return [post for page in collector.collect(window, cursor) for post in page.posts]


def asides_of(collector, window=WEEK):
    return [aside for page in collector.collect(window) for aside in page.asides]


# --- JSON Lines -------------------------------------------------------------------------------------------------------------


def test_a_corrupt_line_is_set_aside_by_its_number_and_the_rest_is_read(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(row_of(id="1") + b"\n" + b'{"id": "2", "text": "cut of\n' + row_of(id="3"))

    (page,) = make_file(path).collect(WEEK)

    assert [post.id for post in page.posts] == ["1", "3"]
    assert [(aside.ref, aside.reason) for aside in page.asides] == [("answers.jsonl:3", "unreadable")]
    assert "not JSON" in page.asides[0].detail


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        (b'{"id": NaN}', "not JSON: a number or a nesting that nobody reads"),
        (b'{"id": -Infinity}', "not JSON: a number or a nesting that nobody reads"),
        (b'{"a":' * 50_000, "not JSON: a number or a nesting that nobody reads"),
        (b'{"id": "\xff"}', "not UTF-8"),
        (b"[1]", "not a JSON object"),
        (b'{"id": "1", "text": "' + b"a" * 2_500_000 + b'"}', "longer than 1000000 bytes"),
        (row_of(text=None), "text is missing or not a text"),
        (row_of(text=" \n"), "no text"),
        (row_of(id=""), "id is missing or not a text"),
        (row_of(id=True), "id is missing or not a text"),
        (row_of(author=["a"]), "author is not a text"),
        (row_of(kind="shout"), "kind must be one of"),
        (row_of(consent="maybe"), "consent one of"),
        (row_of(likes="many"), "whole numbers"),
        (row_of(likes=[1]), "whole numbers"),
        (row_of(posted_at="yesterday"), "no ISO 8601 time"),
        (row_of(posted_at=1763370000), "no ISO 8601 time"),
        (row_of(posted_at="2026-11-17T09:00:00"), "needs a time zone"),
        (b'{"id": "1", "text": "a"}', "posted_at is missing"),
    ],
)
def test_what_is_wrong_with_a_line_is_told_without_its_words(tmp_path, line, detail):
    path = tmp_path / "answers.ndjson"
    path.write_bytes(line.rstrip(b"\n") + b"\n" + row_of(id="last"))

    (page,) = make_file(path).collect(WEEK)

    assert [post.id for post in page.posts] == ["last"]
    assert [aside.ref for aside in page.asides] == ["answers.ndjson:1"]
    assert detail in page.asides[0].detail


def test_times_without_a_zone_are_read_in_the_zone_that_the_config_names(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(row_of(id="summer", posted_at="2026-10-24T12:00") + row_of(id="winter", posted_at="2026-10-26 12:00"))

    posts = read_all(make_file(path, timezone="Europe/London"), Window(WEEK.since - timedelta(days=60), WEEK.until))

    assert [post.posted_at.hour for post in posts] == [11, 12]


@pytest.mark.parametrize("zone", ["Europe/Lodnon", "../etc"])
def test_an_unknown_zone_is_the_configs_mistake(tmp_path, zone):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(row_of())

    with pytest.raises(base.BadRequest, match="timezone"):
        read_all(make_file(path, timezone=zone))


@pytest.mark.parametrize(
    ("fields", "network", "kind"),
    [
        ({}, "form", "answer"),
        ({}, "file", "post"),
        ({"network": "form"}, "file", "answer"),
        ({"in_reply_to": "0"}, "form", "reply"),
        ({"repost_of": "0"}, "file", "repost"),
        ({"kind": "article"}, "form", "article"),
    ],
)
def test_the_kind_of_a_row_follows_from_what_it_says(tmp_path, fields, network, kind):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(row_of(**fields))

    assert [post.kind for post in read_all(make_file(path, network=network))] == [kind]


def test_many_rows_come_in_pages_that_each_can_be_resumed_after(tmp_path):
    path = tmp_path / "answers.jsonl"
    posts = [make_post(number, posted_at=WEEK.since + timedelta(seconds=number)) for number in range(2 * ROWS_A_PAGE + 1)]
    path.write_bytes(b"".join(map(line_of, posts)) + b"{\n")

    pages = list(make_file(path).collect(WEEK))

    assert [len(page.items) for page in pages] == [ROWS_A_PAGE, ROWS_A_PAGE, 1]
    assert len(read_all(make_file(path), cursor=pages[0].cursor)) == ROWS_A_PAGE + 1
    (rest,) = make_file(path).collect(WEEK, pages[1].cursor)
    assert [aside.ref for aside in rest.asides] == [f"answers.jsonl:{2 * ROWS_A_PAGE + 2}"]


def test_a_stop_is_obeyed_between_pages(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b"".join(row_of(id=number) for number in range(ROWS_A_PAGE + 1)))

    (page,) = make_file(path, stopped=lambda: True).collect(WEEK)

    assert page.cursor


def test_an_empty_file_is_read_to_its_end(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.touch()

    assert [page.cursor for page in make_file(path).collect(WEEK)] == [None]


# --- CSV ----------------------------------------------------------------------------------------------------------------------


def test_csv_from_a_spreadsheet_is_read_with_its_line_numbers(tmp_path):
    path = tmp_path / "round.CSV"
    rows = '1,2026-11-17T09:00Z,"Carer, one","two\r\nlines"\r\n2,soon,,text\r\n3,2026-11-17T10:00Z,,ok\r\n'
    rows += "4,2026-11-27T10:00Z,,late\r\n"
    path.write_bytes(("\ufeff" + HEADINGS + rows).encode())

    (page,) = make_file(path, network="form").collect(WEEK)

    assert [(post.id, post.author.name, post.text) for post in page.posts] == [
        ("1", "Carer, one", "two\r\nlines"),
        ("3", "", "ok"),
    ]
    assert [aside.ref for aside in page.asides] == ["round.CSV:4"]


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "missing: id, posted_at, text"), ("id;posted_at;text\n", "missing: id"), ("a" * 200_000, "not CSV")],
    ids=["empty", "semicolons", "one huge cell"],
)
def test_a_table_without_the_needed_columns_is_the_configs_mistake(tmp_path, content, words):
    path = tmp_path / "round.csv"
    path.write_text(content)

    with pytest.raises(base.BadRequest, match=words):
        read_all(make_file(path))
    with pytest.raises(base.Unavailable, match=words):
        make_file(path).read(content.encode())


def test_a_cell_that_never_ends_is_set_aside(tmp_path):
    path = tmp_path / "round.csv"
    path.write_text(HEADINGS + '1,2026-11-17T09:00Z,,ok\n2,2026-11-17T09:00Z,,"' + "a" * 140_000 + "\n")

    (page,) = make_file(path).collect(WEEK)

    assert [post.id for post in page.posts] == ["1"]
    assert "not CSV" in page.asides[0].detail


def test_csv_pages_can_be_resumed_after_and_headings_alone_are_no_rows(tmp_path):
    path, bare = tmp_path / "round.csv", tmp_path / "bare.csv"
    path.write_text(HEADINGS + "".join(f"{number},2026-11-17T09:00Z,,ok\n" for number in range(ROWS_A_PAGE + 2)))
    bare.write_text(HEADINGS)

    pages = list(make_file(path).collect(WEEK))

    assert [len(page.items) for page in pages] == [ROWS_A_PAGE, 2]
    assert read_all(make_file(path), cursor=pages[0].cursor) == pages[1].posts
    assert [page.cursor for page in make_file(bare).collect(WEEK)] == [None]


# --- mails --------------------------------------------------------------------------------------------------------------------


def test_the_mails_of_an_mbox_are_read_within_the_window(tmp_path):
    path = tmp_path / "kept.mbox"
    late = make_mail(3).replace(b"17 Nov", b"27 Nov")
    path.write_bytes(b"".join(b"From MAILER\n" + mail + b"\n" for mail in (make_mail(1), make_mail(2), late)))

    collector = make_file(path, mask=False)
    items = [item for page in collector.collect(WEEK) for item in page.items]

    assert [item.post.network for item in items] == ["mail", "mail"]
    assert [collector.read(item.raw).posts for item in items] == [[item.post] for item in items]
    assert len(collector.read(path.read_bytes()).posts) == 3


@pytest.mark.parametrize("one_only", [False, True], ids=["folder", "one mail"])
def test_kept_mails_are_masked_unless_the_config_says_otherwise(tmp_path, one_only):
    path = tmp_path / "1.eml"
    path.write_bytes(make_mail(1, "My number is 943 476 5919."))
    (tmp_path / "notes.txt").write_text("no mail")
    target = path if one_only else tmp_path

    (masked,) = make_file(target).collect(WEEK)
    (kept,) = make_file(target, mask=False).collect(WEEK)

    assert "943 476 5919" not in masked.posts[0].text
    assert masked.items[0].raw is None
    assert "943 476 5919" in kept.posts[0].text


def test_a_mail_that_cannot_be_read_is_set_aside(tmp_path):
    (tmp_path / "1.eml").write_bytes(b"\x00\x01")

    assert [aside.reason for aside in asides_of(make_file(tmp_path))] == ["unreadable"]


def test_rows_are_masked_when_the_config_says_so(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(row_of(text="Write to carer@mail.example"))

    (page,) = make_file(path, mask=True).collect(WEEK)

    assert page.posts[0].text == "Write to [email address]"
    assert page.items[0].raw is None


# --- the file itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.csv", "missing.mbox", "missing"])
def test_a_missing_file_is_told_with_its_path(tmp_path, name):
    for ask in (read_all, lambda collector: collector.check()):
        with pytest.raises(base.BadRequest, match=f"{name}: No such file"):
            ask(make_file(tmp_path / name))


def test_a_form_that_nobody_reads_is_told(tmp_path):
    with pytest.raises(base.BadRequest, match=r"\.jsonl, \.ndjson, \.csv, \.mbox, \.eml"):
        read_all(make_file(tmp_path / "answers.xlsx"))


def test_a_good_file_passes_the_check(tmp_path):
    path = tmp_path / "answers.jsonl"
    path.write_bytes(row_of())

    make_file(path).check()


def test_the_coverage_box_names_the_file_and_not_its_folder(tmp_path):
    assert make_file(tmp_path / "answers.jsonl").asked == "everything in answers.jsonl"


def test_an_address_that_is_no_web_page_is_dropped():
    row = {"id": 7, "text": "a", "url": "javascript:alert(1)", "author": "@carer"}

    post = tables.read_post(row, WEEK.since, "file")

    assert (post.id, post.url, post.author.handle) == ("7", "", "carer")


@pytest.mark.parametrize(("network", "told"), [("form", "Questionnaire"), ("mail", "Mailbox"), ("file", "File")])
def test_readers_hear_what_kind_of_file_it_is(tmp_path, network, told):
    assert make_file(tmp_path / "rows.csv", network=network).channel_name == told
