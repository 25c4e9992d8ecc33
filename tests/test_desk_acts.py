"""Each act at the desk, as a form of a page sends it, changes the week as it should; a second editor is told."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from listener.jobs import analyse, desk
from tests.desk_clients import make_account, place_of, signed_in
from tests.desks import collected, decide, listen, themes_of, week_of

ACTS = "/weeks/1/acts"


@pytest.fixture
def service(tmp_path):
    return collected(tmp_path)


@pytest.fixture
def anna(service):
    return signed_in(service, "curator", name="anna")


def state_of(service):
    return desk.state(service, week_of(service))[1]


def drawn(client):
    found = re.search(r'name="drawn" value="([^"]*)"', client.get("/weeks/1").text)
    return found[1] if found else ""


def named(page, field):
    """What the first hidden field of this name holds."""
    return re.findall(f'name="{field}" value="([^"]*)"', page)[0]


def send(client, service, target, verb, seen=None, **value):
    """What the form of a page that was just drawn sends."""
    newest = state_of(service).newest if seen is None else seen
    fields = {"target": target, "verb": verb, "seen": newest, "drawn": drawn(client), "back": "/weeks/1", **value}
    return client.post_form(ACTS, **fields)


def theme_with(service, size=2):
    """(key, rows) of the first theme with so many contributions."""
    with service.store.read() as unit:
        clusters = unit.analyses.get(1).clusters
    return next((one.key, one.members) for one in clusters if len(one.members) >= size)


@pytest.mark.parametrize(
    ("verb", "value", "field", "expected"),
    [
        ("hide", {"reason": "abuse", "note": "rude"}, "hidden", "abuse"),
        ("tone", {"tone": "good"}, "tones", "good"),
        ("mode", {"mode": "verbatim"}, "modes", "verbatim"),
        ("role", {"label": "a carer"}, "roles", "a carer"),
        ("answers", {"week": "2"}, "answers", 2),
    ],
)
def test_an_act_on_a_contribution_is_kept(service, anna, verb, value, field, expected):
    answer = send(anna, service, "post:3", verb, **value)

    assert (answer.status_code, place_of(answer)) == (303, "/weeks/1")
    assert getattr(state_of(service), field) == {3: expected}


def test_what_is_hidden_can_be_shown_again(service, anna):
    send(anna, service, "post:3", "hide", reason="advert")
    send(anna, service, "post:3", "show")

    assert state_of(service).hidden == {}


def test_a_permission_is_noted_with_how_and_name(service, anna):
    send(anna, service, "post:3", "consent", state="yes", how="by email", name="Maya")

    found = state_of(service).permissions[3]
    assert (found.state, found.how, found.name) == ("yes", "by email", "Maya")


def test_a_contribution_is_chosen_and_taken_out(service, anna):
    key, rows = theme_with(service)

    send(anna, service, f"theme:{key}", "add", kind="quote", row=rows[0])
    assert state_of(service).chosen == (rows[0],)
    send(anna, service, "element:1", "remove")

    assert state_of(service).chosen == ()


def test_a_contribution_of_another_theme_is_moved_there_when_it_is_chosen(service, anna):
    first, second = themes_of(service)[:2]
    row = desk_rows(service, second)[0]

    send(anna, service, f"theme:{first}", "add", kind="quote", row=row)

    assert state_of(service).theme(first).elements[0].row == row
    assert row not in state_of(service).theme(second).rows


def desk_rows(service, key):
    with service.store.read() as unit:
        return next(one.members for one in unit.analyses.get(1).clusters if one.key == key)


def test_a_story_is_written_ordered_changed_and_shortened(service, anna):
    key, _ = theme_with(service)
    for kind, text in (("heading", "First"), ("prose", "Second"), ("prose", "Third")):
        send(anna, service, f"theme:{key}", "add", kind=kind, text=text)

    send(anna, service, "element:3", "move", by=-1)
    send(anna, service, "element:1", "edit", text="New")
    send(anna, service, "element:2", "remove")

    assert [part.text for part in state_of(service).theme(key).elements] == ["New", "Third"]


def test_a_theme_is_renamed(service, anna):
    key, _ = theme_with(service)

    send(anna, service, f"theme:{key}", "rename", label="Parking & lifts")

    assert state_of(service).theme(key).label == "Parking & lifts"
    assert "Parking &amp; lifts" in anna.get(f"/weeks/1/themes/{key}").text


def test_themes_are_ordered(service, anna):
    first, second = themes_of(service)[:2]

    send(anna, service, "week", "order", key=second, by=-1)

    assert themes_of(service)[:2] == (second, first)


def test_a_merge_is_previewed_and_done(service, anna):
    first, second = themes_of(service)[:2]
    total = len(desk_rows(service, first)) + len(desk_rows(service, second))

    preview = anna.get(f"/weeks/1/themes/{second}/merge?into={first}")
    assert f'<td class="n">{total}</td>' in preview.text
    assert desk.state(service, week_of(service))[0] is None
    send(anna, service, f"theme:{second}", "merge", into=first)

    assert second not in themes_of(service)
    assert len(state_of(service).theme(first).rows) == total


@pytest.mark.parametrize("into", ["", "gone"])
def test_a_merge_into_nothing_is_not_there(service, anna, into):
    key = themes_of(service)[0]

    assert anna.get(f"/weeks/1/themes/{key}/merge?into={into or key}").status_code == 404


def test_a_split_is_previewed_and_done(service, anna):
    key, rows = theme_with(service, 3)

    preview = anna.get(f"/weeks/1/themes/{key}/split?rows={rows[0]}&label=Lifts").text
    assert re.search(r"Lifts</bdi></th><td class=\"n\">0</td><td class=\"n\">1</td>", preview)
    send(anna, service, f"theme:{key}", "split", rows=[rows[0]], label="Lifts")

    made = next(theme for theme in state_of(service).themes if theme.label == "Lifts")
    assert (made.rows, made.split_from) == ((rows[0],), key)


def test_ticks_stay_while_one_looks_for_more_words(service, anna):
    key, rows = theme_with(service, 3)

    page = anna.get(f"/weeks/1/themes/{key}/split?rows={rows[0]}&words=nothinglikethis").text

    assert f'<input type="hidden" name="rows" value="{rows[0]}">' in page


def test_a_theme_that_is_not_there_cannot_be_split(anna):
    assert anna.get("/weeks/1/themes/gone/split").status_code == 404


def test_the_summary_is_kept_and_drawn_as_restricted_markdown(service, anna):
    send(anna, service, "week", "summary", text="**Strong** <script>alert(1)</script>")

    page = anna.get("/weeks/1").text
    assert "<strong>Strong</strong>" in page
    assert "<script>alert" not in page


def test_gaps_are_acknowledged(service, anna):
    name = named(anna.get("/weeks/1").text, "gaps")

    send(anna, service, "week", "acknowledge", gaps=name)

    assert "These gaps are acknowledged." in anna.get("/weeks/1").text


def test_what_came_since_is_told_listed_and_taken_in(service, anna, tmp_path):
    send(anna, service, "week", "summary", text="Begun.")
    listen(service, tmp_path, range(43))
    assert "3 contributions came in since you began" in anna.get("/weeks/1").text

    upto = named(anna.get("/weeks/1/tray").text, "upto")
    send(anna, service, "week", "take_in", upto=upto)

    assert state_of(service).taken_in == int(upto)
    assert "Nothing came in since you began." in anna.get("/weeks/1/tray").text
    assert "<b>43</b>" in anna.get("/weeks/1").text


# --- paraphrases and the second person ----------------------------------------------------------------------------------


def test_a_paraphrase_is_written_and_checked_by_another(service, anna):
    ben = signed_in(service, "curator", app=anna.application, name="ben")
    send(anna, service, "post:3", "paraphrase", text="In our words.")

    answer = send(ben, service, "post:3", "check")

    assert answer.status_code == 303
    written = state_of(service).paraphrases[3]
    assert (written.text, written.checked_by) == ("In our words.", make_account(service, "curator", "ben").id)


def test_who_wrote_a_paraphrase_cannot_check_it(service, anna):
    send(anna, service, "post:3", "paraphrase", text="In our words.")

    answer = send(anna, service, "post:3", "check")

    assert answer.status_code == 422
    assert "Somebody else has to check it" in answer.text
    assert state_of(service).paraphrases[3].checked_by == 0
    assert "another person has to check it" in anna.get("/weeks/1/contributions/3").text


def test_where_the_second_person_is_only_recorded_the_writer_may_check(tmp_path):
    service = collected(tmp_path, extra='[publish]\nsecond_person = "recorded"\n')
    anna = signed_in(service, "curator", name="anna")
    send(anna, service, "post:3", "paraphrase", text="In our words.")

    assert send(anna, service, "post:3", "check").status_code == 303


def test_the_source_stands_above_the_box_for_our_words(service, anna):
    page = anna.get("/weeks/1/contributions/3").text

    assert page.index('id="source"') < page.index('id="ours"')


# --- safeguarding -------------------------------------------------------------------------------------------------------


def test_whoever_reads_may_pass_a_contribution_to_the_lead(service):
    viewer = signed_in(service, "viewer")

    answer = viewer.post_form("/weeks/1/contributions/3/flag", seen="0", back="/weeks/1/contributions")

    assert (answer.status_code, place_of(answer)) == (303, "/weeks/1/contributions")
    assert state_of(service).flagged == {3}


def test_a_viewer_who_was_too_slow_may_pass_it_on_all_the_same(service):
    decide(service, "post:3", "tone", by=make_account(service, "curator", "ben").id, tone="good")
    viewer = signed_in(service, "viewer")

    answer = viewer.post_form("/weeks/1/contributions/3/flag", seen="0")
    again = viewer.post_form("/weeks/1/contributions/3/flag", seen="1")

    assert answer.status_code == 409
    assert 'action="/weeks/1/contributions/3/flag"' in answer.text
    assert again.status_code == 303


def test_what_cannot_wait_leaves_the_list_when_it_is_seen_to(tmp_path):
    service = collected(tmp_path, extra='[safeguarding]\nphrases = ["nhsthinkcarer"]\n')
    anna = signed_in(service, "curator", name="anna")
    rows = re.findall(r'id="c(\d+)"', anna.get("/weeks/1/read-first").text)
    assert len(rows) > 1

    send(anna, service, f"post:{rows[0]}", "handled")
    send(anna, service, f"post:{rows[1]}", "flag")

    assert re.findall(r'id="c(\d+)"', anna.get("/weeks/1/read-first").text) == rows[2:]
    assert int(rows[0]) in state_of(service).handled


# --- undo ---------------------------------------------------------------------------------------------------------------


def test_the_last_act_is_undone_from_the_top_of_any_page(service, anna):
    send(anna, service, "post:3", "hide", reason="advert")
    page = anna.get("/weeks/1/contributions").text
    assert "You hid contribution 3: advert." in page

    send(anna, service, "week", "undo", seq=named(page, "seq"))

    assert state_of(service).hidden == {}
    assert 'class="undo"' not in anna.get("/weeks/1/contributions").text


def test_every_act_is_listed_with_who_and_can_be_undone_and_brought_back(service, anna):
    send(anna, service, "post:3", "hide", reason="advert")
    send(anna, service, "post:4", "hide", reason="abuse")

    send(anna, service, "week", "undo", seq=1)
    page = anna.get(ACTS).text
    assert state_of(service).hidden == {4: "abuse"}
    assert "<strong>anna</strong> undid: hid contribution 3: advert" in page
    send(anna, service, "week", "undo", seq=3)

    assert state_of(service).hidden == {3: "advert", 4: "abuse"}


# --- a second editor ----------------------------------------------------------------------------------------------------


def test_a_second_editor_is_told_and_loses_nothing(service, anna):
    make_account(service, "curator", "ben")
    ben = signed_in(service, "curator", app=anna.application, name="ben")
    send(ben, service, "post:3", "paraphrase", text="Ben's words.")

    answer = send(anna, service, "post:3", "paraphrase", seen=0, text="Anna's words.")

    told = unescape(answer.text)
    assert answer.status_code == 409
    assert "<strong>ben</strong> was faster: ben wrote contribution 3 in our words" in told
    assert "Ben's words." in told
    assert "Anna's words.</textarea>" in told
    assert state_of(service).paraphrases[3].text == "Ben's words."


def test_the_second_editor_may_do_it_again_on_top(service, anna):
    ben = signed_in(service, "curator", app=anna.application, name="ben")
    send(ben, service, "post:3", "paraphrase", text="Ben's words.")
    answer = send(anna, service, "post:3", "paraphrase", seen=0, text="Anna's words.")

    form = answer.text.partition('id="yours"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    again = anna.post_form(ACTS, **fields | {"csrf_token": anna.token(), "text": "Anna's words."})

    assert again.status_code == 303
    assert state_of(service).paraphrases[3].text == "Anna's words."


def test_what_is_refused_comes_back_with_what_was_typed(service, anna):
    key = themes_of(service)[0]
    other = next(theme.label for theme in anna_themes(service) if theme.key != key)

    answer = send(anna, service, f"theme:{key}", "rename", label=other)

    assert answer.status_code == 422
    assert "Another theme of this week has this name" in answer.text
    assert f'value="{other}"' in answer.text
    assert desk.state(service, week_of(service))[0] is None


def anna_themes(service):
    with service.store.read() as unit:
        return unit.analyses.get(1).clusters


def test_a_theme_of_a_page_that_was_drawn_before_the_week_was_grouped_again_is_not_touched(service, anna, tmp_path):
    key, old = themes_of(service)[0], drawn(anna)
    listen(service, tmp_path, range(20, 60))
    analyse.do(service, week_of(service))
    with service.store.write() as unit:
        found = unit.analyses.get(1)
        unit.analyses.keep(replace(found, made_at=found.made_at + timedelta(hours=1)), 99)

    answer = anna.post_form(ACTS, target=f"theme:{key}", verb="rename", label="Mine", seen="0", drawn=old, back="")

    assert answer.status_code == 409
    assert "grouped again since you opened this page" in answer.text
    assert 'value="Mine"' in answer.text
    assert desk.state(service, week_of(service))[0] is None


# --- what is no act -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [{}, {"seen": "x", "verb": "hide"}, {"seen": "0", "verb": "approve", "target": "week", "content": "x"}],
    ids=str,
)
def test_what_is_no_form_of_the_desk_does_nothing(service, anna, fields):
    assert anna.post_form(ACTS, **fields).status_code == 400
    assert desk.state(service, week_of(service))[0] is None


@pytest.mark.parametrize("target", ["post:999", "post:x", "post:", "planet:1", "element:7", "theme:gone"])
def test_an_act_on_what_is_not_there_is_refused(service, anna, target):
    verb = {"element": "remove", "theme": "rename"}.get(target.partition(":")[0], "show")

    assert send(anna, service, target, verb, label="x").status_code == 422
    assert desk.state(service, week_of(service))[0] is None


def test_nobody_is_sent_anywhere_else_after_an_act(service, anna):
    answer = anna.post_form(ACTS, target="post:3", verb="show", seen="0", back="https://evil.example/")

    assert place_of(answer) == "/weeks/1"


def test_a_form_without_a_token_does_nothing(service, anna):
    assert anna.post(ACTS, data={"target": "post:3", "verb": "flag", "seen": "0"}).status_code == 400
    assert desk.state(service, week_of(service))[0] is None


def test_a_viewer_decides_nothing_and_sees_no_way_to(service):
    viewer = signed_in(service, "viewer")

    assert send(viewer, service, "post:3", "hide", reason="advert").status_code == 403
    assert 'action="/weeks/1/acts"' not in viewer.get("/weeks/1/contributions").text


def test_what_another_wrote_is_seen_at_once(service, anna):
    anna.get("/weeks/1/contributions/3")
    ben = make_account(service, "curator", "ben")

    decide(service, "post:3", "paraphrase", by=ben.id, text="Fresh words.")

    assert "Fresh words." in anna.get("/weeks/1/contributions/3").text
