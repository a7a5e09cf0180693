#!/usr/bin/python3
"""Checks that every field of a wire message is written by its sender and read by its receiver.

Looks for the accessors that protobuf generates, in the C++ sources of the folders that SIDES names,
and only in functions that know the message: the function or its class names the type, or an accessor
of a field of that type, or the function is a template. A field that fails must be used or become `reserved`. The fields that fail today have rows
`message.field written|read # reason` in tools/promise_exceptions.txt; a row that no longer fits must
be removed.

Usage: tools/check_promises.py [--root DIRECTORY] [--list | --write]

--list prints the table "field: written by, read by"; --write puts it into docs/wire-fields.md, which
the check compares with it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cpp_source
import exception_rows
import proto_source
import source_tree
from proto_source import Field, Message, Protos

EXCEPTIONS = "tools/promise_exceptions.txt"
TABLE = "docs/wire-fields.md"


@dataclass(frozen=True, kw_only=True)
class Side:
    """Who sends the requests of a package and who answers them; both are folders of sources.

    A package without RPCs is written by `client` and read by `server`. The codecs of model/ serve
    both: the same function encodes for a client and for the controller.
    """

    client: tuple[str, ...]
    server: tuple[str, ...]


SIDES = {
    "orrery.admin.v1": Side(client=("client/", "model/codec/"),
                            server=("controller/", "model/codec/")),
    "orrery.blob.v1": Side(client=("rpc/",), server=("controller/",)),
    "orrery.graph.v1": Side(client=("graph/codec/",), server=("graph/codec/",)),
    "orrery.model.v1": Side(client=("model/codec/", "controller/journal/"),
                            server=("model/codec/", "controller/journal/")),
    "orrery.storage.v1": Side(client=("controller/journal/", "model/codec/"),
                              server=("controller/journal/", "model/codec/")),
    "orrery.worker.v1": Side(client=("worker_sdk/", "model/codec/"),
                             server=("controller/rpc/", "model/codec/")),
    "orrery.workflow.v1": Side(client=("client/", "model/codec/"),
                               server=("controller/", "model/codec/")),
}

# Fields with such a name have an underscore in C++: continue_().
_KEYWORDS = {"auto", "bool", "break", "case", "class", "const", "continue", "default", "delete", "do",
             "double", "else", "enum", "explicit", "export", "extern", "false", "float", "for",
             "friend", "goto", "if", "inline", "int", "long", "namespace", "new", "operator",
             "private", "protected", "public", "register", "return", "short", "signed", "sizeof",
             "static", "struct", "switch", "template", "this", "throw", "true", "try", "typedef",
             "union", "unsigned", "using", "virtual", "void", "volatile", "while"}


@dataclass(frozen=True, kw_only=True)
class Use:
    """The sources that write and read one field, one pair for each way that it travels."""

    field: str  # "orrery.worker.v1.Hello.slots"
    written_by: frozenset[str]
    read_by: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Code:
    """One function of a product source, with the marks of it and of the class it belongs to."""

    path: str
    is_template: bool
    marks: frozenset[str]
    class_marks: frozenset[str]


def product_code(root: Path) -> list[Code]:
    folders = tuple(folder for side in SIDES.values() for folder in side.client + side.server)
    paths = [path for path in source_tree.files(root, source_tree.CPP_SUFFIXES)
             if path.startswith(folders)]
    sources = {path: cpp_source.scan((root / path).read_text()) for path in paths}
    classes = {name: marks_of(text) for source in sources.values()
               for name, text in source.classes.items()}
    return [Code(path=path, is_template=function.text.startswith("template"),
                 marks=marks_of(function.text), class_marks=class_marks_of(function, classes))
            for path, source in sources.items() for function in source.functions]


def class_marks_of(function: cpp_source.Function,
                   classes: dict[str, frozenset[str]]) -> frozenset[str]:
    inside = "::".join(function.scopes)
    owner = inside if inside in classes else cpp_source.owner_of(function, classes)
    return classes.get(owner, frozenset())


def marks_of(text: str) -> frozenset[str]:
    """The uses of names in a text: "x" occurs, ".x" is called, "&x" pointed to, "<x" moved out."""
    marks = set(re.findall(r"\w+", text))
    marks.update("." + name for name in re.findall(r"(?:\.|->)(\w+)\(", text))
    marks.update("&" + name for name in re.findall(r"&[\w:]+::(\w+)\b", text))
    marks.update("<" + name for name in re.findall(r"\bmove\(\*[^;]*?\bmutable_(\w+)\(", text))
    return frozenset(marks)


def accessor(field: Field) -> str:
    return field.name + ("_" if field.name in _KEYWORDS else "")


def writes(field: Field) -> set[str]:
    return {f"{verb}_{accessor(field)}" for verb in ("set", "add", "mutable", "set_allocated")}


def reads(field: Field) -> set[str]:
    name = accessor(field)
    case = "k" + "".join(word.capitalize() for word in field.name.split("_"))
    return {f".{name}", f".has_{name}", f".{name}_size", f"&{name}", f"<{name}", case}


def hints(message: Message, protos: Protos) -> set[str]:
    """The marks of code that may touch a message: its type, or a field of that type."""
    fields = {accessor(each) for other in protos.messages.values() for each in other.fields
              if each.type == message.full_name}
    found = {f"{way}{name}" for name in fields for way in (".", "add_", "mutable_")}
    return found | {message.name.rpartition(".")[2]}


def carried(roots: set[str], protos: Protos) -> set[str]:
    """The messages that the roots hold, themselves included."""
    seen: set[str] = set()
    pending = list(roots)
    while pending:
        name = pending.pop()
        if name in protos.messages and name not in seen:
            seen.add(name)
            pending += [each.type for each in protos.messages[name].fields]
    return seen


def uses_of(message: Message, ways: list[tuple[tuple[str, ...], tuple[str, ...]]],
            code: list[Code], protos: Protos) -> Iterator[Use]:
    known = hints(message, protos)
    code = [each for each in code
            if each.is_template or known & each.marks or known & each.class_marks]
    for field in message.fields:
        for writers, readers in ways:
            yield Use(
                field=f"{message.full_name}.{field.name}",
                written_by=frozenset(each.path for each in code if each.path.startswith(writers)
                                     and writes(field) & each.marks),
                read_by=frozenset(each.path for each in code if each.path.startswith(readers)
                                  and reads(field) & each.marks))


def find_uses(root: Path) -> tuple[list[Use], list[str]]:
    """The uses of every field, and a problem for each message that nothing says the sides of."""
    paths = [p for p in source_tree.files(root, (".proto",)) if p.startswith("proto/orrery/")]
    protos = proto_source.parse([(root / path).read_text() for path in paths])
    requests = carried({rpc.request for rpc in protos.rpcs}, protos)
    responses = carried({rpc.response for rpc in protos.rpcs}, protos)
    served = {protos.messages[rpc.request].package for rpc in protos.rpcs}
    code = product_code(root)
    uses: list[Use] = []
    problems: list[str] = []
    for name, message in protos.messages.items():
        side = SIDES.get(message.package)
        if side is None:
            problems.append(f"{name}: its package has no row in SIDES of tools/check_promises.py")
            continue
        is_served = message.package in served
        ways = []
        if not is_served or name in requests:
            ways.append((side.client, side.server))
        if is_served and name in responses:
            ways.append((side.server, side.client))
        if not ways:
            problems.append(f"{name}: no RPC carries it, remove it")
        uses += uses_of(message, ways, code, protos)
    return uses, problems


def judge(uses: list[Use], rows: list[exception_rows.Row]) -> Iterator[str]:
    """One problem per field that a side does not use, and per row without such a field."""
    missing: set[tuple[str, ...]] = set()
    for use in uses:
        if not use.written_by:
            missing.add((use.field, "written"))
        if not use.read_by:
            missing.add((use.field, "read"))
    allowed = {row.words for row in rows}
    for field, way in sorted(missing - allowed):
        yield f"{field}: not {way} by the side that should: use it, or make it reserved"
    for row in rows:
        if row.words not in missing:
            yield f"{row.where}: {' '.join(row.words)} needs no row any more, remove it"


def table_of(uses: list[Use]) -> str:
    written: dict[str, set[str]] = defaultdict(set)
    read: dict[str, set[str]] = defaultdict(set)
    for use in uses:
        written[use.field] |= use.written_by
        read[use.field] |= use.read_by
    lines = ["# The fields of the wire", "",
             "Every field of every message, the sources that write it and the sources that read it.",
             "`tools/check_promises.py --write` makes this page; the check fails when it is out of date.",
             "A field without an entry is not used: `tools/promise_exceptions.txt` says why."]
    heading = ""
    for field in written:
        message, _, name = field.rpartition(".")
        if message != heading:
            heading = message
            lines += ["", f"## {message}", "", "| field | written by | read by |", "| --- | --- | --- |"]
        lines.append(f"| `{name}` | {'<br>'.join(sorted(written[field]))} | "
                     f"{'<br>'.join(sorted(read[field]))} |")
    return "\n".join(lines) + "\n"


def check_tree(root: Path) -> list[str]:
    uses, problems = find_uses(root)
    rows, more = exception_rows.read(EXCEPTIONS, (root / EXCEPTIONS).read_text(), columns=2, keys=2)
    table = root / TABLE
    if not table.is_file() or table.read_text() != table_of(uses):
        more.append(f"{TABLE}: out of date: run tools/check_promises.py --write")
    return [*problems, *judge(uses, rows), *more]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--list", action="store_true", help=f"print the table of {TABLE}")
    parser.add_argument("--write", action="store_true", help=f"write {TABLE}")
    arguments = parser.parse_args()
    if arguments.list or arguments.write:
        table = table_of(find_uses(arguments.root)[0])
        if arguments.list:
            print(table, end="")
        else:
            (arguments.root / TABLE).write_text(table)
        return 0
    problems = check_tree(arguments.root)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
