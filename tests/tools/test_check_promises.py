"""tools/check_promises.py: a field that its sender or its receiver does not name is found."""

from __future__ import annotations

from pathlib import Path

import check_promises
import proto_source
import pytest
from conftest import Write

PROTO = """syntax = "proto3";
package orrery.worker.v1;
// rpc Gone(Gone) returns (Gone); is only a comment.
service S {
  option deprecated = false;
  rpc Session(stream Ask) returns (stream Answer) {}
}
message Ask {
  oneof message {
    Hello hello = 1;
  }
  reserved 7;
  repeated string labels = 2;  // "}"
}
message Hello { enum E { A = 0; } uint32 slots = 1; E e = 2 [deprecated = true]; reserved "old"; }
message Answer { optional bool continue = 1; map<string, Hello> map = 2; }
"""

WORKER = """void Write(v1::Hello& m) { m.set_slots(1); m.set_e(E::kA); }
void Write(v1::Ask& m) { Write(*m.mutable_hello()); m.add_labels("x"); }
bool Read(const v1::Answer& m) { return m.continue_() && m.map_size() > 0; }
int Read(const v1::Hello& m) { return m.slots() + m.e(); }
"""

CONTROLLER = """class Call {
  void Read();
  v1::Ask ask_;
};
void Call::Read() { if (ask_.has_hello()) Read(ask_.labels()); }
int Read(const v1::Hello& m) { return m->slots() + Get(&v1::Hello::e); }
void Write(v1::Answer& m) { m.set_continue_(true); (*m.mutable_map())["a"].set_slots(1); }
void Write(v1::Hello& m) { m.set_e(E::kA); }
"""

WORKER_PATH = "worker_sdk/cpp/a.cc"
CONTROLLER_PATH = "controller/rpc/a.cc"


def write(tree: Write, worker: str = WORKER, controller: str = CONTROLLER, rows: str = "") -> Path:
    root = tree({"proto/orrery/worker/v1/a.proto": PROTO, WORKER_PATH: worker,
                 CONTROLLER_PATH: controller, check_promises.EXCEPTIONS: rows})
    return tree({check_promises.TABLE: check_promises.table_of(check_promises.find_uses(root)[0])})


def test_protos_are_read_as_written() -> None:
    protos = proto_source.parse([PROTO])

    assert {name: [(f.name, f.type) for f in message.fields]
            for name, message in protos.messages.items()} == {
        "orrery.worker.v1.Ask": [("hello", "orrery.worker.v1.Hello"), ("labels", "string")],
        "orrery.worker.v1.Hello": [("slots", "uint32"), ("e", "E")],
        "orrery.worker.v1.Answer": [("continue", "bool"), ("map", "orrery.worker.v1.Hello")]}
    assert [(rpc.request, rpc.response) for rpc in protos.rpcs] == [
        ("orrery.worker.v1.Ask", "orrery.worker.v1.Answer")]


def test_fields_that_both_sides_use_pass(tree: Write) -> None:
    assert check_promises.check_tree(write(tree)) == []


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("m.set_slots(1);", "", "Hello.slots: not written"),
        ("m.add_labels(\"x\");", "// m.add_labels();", "Ask.labels: not written"),
        ("*m.mutable_hello()", "hello", "Ask.hello: not written"),
        ("m.continue_()", "is_continued()", "Answer.continue: not read"),
        ("const v1::Answer& m", "const v1::Other& m", "Answer.continue: not read"),
        ("m.slots()", "m.slots", "Hello.slots: not read"),
    ],
)
def test_a_field_that_the_worker_does_not_use_is_named(
    tree: Write, before: str, after: str, field: str
) -> None:
    problems = check_promises.check_tree(write(tree, worker=WORKER.replace(before, after)))

    assert any(problem.startswith(f"orrery.worker.v1.{field}") for problem in problems)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("ask_.has_hello()", "true", "Ask.hello: not read"),
        ("v1::Ask ask_;", "", "Ask.labels: not read"),
        ("m->slots()", "slots()", "Hello.slots: not read"),
        ("&v1::Hello::e", "v1::Hello::e", "Hello.e: not read"),
        ("m.set_continue_(true);", "m.set_continue(true);", "Answer.continue: not written"),
        ("(*m.mutable_map())[\"a\"]", "m.map().at(\"a\")", "Answer.map: not written"),
    ],
)
def test_a_field_that_the_controller_does_not_use_is_named(
    tree: Write, before: str, after: str, field: str
) -> None:
    problems = check_promises.check_tree(write(tree, controller=CONTROLLER.replace(before, after)))

    assert any(problem.startswith(f"orrery.worker.v1.{field}") for problem in problems)


def test_a_row_excuses_a_field_until_it_is_used(tree: Write) -> None:
    row = "orrery.worker.v1.Hello.slots written # Later.\n"
    without = WORKER.replace("m.set_slots(1);", "")
    assert check_promises.check_tree(write(tree, worker=without, rows=row)) == []
    assert "no reason" in check_promises.check_tree(
        write(tree, worker=without, rows=row.replace("Later.", "")))[-1]

    assert check_promises.check_tree(write(tree, rows=row)) == [
        f"{check_promises.EXCEPTIONS}:1: orrery.worker.v1.Hello.slots written needs no row any more, "
        "remove it"]


def test_a_message_that_nothing_carries_is_named(tree: Write) -> None:
    root = write(tree)
    tree({"proto/orrery/worker/v1/b.proto": "package orrery.worker.v1; message Lost {}",
          "proto/orrery/new/v1/c.proto": "package orrery.new.v1; message New {}"})

    problems = check_promises.check_tree(root)

    assert problems[0] == "orrery.new.v1.New: its package has no row in SIDES of tools/check_promises.py"
    assert problems[1] == "orrery.worker.v1.Lost: no RPC carries it, remove it"


def test_a_table_that_is_out_of_date_is_named(tree: Write) -> None:
    root = write(tree)
    assert "| `slots` | controller/rpc/a.cc<br>worker_sdk/cpp/a.cc |" in (
        (root / check_promises.TABLE).read_text())
    (root / check_promises.TABLE).write_text("Old.\n")

    assert check_promises.check_tree(root) == [
        f"{check_promises.TABLE}: out of date: run tools/check_promises.py --write"]
