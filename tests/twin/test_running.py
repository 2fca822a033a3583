from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner
from tests.twin.driving import a_twin

from mailtwin.__main__ import main
from mailtwin.server import running

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start ``mailtwin serve`` as a user does, on a free port."""
    command = [sys.executable, "-m", "mailtwin", "serve", "--port", "0"]
    command += ["--no-limits", "--seed", "7", "--state", str(tmp_path / "twin.db")]
    command += ["--job-seconds", "0:0", "--account", "Harbor Guild"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_serve_prints_its_address_first_and_answers_there(
    serving: subprocess.Popen[str],
) -> None:
    assert serving.stdout is not None
    address = serving.stdout.readline().strip()
    state = httpx2.get(f"{address}/__control__/state").json()
    assert address.startswith("http://127.0.0.1:")
    assert state["account"]["organization_name"] == "Harbor Guild"
    serving.send_signal(signal.SIGTERM)
    serving.wait()
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(address)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--job-seconds", "soon"], "MIN:MAX"),
        (["--job-seconds", "3:1"], "MIN <= MAX"),
        (["--answer", "blanks"], "NAME=VALUE"),
        (["--answer", "blanks=perhaps"], "it cannot be perhaps"),
        (["--answer", "nothing=yes"], "no switch is called nothing"),
        (["--mood", "sunny"], "worst"),
    ],
)
def test_wrong_options_are_explained(options: list[str], words: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--port", "0", *options])
    assert result.exit_code == 2
    assert words in result.output


def test_a_taken_port_is_explained() -> None:
    with running() as server:
        port = server.url.rpartition(":")[2]
        result = CliRunner().invoke(main, ["serve", "--port", port])
    assert result.exit_code == 1
    assert "choose another --port" in result.output


def test_a_state_file_keeps_contacts_tokens_time_and_the_record(
    tmp_path: Path,
) -> None:
    settings = {"state": tmp_path / "twin.db", "job_seconds": (5, 5)}
    with a_twin(**settings) as twin:
        twin.control("clock", set="2030-01-01T00:00:00Z")
        twin.bearer = bearer = twin.control("token")["access_token"]
        news = twin.new_list("News")
        body = {"import_data": [{"email": "ann@a.example"}], "list_ids": [news]}
        twin.post("/activities/contacts_json_import", body)
    with a_twin(**settings) as again:
        again.bearer = bearer
        again.advance(10)
        assert again.look("clock")["now"].startswith("2030-01-01")
        assert again.members("News") == ["ann@a.example"]
        assert again.new_list("Golf") != news
        assert len(again.look("calls")["calls"]) >= 2


def test_two_twins_do_not_know_each_other() -> None:
    with running() as one, running() as other:
        add = {"address": "ann@a.example"}
        httpx2.post(f"{one.url}/__control__/hand_add", json=add)
        assert httpx2.get(f"{other.url}/__control__/state").json()["contacts"] == []


def test_the_package_imports_nothing_of_rollkeeper() -> None:
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, mailtwin.server, mailtwin.__main__;"
            "print(*[m for m in sys.modules if m.partition('.')[0] == 'rollkeeper'])",
        ],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert loaded.stdout.strip() == ""
