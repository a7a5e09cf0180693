#!/usr/bin/python3
"""Checks every #include against tools/layers.txt, and that pure layers stay pure.

Usage: tools/check_layers.py [--root DIRECTORY]
"""

from __future__ import annotations

import argparse
import configparser
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import source_tree

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The rows of layers.txt."""

    layers: dict[str, list[str]]
    libraries: dict[str, list[str]]
    slow_prefixes: list[str]
    slow_headers: list[str]
    pure_layers: list[str]
    pure_headers: list[str]
    pure_calls: list[str]

    def layer_of(self, path: str) -> str | None:
        """The row with the longest name that is a folder of the path."""
        rows = [row for row in self.layers if path.startswith(row + "/")]
        return max(rows, key=len, default=None)


def read_rules(path: Path) -> Rules:
    parser = configparser.ConfigParser(delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # Header names have case.
    parser.read_string(path.read_text())
    section = {name: {k: v.split() for k, v in parser[name].items()} for name in parser.sections()}
    return Rules(
        layers=section["layers"],
        libraries=section["libraries"],
        slow_prefixes=section["slow"]["prefixes"],
        slow_headers=section["slow"]["headers"],
        pure_layers=section["pure"]["layers"],
        pure_headers=section["pure"]["headers"],
        pure_calls=section["pure"]["calls"],
    )


def matches(header: str, pattern: str) -> bool:
    """`dir/` and `dir/name` match what starts so, `.pb.h` what ends so, `thread` only itself."""
    if pattern.startswith("."):
        return header.endswith(pattern)
    if "/" in pattern and not pattern.endswith(".h"):
        return header.startswith(pattern)
    return header == pattern


class Checker:
    """Checks one file at a time; thread-compatible."""

    def __init__(self, rules: Rules, paths: list[str]) -> None:
        self._rules = rules
        self._paths = set(paths)
        calls = "|".join(re.escape(call) for call in sorted(rules.pure_calls, key=len))
        objects = "|".join(re.escape(c) for c in rules.pure_calls if c.startswith("std::c"))
        self._impure = re.compile(
            rf"(?<![\w.>:])(?:(?:std::|::)?({calls})\s*\(|({objects or '(?!)'})\b)"
        )

    def check(self, path: str, text: str) -> Iterator[str]:
        layer = self._rules.layer_of(path)
        if layer is None:
            yield f"{path}: its folder has no row in tools/layers.txt"
            return
        directives = source_tree.code_of(text, keep_strings=True)
        for match in _INCLUDE.finditer(directives):
            where = f"{path}:{source_tree.line_of(directives, match.start())}"
            for problem in self._problems_of_include(path, layer, match[1], match[2]):
                yield f"{where}: {problem}"
        if layer in self._rules.pure_layers:
            yield from self._impure_calls(path, layer, source_tree.code_of(text))

    def _problems_of_include(
        self, path: str, layer: str, quote: str, header: str
    ) -> Iterator[str]:
        rules = self._rules
        beside = f"{Path(path).parent}/{header}"
        if header in self._paths:
            yield from self._problems_of_arrow(layer, header)
        elif quote == '"' and beside in self._paths:
            yield f'includes "{header}" beside itself, write "{beside}"'
        library = next((p for p in rules.libraries if matches(header, p)), None)
        if library is not None and layer not in rules.libraries[library]:
            yield f"{layer} may not include {header}, see {library} in tools/layers.txt"
        if path.endswith(".h") and layer not in ("bench", "tests") and path not in rules.slow_headers:
            if any(matches(header, p) for p in rules.slow_prefixes):
                yield f"{header} is slow to compile and belongs in .cc files only"
        if layer in rules.pure_layers and any(matches(header, p) for p in rules.pure_headers):
            yield f"{layer} is pure and may not include {header}"

    def _problems_of_arrow(self, layer: str, header: str) -> Iterator[str]:
        rules = self._rules
        target = rules.layer_of(header)
        allowed = rules.layers[layer]
        if target == layer:
            return
        if header in rules.slow_headers:
            yield f"{header} is slow to compile and private to {target}"
        if "*" not in allowed and target not in allowed and header not in allowed:
            yield f"{layer} may not include {header} of {target}"

    def _impure_calls(self, path: str, layer: str, code: str) -> Iterator[str]:
        for match in self._impure.finditer(code):
            line = source_tree.line_of(code, match.start())
            yield f"{path}:{line}: {layer} is pure and may not use {match[1] or match[2]}"


def check_tree(root: Path) -> list[str]:
    paths = source_tree.files(root, source_tree.CPP_SUFFIXES)
    checker = Checker(read_rules(root / "tools/layers.txt"), paths)
    return [p for path in paths for p in checker.check(path, (root / path).read_text())]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    problems = check_tree(parser.parse_args().root)
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
