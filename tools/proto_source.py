"""Messages, fields and RPCs of .proto files, read from their text.

Only what Orrery's protos use: proto3, one package a file, no extensions and no groups. protoc, which
compiles the same files in every build, is the judge of what is valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|[\w.]+|\S', re.DOTALL)
_SKIPPED = {"option", "reserved", "import", "syntax"}


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field; its type is the qualified name of a message, or else as written."""

    name: str
    type: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message with its package and the fields of its oneofs among its own."""

    name: str  # Without the package: "Hello".
    package: str
    fields: list[Field] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        return f"{self.package}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class Rpc:
    """An RPC with the qualified names of its messages."""

    request: str
    response: str


@dataclass(frozen=True, kw_only=True)
class Protos:
    """The declarations of some files, messages by their qualified names."""

    messages: dict[str, Message] = field(default_factory=dict)
    rpcs: list[Rpc] = field(default_factory=list)


class _Parser:
    """Reads one file into a Protos; the types of fields are as written."""

    def __init__(self, text: str, protos: Protos) -> None:
        tokens = [token for token in _TOKEN.findall(text) if not token.startswith(("//", "/*"))]
        self._tokens = tokens[::-1]
        self._protos = protos
        self._package = ""

    def parse(self) -> None:
        while self._tokens:
            word = self._next()
            if word == "package":
                self._package = self._next()
                self._next()
            elif word == "message":
                self._message("")
            elif word == "service":
                self._service()
            elif word == "enum":
                self._skip_block()
            elif word in _SKIPPED:
                self._skip_statement()

    def _next(self) -> str:
        return self._tokens.pop()

    def _skip_statement(self) -> None:
        while self._next() != ";":
            pass

    def _skip_block(self) -> None:
        while self._next() != "{":
            pass
        depth = 1
        while depth > 0:
            word = self._next()
            depth += (word == "{") - (word == "}")

    def _message(self, outer: str) -> None:
        message = Message(name=outer + self._next(), package=self._package)
        self._protos.messages[message.full_name] = message
        self._next()
        while (word := self._next()) != "}":
            if word == "message":
                self._message(f"{message.name}.")
            elif word == "enum":
                self._skip_block()
            elif word == "oneof":
                self._next(), self._next()
                while (word := self._next()) != "}":
                    self._field(message, word)
            elif word in _SKIPPED:
                self._skip_statement()
            else:
                self._field(message, word)

    def _field(self, message: Message, word: str) -> None:
        kind = self._next() if word in ("repeated", "optional") else word
        if word == "map":
            kind = " ".join(self._next() for _ in range(5))  # < key , value >
        name = self._next()
        message.fields.append(Field(name=name, type=kind))
        self._skip_statement()

    def _service(self) -> None:
        self._next(), self._next()
        while (word := self._next()) != "}":
            if word != "rpc":
                self._skip_statement()
                continue
            words = []
            while (word := self._next()) not in (";", "{"):
                words.append(word)
            if word == "{":
                self._tokens.append("{")
                self._skip_block()
            names = [word for word in words[1:] if word not in ("(", ")", "stream", "returns")]
            self._protos.rpcs.append(Rpc(request=self._qualified(names[0]),
                                         response=self._qualified(names[1])))

    def _qualified(self, name: str) -> str:
        return name if "." in name else f"{self._package}.{name}"


def parse(texts: list[str]) -> Protos:
    read = Protos()
    for text in texts:
        _Parser(text, read).parse()
    messages = {name: Message(name=message.name, package=message.package,
                              fields=[_resolved(each, message, read) for each in message.fields])
                for name, message in read.messages.items()}
    return Protos(messages=messages, rpcs=read.rpcs)


def _resolved(each: Field, message: Message, protos: Protos) -> Field:
    """The field with the qualified name of its message, looked up from the inside outwards."""
    scopes = message.full_name.split(".")
    kind = each.type.split()[-2] if each.type.startswith("<") else each.type
    for depth in range(len(scopes), -1, -1):
        name = ".".join([*scopes[:depth], kind])
        if name in protos.messages:
            return Field(name=each.name, type=name)
    return each
