"""What the source says, and what the catalogue of a language says for it.

    python -m tests.web.language.catalogue

brings every catalogue up to date with the source, and compiles it. What is new in it
has no translation yet; what is no longer said is dropped.
"""

from __future__ import annotations

import ast
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from attrs import frozen
from django.utils.translation.template import templatize

import rollkeeper

SOURCE: Final = Path(rollkeeper.__file__).parent
LOCALE: Final = SOURCE / "web" / "locale"
LANGUAGES: Final = ("es",)
HEADER: Final = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
_KINDS: Final = {
    "_": "one",
    "gettext": "one",
    "gettext_lazy": "one",
    "gettext_noop": "one",
    "ngettext": "plural",
    "ngettext_lazy": "plural",
    "pgettext": "context",
    "pgettext_lazy": "context",
}
_CALL: Final = re.compile(r"\b(?:gettext|ngettext|pgettext)\(")


@frozen
class Message:
    """What is said in English: in one form, or in one for each number."""

    said: str
    plural: str = ""
    context: str = ""


Places: TypeAlias = Mapping[Message, list[str]]
Forms: TypeAlias = tuple[str, ...]
Translations: TypeAlias = dict[Message, Forms]


def said() -> Places:
    """Return every marked message of the source, with the files that say it."""
    found: dict[Message, list[str]] = {}
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.*")]):
        place = path.relative_to(SOURCE).as_posix()
        for message in dict.fromkeys(_said_in(path)):
            found.setdefault(message, []).append(place)
    return found


def _said_in(path: Path) -> Iterator[Message]:
    text = path.read_text()
    if path.suffix == ".py":
        yield from _calls(ast.parse(text))
        return
    calls = templatize(text)
    for start in _CALL.finditer(calls):
        yield from _calls(_first_call(calls[start.start() :]))


def _first_call(text: str) -> ast.AST:
    """Parse the call that *text* begins with."""
    for end in re.finditer(r"\)", text):
        try:
            return ast.parse(text[: end.end()])
        except SyntaxError:
            continue
    raise AssertionError(f"no call: {text[:60]}")


def _calls(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            kind = _KINDS.get(node.func.id)
            literals = [
                one.value
                for one in node.args
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
            if kind == "one" and literals:
                yield Message(literals[0])
            elif kind == "plural" and len(literals) > 1:
                yield Message(literals[0], plural=literals[1])
            elif kind == "context" and len(literals) > 1:
                yield Message(literals[1], context=literals[0])


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Translations:
    """Return what a catalogue says, the header left out."""
    found: Translations = {}
    for block in path.read_text().split("\n\n"):
        fields: dict[str, str] = {}
        for line in block.splitlines():
            if match := re.fullmatch(r"(msg\w+(?:\[\d\])?) (\".*\")", line):
                fields[match[1]] = ast.literal_eval(match[2])
        if not fields.get("msgid"):
            continue
        message = Message(
            fields["msgid"],
            plural=fields.get("msgid_plural", ""),
            context=fields.get("msgctxt", ""),
        )
        forms = [text for name, text in fields.items() if name.startswith("msgstr")]
        found[message] = tuple(forms)
    return found


def written(language: str, places: Places, known: Mapping[Message, Forms]) -> str:
    """Return the catalogue of a language as its file has it."""
    blocks = [HEADER.format(language=language).rstrip()]
    for message, where in sorted(places.items(), key=lambda one: (one[1][0],)):
        lines = [f"#: {place}" for place in where]
        if "%(" in message.said + message.plural:
            lines.append("#, python-format")
        if message.context:
            lines.append(f"msgctxt {quoted(message.context)}")
        lines.append(f"msgid {quoted(message.said)}")
        forms = known.get(message, ("", "") if message.plural else ("",))
        if message.plural:
            lines.append(f"msgid_plural {quoted(message.plural)}")
            lines += [f"msgstr[{n}] {quoted(text)}" for n, text in enumerate(forms)]
        else:
            lines.append(f"msgstr {quoted(forms[0])}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def compiled(language: str, known: Mapping[Message, Forms]) -> bytes:
    """Return the catalogue as `gettext` reads it: two tables of lengths and places."""
    header = "".join(
        ast.literal_eval(line)
        for line in HEADER.format(language=language).splitlines()[2:]
    )
    pairs = {b"": header.encode()}
    for message, forms in known.items():
        if all(forms):
            pairs[_key(message)] = "\0".join(forms).encode()
    keys = sorted(pairs)
    start = 7 * 4 + 16 * len(keys)
    texts, tables = b"", [b"", b""]
    for n, strings in enumerate((keys, [pairs[key] for key in keys])):
        for one in strings:
            tables[n] += struct.pack("<II", len(one), start + len(texts))
            texts += one + b"\0"
    size = len(keys)
    head = struct.pack("<7I", 0x950412DE, 0, size, 28, 28 + 8 * size, 0, 0)
    return head + tables[0] + tables[1] + texts


def _key(message: Message) -> bytes:
    key = f"{message.context}\4{message.said}" if message.context else message.said
    return (f"{key}\0{message.plural}" if message.plural else key).encode()


def bring_up_to_date() -> None:
    places = said()
    for language in LANGUAGES:
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        before = read(path) if path.exists() else {}
        known = {one: before[one] for one in places if one in before}
        path.write_text(written(language, places, known))
        path.with_suffix(".mo").write_bytes(compiled(language, known))


if __name__ == "__main__":
    bring_up_to_date()
