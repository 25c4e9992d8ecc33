"""What an installation is made of: a wheel that holds all it needs, units, a container, a proxy in front."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.faults import ROOT

DEPLOY = ROOT / "deploy"
UNITS = ("listener-run.service", "listener-serve.service")
PACKAGES = ("collectors", "storage", "digests", "listener")
OTHERS = {".py", ".pyc"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built as for a release, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        str(folder),
        ".",
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("listener-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Its command in an environment of its own, where the packages that it needs are but this repository is not."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")  # pth files in there are not followed
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(folder / "bin" / "python"),
        "install",
        "-q",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    return folder / "bin" / "listener"


def run(command: Path, *words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    return subprocess.run([command, *words], capture_output=True, text=True, check=False, cwd=cwd, env=clean, timeout=300)


# --- the wheel ----------------------------------------------------------------------------------------------------------


def test_every_file_of_our_packages_is_in_the_wheel(wheel):
    tracked = subprocess.run(["git", "ls-files", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )

    held = set(ZipFile(wheel).namelist())

    assert len([name for name in tracked if name and Path(name).suffix not in OTHERS]) > 30
    assert {name for name in tracked if name and (ROOT / name).exists()} <= held


def test_nothing_else_is_in_it(wheel):
    tops = {name.partition("/")[0] for name in ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_installed_command_is_the_wheels_and_not_the_repositorys(installed, tmp_path):
    python = installed.with_name("python")
    where = run(python, "-c", "import listener, storage; print(listener.__file__, storage.__file__)", cwd=tmp_path).stdout

    assert where.count(str(installed.parent.parent)) == 2
    assert run(installed, "--version", cwd=tmp_path).stdout.startswith("listener ")


def test_it_works_without_the_repository(installed, tmp_path):
    """Migrations, templates, static files, documents, phrases, weights: whatever lies beside the code is found."""
    made = run(installed, "init", ".", cwd=tmp_path)
    (tmp_path / "listener.toml").write_text(ONE_SOURCE)
    (tmp_path / "answers.csv").write_text("id,posted_at,text\n" + "".join(ROW.format(n=n) for n in range(40)))

    done = [run(installed, verb, cwd=tmp_path) for verb in ("check", "collect", "digest", "backup")]

    assert [one.returncode for one in (made, *done)] == [0] * 5, [one.stderr for one in done]
    assert "Content-Security-Policy" in (tmp_path / "digests" / "week-1" / "index.html").read_text()
    assert len(list((tmp_path / "documents").iterdir())) > 3


ROW = "a{n},2026-10-12T10:00:00Z,Parking costs me more than my allowance in a bad month {n}\n"
ONE_SOURCE = """
[exercise]
slug = "carers"
title = "Carers"
organisation = "Any Trust"
hashtags = []
timezone = "Europe/London"
starts = 2026-10-12
[[exercise.weeks]]
question = "What would help you?"
[sources.answers]
kind = "file"
path = "answers.csv"
"""


# --- without a network ------------------------------------------------------------------------------------------------


def needed() -> str:
    return subprocess.run([sys.executable, DEPLOY / "needed.py"], capture_output=True, text=True, check=True).stdout


def test_what_is_fetched_for_an_offline_install_is_what_the_release_needs_and_no_tool_of_ours():
    names = set(re.findall(r"^([A-Za-z0-9._-]+)==", needed(), flags=re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[<>=\[ ]", one.lower())[0] for one in project["dependencies"]}

    assert {one.replace(".", "-") for one in asked} <= names
    assert "apprise" in names
    assert not names & {"pytest", "mypy", "ruff", "playwright", "hypothesis"}


def test_every_line_of_it_has_hashes():
    blocks = re.split(r"\n(?=\S)", needed().strip())

    assert len(blocks) > 60
    assert all("--hash=sha256:" in block for block in blocks)


# --- systemd ------------------------------------------------------------------------------------------------------------


def settings(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / unit).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_may_write_to_its_folder_only_and_keeps_it_private(unit):
    found = settings(unit)

    assert (found["ProtectSystem"], found["ReadWritePaths"], found["UMask"]) == (["strict"], ["/srv/listening"], ["0077"])
    assert (found["User"], found["NoNewPrivileges"], found["CapabilityBoundingSet"]) == (["listener"], ["true"], [""])


def test_a_unit_starts_the_verb_of_its_name_and_stays_down_when_trying_again_does_not_help():
    by_unit = {unit: settings(unit) for unit in UNITS}

    assert [found["ExecStart"][0].split()[-1] for found in by_unit.values()] == ["run", "serve"]
    assert [found["RestartPreventExitStatus"] for found in by_unit.values()] == [["2 75"], ["2"]]


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_a_unit_and_finds_it_well_guarded(unit, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    ours = tmp_path / unit
    ours.write_text((DEPLOY / unit).read_text().replace("/opt/listener/.venv/bin/listener", "/bin/true"))

    verified = subprocess.run(["systemd-analyze", "verify", ours], capture_output=True, text=True, check=False)
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", ours], capture_output=True, text=True, check=False
    )

    assert (verified.returncode, verified.stderr) == (0, "")
    assert judged.returncode == 0, judged.stdout[-300:]


# --- container and proxy ------------------------------------------------------------------------------------------------


def steps() -> list[tuple[str, str]]:
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Containerfile").read_text())
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line and line[0] != "#")]


def test_the_container_copies_what_is_there_and_runs_as_nobody_special():
    found = steps()
    copied = [name for word, rest in found if word == "COPY" for name in rest.split()[:-1]]

    assert all((ROOT / name).exists() for name in copied)
    assert set(PACKAGES) <= set(copied)
    assert ("USER", "10001") in found
    assert found[-2:] == [("ENTRYPOINT", '["listener"]'), ("CMD", '["run"]')]


def test_the_container_installs_nothing_that_is_not_in_the_lock():
    pip = [rest for word, rest in steps() if word == "RUN" and "pip" in rest]

    assert all("--require-hashes" in rest or "--no-index" in rest for rest in pip)


def test_the_proxy_says_what_listener_believes_and_lets_no_visitor_say_who_they_are():
    text = (DEPLOY / "nginx.conf").read_text()
    places = re.findall(r"location (?:= )?(\S+) \{[^}]*proxy_pass http://127\.0\.0\.1:8080/[^}]*\}", text)
    blocks = [block for block in re.findall(r"location [^{]*\{[^}]*\}", text) if "proxy_pass" in block]

    assert places == [f"/listening/{one}" for one in ("", "remove", "static/", "look/")]
    for block in blocks:
        assert "X-Forwarded-Prefix /listening;" in block
        assert "X-Forwarded-Proto $scheme;" in block
        assert 'X-Remote-User "";' in block
    assert text.count("{") == text.count("}")
