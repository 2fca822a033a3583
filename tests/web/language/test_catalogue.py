"""The catalogues have everything that the source says, as it says it."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from tests.web.language import catalogue
from tests.web.language.catalogue import LANGUAGES, Message

PLACE = re.compile(r"%\(\w+\)s")
TAG = re.compile(r"</?\w+[^>]*>")


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_everything_that_is_said_is_translated(language: str) -> None:
    known = catalogue.read(catalogue.path_of(language))
    missing = [one.said for one in catalogue.said() if not all(known.get(one, ("",)))]
    assert missing == [], "run `make messages`, then translate what is empty"


def test_nothing_is_translated_that_nobody_says(language: str) -> None:
    known = catalogue.read(catalogue.path_of(language))
    assert set(known) - set(catalogue.said()) == set()


def test_a_translation_keeps_each_place_and_each_tag(language: str) -> None:
    wrong = [
        (one.said, form)
        for one, forms in catalogue.read(catalogue.path_of(language)).items()
        for form in forms
        if not kept(one, form)
    ]
    assert wrong == []


def kept(one: Message, form: str) -> bool:
    """Only a number may be left out, where one form says "somebody"."""
    wanted, found = set(PLACE.findall(one.said)), set(PLACE.findall(form))
    if one.plural:
        both = wanted | set(PLACE.findall(one.plural))
        return found <= both and wanted <= found | (both - wanted)
    return wanted == found and sorted(TAG.findall(one.said)) == sorted(
        TAG.findall(form)
    )


def test_what_is_compiled_is_what_is_written(language: str) -> None:
    path = catalogue.path_of(language)
    known = catalogue.read(path)
    assert path.with_suffix(".mo").read_bytes() == catalogue.compiled(language, known)


def test_what_is_compiled_is_what_gettext_reads(tmp_path: Path) -> None:
    path = tmp_path / "some.mo"
    path.write_bytes(
        catalogue.compiled(
            "es",
            {
                Message("Save"): ("Guardar",),
                Message("%(n)s list", plural="%(n)s lists"): ("una", "muchas"),
                Message("open", context="decisions"): ("pendientes",),
                Message("Not yet"): ("",),
            },
        )
    )
    with path.open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("Save") == "Guardar"
    assert read.ngettext("%(n)s list", "%(n)s lists", 2) == "muchas"
    assert read.pgettext("decisions", "open") == "pendientes"
    assert read.gettext("Not yet") == "Not yet"


def test_a_catalogue_is_read_as_it_was_written(tmp_path: Path) -> None:
    known = {Message('Say “it” with "quotes"\nand lines'): ("Dicho \\ así",)}
    path = tmp_path / "some.po"
    path.write_text(catalogue.written("es", {one: ["x.py"] for one in known}, known))
    assert catalogue.read(path) == known
