"""tools/check_layers.py: forbidden arrows and impure code are found, allowed ones are not."""

from __future__ import annotations

import check_layers
import pytest
from conftest import Write

BASE = {"base/uuid.h": "", "base/clock.h": "", "graph/value.h": "", "controller/engine/engine.h": ""}


@pytest.mark.parametrize(
    ("path", "include", "complaint"),
    [
        ("base/a.h", '"graph/value.h"', "base may not include graph/value.h of graph"),
        ("executors/a.cc", '"controller/engine/engine.h"', "executors may not include"),
        ("controller/rpc/a.cc", '"controller/engine/engine.h"', "controller/rpc may not include"),
        ("client/cpp/a.cc", '"controller/engine/engine.h"', "client may not include"),
        ("graph/a.cc", "<thread>", "graph is pure and may not include thread"),
        ("controller/engine/a.cc", "<chrono>", "is pure and may not include chrono"),
        ("controller/engine/a.cc", '"base/clock.h"', "is pure and may not include base/clock.h"),
        ("controller/engine/a.cc", '"absl/time/clock.h"', "is pure and may not include absl/time"),
        ("controller/engine/a.cc", "<rocksdb/db.h>", "controller/engine may not include rocksdb"),
        ("graph/a.cc", '"orrery/graph/v1/value.pb.h"', "graph may not include orrery/graph/v1"),
        ("controller/rpc/a.h", "<grpcpp/grpcpp.h>", "grpcpp/grpcpp.h is slow to compile"),
        ("graph/codec/a.h", '"orrery/graph/v1/value.pb.h"', "value.pb.h is slow to compile"),
        ("graph/a.cc", '"value.h"', 'write "graph/value.h"'),
        ("elsewhere/a.cc", "<string>", "its folder has no row"),
    ],
)
def test_a_forbidden_include_is_named(
    tree: Write, path: str, include: str, complaint: str
) -> None:
    root = tree(BASE | {path: f"#include {include}\n"})

    problems = check_layers.check_tree(root)

    assert len(problems) == 1
    assert complaint in problems[0]
    assert problems[0].startswith(path)


@pytest.mark.parametrize(
    ("path", "include"),
    [
        ("graph/a.h", '"base/uuid.h"'),
        ("controller/engine/a.h", '"graph/value.h"'),
        ("controller/engine/a.h", '"absl/time/time.h"'),
        ("controller/maintenance/a.cc", '"controller/engine/engine.h"'),
        ("tests/unit/graph/a_test.cc", "<thread>"),
        ("controller/rpc/a.cc", "<grpcpp/grpcpp.h>"),
        ("graph/codec/a.cc", '"orrery/graph/v1/value.pb.h"'),
    ],
)
def test_an_allowed_include_passes(tree: Write, path: str, include: str) -> None:
    assert check_layers.check_tree(tree(BASE | {path: f"#include {include}\n"})) == []


@pytest.mark.parametrize(
    "statement",
    [
        "auto t = time(nullptr);",
        "auto t = std::time(nullptr);",
        "auto t = ::time(nullptr);",
        "int x = rand();",
        'auto* home = std::getenv("HOME");',
        "auto now = absl::Now();",
        'std::cerr << "hello";',
    ],
)
def test_an_impure_call_is_named_with_its_line(tree: Write, statement: str) -> None:
    root = tree({"controller/engine/a.cc": f"// Pure.\nvoid F() {{ {statement} }}\n"})

    problems = check_layers.check_tree(root)

    assert len(problems) == 1
    assert problems[0].startswith("controller/engine/a.cc:2: controller/engine is pure")


@pytest.mark.parametrize(
    "statement",
    [
        "// At that time (noon) it may exit (normally).",
        'auto text = "time(0)";',
        "auto t = record.time();",
        "auto t = lease->time();",
        "auto t = start_time(1);",
        'auto text = R"(\n#include <thread>\n)";',
        "auto size = 1'000'000; auto c = '\"'; Lease(c);",
    ],
)
def test_what_only_looks_impure_passes(tree: Write, statement: str) -> None:
    root = tree({"controller/engine/a.cc": f"void F() {{ {statement}\n}}\n"})

    assert check_layers.check_tree(root) == []
