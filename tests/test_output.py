"""Pages on disk."""

from listener.jobs import output


def test_a_page_is_written_whole_and_only_for_its_owner(tmp_path):
    output.write(tmp_path / "digests", {"week-1/index.html": b"one", "index.html": b"all"})

    assert (tmp_path / "digests/week-1/index.html").read_bytes() == b"one"
    assert oct((tmp_path / "digests/index.html").stat().st_mode)[-3:] == "600"
    assert oct((tmp_path / "digests/week-1").stat().st_mode)[-3:] == "700"
    assert not list(tmp_path.rglob("*.part"))


def test_what_does_not_change_is_not_written(tmp_path):
    output.write(tmp_path, {"index.html": b"all"})
    before = (tmp_path / "index.html").stat().st_mtime_ns

    assert output.write(tmp_path, {"index.html": b"all"}) == 0
    assert (tmp_path / "index.html").stat().st_mtime_ns == before


def test_what_a_kill_left_half_written_goes(tmp_path):
    output.write(tmp_path, {"week-1/index.html": b"1", "index.html": b"all"})
    for folder in (tmp_path, tmp_path / "week-1"):
        (folder / ".index.html.4711.part").write_bytes(b"<html")

    output.write(tmp_path, {"week-1/index.html": b"1"}, within="week-1")
    output.write(tmp_path, {"index.html": b"all"})

    assert not list(tmp_path.rglob("*.part"))


def test_pages_that_a_week_no_longer_has_go(tmp_path):
    output.write(tmp_path, {"week-1/index.html": b"1", "week-1/theme-9.html": b"9", "week-2/index.html": b"2"})

    output.write(tmp_path, {"week-1/index.html": b"1"}, within="week-1")

    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")) == [
        "week-1/index.html",
        "week-2/index.html",
    ]
