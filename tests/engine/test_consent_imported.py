"""No file brings back who refused: not one that lacks them, nor a later one."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import define
from django_scopes import scope
from tests.directory.files import BY, a_file, contact_row
from tests.engine.worlds import World

from rollkeeper.core.values import Mailbox
from rollkeeper.engine.importing import import_into

PEOPLE = 40
ANN = Mailbox("c1@members.example")
NEW = "c1@new.example"


@define
class Files:
    world: World
    folder: Path

    def import_(self, *, without: int = 0, **of_the_first: str) -> None:
        """Import everybody as complete, but for some, and and the first one as told."""
        rows = [contact_row("C1", **of_the_first)]
        rows += [contact_row(f"C{number}") for number in range(2, PEOPLE + 1)]
        places = [f"L1,C{number},active,no" for number in range(1, PEOPLE + 1)]
        a_file(self.folder, "lists", "L1,News,list,yes")
        a_file(self.folder, "contacts", *rows[without:])
        a_file(self.folder, "list_memberships", *places[without:])
        with scope(association=self.world.association):
            import_into(self.world.association, [self.folder], by=BY, complete=True)
        self.night()

    def night(self) -> None:
        self.world.pull()
        for _ in range(2):
            self.world.clock.sleep(3600)
            self.world.sync(everything=True)


@pytest.fixture
def files(world: World, tmp_path: Path) -> Files:
    files = Files(world, tmp_path)
    files.import_()
    assert ANN in world.on("News")
    world.account.unsubscribe(ANN)
    files.night()
    assert len(world.on("News")) == PEOPLE - 1
    return files


def test_the_same_file_again_brings_nobody_back(files: Files) -> None:
    files.import_()
    assert ANN not in files.world.on("News")


def test_who_is_left_out_and_named_again_stays_out(files: Files) -> None:
    files.import_(without=1)
    files.import_()
    assert len(files.world.on("News")) == PEOPLE - 1


def test_who_is_named_again_with_another_address_stays_out(files: Files) -> None:
    files.import_(without=1)
    files.import_(primary_email=NEW)
    assert len(files.world.on("News")) == PEOPLE - 1
    assert not files.world.on("News") & {ANN, NEW}


def test_a_file_with_another_address_brings_nobody_back(files: Files) -> None:
    files.import_(primary_email=NEW)
    assert not files.world.on("News") & {ANN, NEW}


def test_who_came_back_by_their_own_act_is_brought_by_the_next_file(
    files: Files,
) -> None:
    files.import_(without=1)
    files.world.account.resubscribe(ANN)
    files.night()
    files.import_(primary_email=NEW)
    assert NEW in files.world.on("News")
