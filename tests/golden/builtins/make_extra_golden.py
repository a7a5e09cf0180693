#!/usr/bin/env python3
"""Writes extra_golden.jsonl: calls of builtins and what Python makes of them.

Usage: tests/golden/builtins/make_extra_golden.py > tests/golden/builtins/extra_golden.jsonl

Needs Python 3.12 or 3.13, whose sum() compensates floats and adds complex numbers plainly. A line
has the form of builtin_golden.json: {"function": ..., "inputs": {port: text}, "outputs": {port:
text}} or "error" in the place of "outputs". Texts are JSON, but for the bytes of a port of bytes.
"""

from __future__ import annotations

import base64
import json
import random
import statistics
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any

_Case = tuple[str, dict[str, Any]]


def _head(v: list[Any]) -> dict[str, Any]:
    return {"head": v[0], "rest": v[1:]}


def _unzip(value: list[list[Any]]) -> dict[str, Any]:
    first, second = map(list, zip(*value, strict=False))
    return {"a": first, "b": second}


def _untuple(value: list[Any]) -> dict[str, Any]:
    first, second = value
    return {"a": first, "b": second}


def _product(values: list[Any]) -> Any:
    product: Any = 1
    for value in values:
        product *= value
    return product


_BUILTINS: dict[str, Callable[..., Any]] = {
    "iadd": lambda a, b: a + b,
    "add": lambda a, b: a + b,
    "isubtract": lambda a, b: a - b,
    "subtract": lambda a, b: a - b,
    "itimes": lambda a, b: a * b,
    "times": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "idivide": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
    "ipow": lambda a, b: a**b,
    "pow": lambda a, b: a**b,
    "tkr_abs": lambda a: abs(a),
    "tkr_round": lambda a: round(a),
    "conjugate": lambda z: z.conjugate(),
    "igt": lambda a, b: a > b,
    "gt": lambda a, b: a > b,
    "eq": lambda a, b: a == b,
    "neq": lambda a, b: a != b,
    "str_eq": lambda a, b: a == b,
    "str_neq": lambda a, b: a != b,
    "neg": lambda a: not a,
    "trk_and": lambda a, b: a and b,
    "trk_or": lambda a, b: a or b,
    "tkr_all": lambda values: all(values),
    "tkr_any": lambda values: any(values),
    "append": lambda v, a: [*v, a],
    "head": _head,
    "tkr_len": lambda v: len(v),
    "tkr_reversed": lambda values: values[::-1],
    "tkr_extend": lambda first, second: first + second,
    "concat_lists": lambda first, second: first + second,
    "flatten": lambda values: [each for inner in values for each in inner],
    "take": lambda values, n: values[:n],
    "drop": lambda values, n: values[n:],
    "tkr_range": lambda start, stop, step=1: list(range(start, stop, step)),
    "sort_number_list": lambda values: sorted(values),
    "sort_string_list": lambda values: sorted(values),
    "tkr_tuple": lambda a, b: (a, b),
    "untuple": _untuple,
    "tkr_zip": lambda a, b: list(zip(a, b, strict=False)),
    "unzip": _unzip,
    "concat": lambda lhs, rhs: lhs + rhs,
    "tkr_encode": lambda string: string.encode(),
    "tkr_decode": lambda bytes: bytes.decode(),
    "tkr_id": lambda value: value,
    "tkr_str": lambda value: str(value),
    "tkr_int": lambda value: int(value),
    "mean": lambda values: statistics.mean(values),
    "sum_list": lambda values: sum(values),
    "prod_list": _product,
    "max_item": lambda values: max(values),
    "min_item": lambda values: min(values),
}

_INF = float("inf")
_NAN = float("nan")
_INTS = [
    0, 1, -1, 2, -2, 3, -7, 10, 53, True, False, 2**31, 2**53, 2**53 + 1, -(2**53) - 1, 2**62,
    2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 2**64, 10**22, -(10**30), 3**200, -(7**120),
]  # fmt: skip
_FLOATS = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 0.1, 3.3, -7.25, 1e-7, 1e16, 1e22, 123456.789,
    9007199254740992.0, 9007199254740994.0, 9223372036854775808.0, -9223372036854775808.0, 1e100,
    1e308, -1e308, 1.7976931348623157e308, 5e-324, -5e-324, 2.2250738585072014e-308, _INF, -_INF,
    _NAN,
]  # fmt: skip
_COMPLEX = [
    0j, 1j, complex(1, 2), complex(-1.5, 0.25), complex(0.0, -0.0), complex(-0.0, 3), complex(3, 0),
    complex(1e200, 1e200), complex(_INF, 1), complex(_NAN, 0), complex(2, -1),
]  # fmt: skip
_TEXTS = [
    "", "a", "A", "abc", "é", "\u00c9", "z", "ß", "€", "😀", "\uffff", "\U0010ffff", "\x00", "\n",
    "it's", 'say "hi"', "both ' and \"", "\\", "\x7f\x80\xa0\xad", "\u200b\u2028\u3000", "\ud800",
    "a\udc00b", "\ud7ff", "\ue000", "\u0378", "日本語", "\t tab",
]  # fmt: skip
_ANY = [
    None, True, False, 0, 1, -3, 2**70, 0.0, 1.5, -0.0, _NAN, 0j, complex(1, -2), "", "x", "0", [],
    [0], [1, "a", None], {}, {"k": [1, 2.5]}, {"b": 1, "a": {"c": b"\x00\xffq'"}}, [[1], [[]]],
    b"", b"raw", [b"\x01"],
]  # fmt: skip
_INT_TEXTS = [
    "0", "-0", "+5", "007", " 12 ", "\t\n\r\v\f12\n", "1_000", "_1", "1_", "1__0", "0_0", "-_1",
    "- 1", "--1", "+-1", "", " ", "+", "1.0", "1e5", "0x10", "abc", "１２", "٣٤", "१_२", "\u00a07\u2003",
    "\x1c7", "\x857", "1 2", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
    "00000000000000000000000000001", "-000_123", "12\x00", "\ud800", "½", "²", "Ⅷ", "9" * 60,
    "1\u200b", "it's 'x'", "NaN", "inf", "True", "999999999999999999", "1000000000000000000",
    "-" + "1" * 19, "0" * 30, "_", "1_2_3_4", "\u30007\u3000", "1\u066b5", "😀",
]  # fmt: skip


def _binary(chance: random.Random) -> Iterator[_Case]:
    reals = [*_INTS, *_FLOATS]
    numbers = [*reals, *_COMPLEX]
    names = ["add", "subtract", "times", "divide", "eq", "iadd", "isubtract", "itimes", "neq"]
    for name in names:
        for _ in range(50):
            yield name, {"a": chance.choice(numbers), "b": chance.choice(numbers)}
    for name in ["idivide", "mod", "gt", "igt", "divide"]:
        for _ in range(70):
            yield name, {"a": chance.choice(reals), "b": chance.choice(reals)}
    for name in ["idivide", "mod", "divide", "igt", "eq", "itimes"]:
        for a in (7, -7, 2**63 - 1, -(2**63), 0, 10**25):
            for b in (3, -3, 1, -1, 10**12, -(10**12) - 1, 0):
                yield name, {"a": a, "b": b}
    for _ in range(60):
        a, b = (chance.getrandbits(chance.randint(1, 400)) for _ in range(2))
        yield "divide", {"a": a, "b": chance.choice((1, -1)) * b}
    for a in (2**1024, 2**1023 * 3, 10**400, -(10**400), 1):
        for b in (1, 2**53 + 1, 10**399, 10**700, 3):
            yield "divide", {"a": a, "b": b}
    for _ in range(30):
        a = chance.getrandbits(chance.randint(50, 400))
        nearby = float(a) * chance.choice((1.0, 1 + 2**-52, 1 - 2**-53))
        for name in ("eq", "gt"):
            yield name, {"a": a, "b": nearby}
            yield name, {"a": nearby, "b": a}
    for a in _ANY:
        for b in _ANY[::3]:
            yield "eq", {"a": a, "b": b}
    yield "eq", {"a": {"x": 1, "y": [2.0]}, "b": {"y": [2], "x": True}}
    yield "eq", {"a": {"x": 1}, "b": {"z": 1}}


def _powers(chance: random.Random) -> Iterator[_Case]:
    for a in (0, 1, -1, 2, -3, True, 10, 2**40):
        for b in (0, 1, 2, 5, 63, 64, -1, -2, -3, 200, True, False):
            yield "ipow", {"a": a, "b": b}
    for a in (0.0, -0.0, 1.0, -1.0, 2.0, -8.0, 0.5, _INF, -_INF, _NAN, 1e200, -2):
        for b in (0, 1, 2, 3, -1, -3, 0.5, -0.5, _INF, -_INF, _NAN, 1e20, 2.0, 1 / 3):
            yield "pow", {"a": a, "b": b}
    for base in _COMPLEX:
        for power in (0, 1, 2, 3, -1, -2, 0.5, 101, 1j, complex(0.5, -2), 100, -100, 2.5):
            yield "pow", {"a": base, "b": power}
    for _ in range(60):
        yield "pow", {"a": chance.uniform(-9, 9), "b": chance.uniform(-9, 9)}
        yield "ipow", {"a": chance.randint(-99, 99), "b": chance.randint(-9, 40)}


def _unary(chance: random.Random) -> Iterator[_Case]:
    for number in [*_INTS, *_FLOATS, *_COMPLEX, "x", None, [1]]:
        yield "tkr_abs", {"a": number}
        yield "tkr_round", {"a": number}
        yield "conjugate", {"z": number}
        yield "tkr_str", {"value": number}
        yield "tkr_int", {"value": number}
    for half in range(-6, 7):
        yield "tkr_round", {"a": half + 0.5}
    for _ in range(40):
        yield "tkr_round", {"a": chance.uniform(-1, 1) * 10.0 ** chance.randint(-1, 40)}
        yield "tkr_int", {"value": chance.uniform(-1, 1) * 10.0 ** chance.randint(-1, 40)}
    for text in _INT_TEXTS:
        yield "tkr_int", {"value": text}
    for value in [*_ANY, *_TEXTS, _TEXTS, {text: 1 for text in _TEXTS[:18]}, [1.0, -0.0, _INF]]:
        yield "tkr_str", {"value": value}
        yield "tkr_id", {"value": value}
        yield "neg", {"a": value}
    yield "tkr_str", {"value": [chr(c) for c in range(0, 0x2100, 29)]}
    yield "tkr_str", {"value": "".join(chr(c) for c in range(0x1F000, 0x22000, 97))}
    yield "tkr_str", {"value": ["".join(chr(c) for c in range(0xE000 - 40, 0xF0000, 4099))]}
    for text in _TEXTS:
        yield "tkr_encode", {"string": text}
    for text in _TEXTS:
        if text.isprintable() or text == "\n":
            yield "tkr_decode", {"bytes": text.encode()}


def _texts(chance: random.Random) -> Iterator[_Case]:
    for _ in range(40):
        a, b = chance.choice(_TEXTS), chance.choice(_TEXTS)
        yield "concat", {"lhs": a, "rhs": b}
        yield "str_eq", {"a": a, "b": b}
        yield "str_neq", {"a": a, "b": a}
    yield "concat", {"lhs": "\ud83d", "rhs": "\ude00"}
    for _ in range(15):
        yield "sort_string_list", {"values": chance.choices(_TEXTS, k=chance.randint(0, 20))}
    for _ in range(40):
        yield "trk_and", {"a": chance.choice(_ANY), "b": chance.choice(_ANY)}
        yield "trk_or", {"a": chance.choice(_ANY), "b": chance.choice(_ANY)}
        yield "tkr_all", {"values": chance.choices(_ANY, k=chance.randint(0, 3))}
        yield "tkr_any", {"values": chance.choices(_ANY, k=chance.randint(0, 4))}


def _lists(chance: random.Random) -> Iterator[_Case]:
    for size in (0, 1, 2, 5):
        values = chance.choices(_ANY, k=size)
        others = chance.choices(_ANY, k=3)
        yield "append", {"v": values, "a": chance.choice(_ANY)}
        yield "head", {"v": values}
        yield "tkr_len", {"v": values}
        yield "tkr_reversed", {"values": values}
        yield "tkr_extend", {"first": values, "second": others}
        yield "concat_lists", {"first": values, "second": others}
        yield "flatten", {"values": [values, [], others]}
        yield "tkr_zip", {"a": values, "b": others}
        yield "tkr_tuple", {"a": values, "b": None}
        yield "untuple", {"value": values}
        yield "unzip", {"value": [others[:2]] * size}
        yield "unzip", {"value": [values, values[:2]]}
        yield "unzip", {"value": [[1, 2], [3, 4, 5], values]}
        for count in (0, 1, 2, -1, -2, -5, -6, 7, True, False, 2**63, -(2**70), 1.0, None):
            yield "take", {"values": list(range(size)), "n": count}
            yield "drop", {"values": list(range(size)), "n": count}
    yield "flatten", {"values": [1]}
    yield "unzip", {"value": [1]}
    yield "tkr_range", {"start": 0, "stop": 5}
    for start in (0, 3, -4, 2**63 - 2, -(2**63) + 1, 2**70, True):
        for length in (0, 1, 7, -3):
            for step in (1, 2, -1, -3, 2**65, 0):
                yield "tkr_range", {"start": start, "stop": start + length, "step": step}
    yield "tkr_range", {"start": 0, "stop": 1.0}


def _numbers(chance: random.Random) -> Iterator[_Case]:
    calm = [each for each in _FLOATS if each == each]
    pools = [_INTS, _FLOATS, [*_INTS[:12], *calm], [*_INTS, *calm], [True, 1, 1.0, 0, -0.0, False]]
    for _ in range(45):
        pool = chance.choice(pools)
        values = chance.choices(pool, k=chance.randint(0, 12))
        for name in ("sum_list", "prod_list", "max_item", "min_item", "mean"):
            yield name, {"values": values}
        yield "sort_number_list", {"values": [each for each in values if each == each]}
    for _ in range(40):
        values = [chance.uniform(-1, 1) * 10.0 ** chance.randint(-20, 20) for _ in range(12)]
        if chance.random() < 0.5:
            values[chance.randint(0, 11)] = chance.choice(_INTS)
        yield "sum_list", {"values": values}
        yield "mean", {"values": values}
        yield "sort_number_list", {"values": values}
    for _ in range(25):
        values = chance.choices([*_COMPLEX[:7], *_FLOATS[:14], *_INTS[:9]], k=6)
        yield "sum_list", {"values": values}
        yield "prod_list", {"values": values}
    for _ in range(25):
        exact = [struct.unpack("<d", chance.randbytes(8))[0] for _ in range(5)]
        yield "mean", {"values": exact}
        yield "sum_list", {"values": exact}
    yield "sum_list", {"values": [0.1] * 10 + [2**80] + [0.1] * 10}
    yield "sum_list", {"values": [2**63 - 1, 1] + [0.1] * 10}
    yield "sum_list", {"values": [1e100, 1, -1e100, 1e-30]}
    yield "sum_list", {"values": [-0.0]}
    yield "mean", {"values": [10**400, 10**400 + 1]}
    yield "mean", {"values": [5e-324, 0.0, 0.0]}
    yield "mean", {"values": [1.7976931348623157e308, 1.7976931348623157e308]}
    yield "mean", {"values": [_INF, -_INF, 1]}
    yield "mean", {"values": [True, False]}
    yield "sort_number_list", {"values": [1.0, True, 1, 0, False, 0.0, -0.0, 2**53 + 1, 2.0**53]}


def _encode(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"__tkr_bytes__": True, "bytes": base64.b64encode(value).decode()}
    if isinstance(value, complex):
        return {"__tkr_complex__": [value.real, value.imag]}
    raise TypeError(type(value))


def _text(value: Any, *, is_raw: bool = True) -> str:
    if isinstance(value, bytes) and is_raw:
        return value.decode()
    return json.dumps(value, default=_encode)


# What Python does and a builtin refuses: sequences and mappings of other kinds than the declared.
_REFUSED = {
    "tkr_abs": ("a",),
    "take": ("n",),
    "drop": ("n",),
}


def main() -> None:
    """Prints the calls, each once."""
    sys.set_int_max_str_digits(0)
    chance = random.Random(20)
    seen = set()
    for make in (_binary, _powers, _unary, _texts, _lists, _numbers):
        for name, arguments in make(chance):
            if any(arguments[port] is None for port in _REFUSED.get(name, ())):
                continue
            line = {
                "function": f"builtins.{name}",
                "inputs": {
                    port: _text(value, is_raw=port == "bytes") for port, value in arguments.items()
                },
            }
            if (key := json.dumps(line)) in seen:
                continue
            seen.add(key)
            try:
                result = _BUILTINS[name](**arguments)
                outputs = result if name in ("head", "untuple", "unzip") else {"value": result}
                line["outputs"] = {port: _text(value) for port, value in outputs.items()}
            except Exception as error:  # noqa: BLE001
                line["error"] = f"{type(error).__name__}: {error}"[:100]
            print(json.dumps(line))


if __name__ == "__main__":
    main()
