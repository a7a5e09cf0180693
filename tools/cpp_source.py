"""Functions and classes of C++ text, found by their brackets, without a compiler."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from functools import cache

import source_tree

_NAME = re.compile(r"(?:operator\s*\S+?|operator\s*\(\)|~?\w+)\s*(?=\()")
_NOT_FIRST = {"requires", "decltype", "alignas", "explicit"}
_NOT_NAMES = {"if", "for", "while", "switch", "catch", "return"}
_QUALIFIER = re.compile(r"((?:\w+(?:<[^<>]*>)?\s*::\s*)*)$")
_NAMESPACE = re.compile(r"\bnamespace\s*([\w:]*)\s*$")
_CLASS = re.compile(r"\b(?<!enum )(?:class|struct|union)\s+(\w+(?:::\w+)*)")
_DEFAULTED = re.compile(r"=\s*(?:default|delete)\s*$")

ANONYMOUS = "(anonymous)"


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function definition."""

    name: str
    qualifier: str  # "Engine::Impl" of `void Engine::Impl::Step() {`.
    scopes: tuple[str, ...]  # The namespaces and classes around it, outermost first.
    line: int
    lines: int
    parameters: int
    text: str  # From its head to its closing brace, comments and insides of literals blanked.


@dataclass(frozen=True, kw_only=True)
class Source:
    """The definitions of a text outside of functions."""

    functions: list[Function] = field(default_factory=list)
    # The text of each class by its qualified name, such as "orrery::engine::Engine::Impl".
    classes: dict[str, str] = field(default_factory=dict)


def split_parameters(text: str) -> int:
    """Counts the parameters in the text between a function's parentheses."""
    depth = 0
    commas = 0
    for character in re.sub(r"->|<=>|<<|>>=|<=|>=", "", text):
        depth += (character in "(<[{") - (character in ")>]}")
        commas += character == "," and depth == 0
    return 0 if text.strip() in ("", "void") else commas + 1


def closing(code: str, start: int, pair: str) -> int:
    """The offset of the bracket that closes the one at start, or the end of the text."""
    depth = 0
    for offset in range(start, len(code)):
        depth += (code[offset] == pair[0]) - (code[offset] == pair[1])
        if depth == 0:
            return offset
    return len(code) - 1


def function_head(head: str) -> tuple[str, str, int] | None:
    """Name, qualifier and parameter count if the text before a brace begins a function."""
    head = re.sub(r"^\s*(?:(?:public|private|protected)\s*:\s*)+", "", head)
    head = re.sub(r"\btemplate\s*<[^;{}]*?>\s*(?=[\w\[])", "", head, count=1)
    head = re.sub(r"__attribute__\s*\(\(.*?\)\)|\[\[.*?\]\]", "", head, flags=re.DOTALL)
    if re.match(r"\s*(?:namespace|class|struct|union|enum)\b", head):
        return None
    for match in _NAME.finditer(head):
        before = head[: match.start()].replace("->", "")
        if before.count("<") == before.count(">") and match[0].strip() not in _NOT_FIRST:
            break
    else:
        return None
    name = match[0].strip()
    if name in _NOT_NAMES or "=" in before:
        return None
    end = closing(head, match.end(), "()")
    found = _QUALIFIER.search(before)
    qualifier = re.sub(r"<[^<>]*>|\s", "", found[1] if found else "").removesuffix("::")
    return name, qualifier, split_parameters(head[match.end() + 1 : end])


def scope_head(head: str) -> tuple[str, bool]:
    """The name of the namespace or class whose brace follows, and whether it is a class."""
    head = re.sub(r"\[\[.*?\]\]|\b\w+\s*\([^()]*\)", "", head, flags=re.DOTALL)
    if match := _NAMESPACE.search(head):
        return match[1] or ANONYMOUS, False
    match = _CLASS.search(re.sub(r"\btemplate\s*<[^;{}]*?>\s*(?=[\w\[])", "", head))
    return (match[1], True) if match else ("", False)


class _Scanner:
    """Walks one text; a lambda or local class counts to the function it is in."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._scopes: list[str] = []
        self._begin = 0
        self.source = Source()

    def scan(self) -> Source:
        code = self._code
        offset = 0
        while offset < len(code):
            character = code[offset]
            if character in ";}":
                if character == "}" and self._scopes:
                    self._scopes.pop()
                elif character == ";" and _DEFAULTED.search(code[self._begin:offset]):
                    self._add(offset, function_head(code[self._begin:offset].rpartition("=")[0]))
                self._begin = offset + 1
            elif character == "(":
                offset = closing(code, offset, "()")
            elif character == "{":
                offset = self._brace(offset)
            offset += 1
        return self.source

    def _brace(self, offset: int) -> int:
        """Handles an opening brace; returns the last offset that needs no further look."""
        code = self._code
        head = code[self._begin:offset]
        found = function_head(head)
        end = closing(code, offset, "{}")
        if found and re.match(r"[\w>]", code[offset - 1]):
            return end  # A member's initialiser.
        if found:
            self._add(end, found)
            self._begin = end + 1
            return end
        if re.search(r"=\s*$", head):
            return end
        name, is_class = scope_head(head)
        if is_class:
            qualified = "::".join([*filter(None, self._scopes), name])
            self.source.classes[qualified] = code[self._begin:end + 1]
        self._scopes.append(name)
        self._begin = offset + 1
        return offset

    def _add(self, end: int, head: tuple[str, str, int] | None) -> None:
        if head is None:
            return
        begin = self._begin
        begin += len(self._code[begin:]) - len(self._code[begin:].lstrip())
        first = source_tree.line_of(self._code, begin)
        lines = source_tree.line_of(self._code, end) - first + 1
        self.source.functions.append(Function(
            name=head[0], qualifier=head[1], scopes=tuple(filter(None, self._scopes)), line=first,
            lines=lines, parameters=head[2], text=self._code[begin:end + 1]))


@cache
def scan(text: str) -> Source:
    """Outermost functions and all classes of the text, in their order."""
    code = source_tree.code_of(text)
    code = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: "\n" * m[0].count("\n"), code,
                  flags=re.MULTILINE)
    return _Scanner(code).scan()


def owner_of(function: Function, classes: Container[str]) -> str:
    """The qualified class that a function defined outside of its class belongs to, else ""."""
    if not function.qualifier:
        return ""
    for depth in range(len(function.scopes), -1, -1):
        name = "::".join([*function.scopes[:depth], function.qualifier])
        if name in classes:
            return name
    return ""

