#!/usr/bin/python3
"""Writes json.jsonl: JSON texts and what Python makes of each.

Usage: tests/golden/json/make_golden.py > tests/golden/json/json.jsonl

A line is {"text": ..., "written": json.dumps(json.loads(text))} or {"text": ..., "error": true}.
"""

from __future__ import annotations

import base64
import json
import random
import struct
import sys
from typing import Any

_ERRORS = [
    "", " ", "nul", "True", "nan", "inf", "+1", "01", "-01", "1.", ".5", "-", "--1", "1e", "1e+",
    "0x10", "1_000", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{", "}", '{"a"', '{"a":',
    '{"a":1', '{"a":1,', '{"a":1,}', "{a:1}", "{'a':1}", '{"a" 1}', '{1:2}', '"', '"abc',
    '"\\x"', '"\\u12"', '"\\u12g4"', '"\\', '"a\nb"', '"\t"', '"\x00"', "1 2", "{} []", "// 1",
    "[1] x", "-Inf", "Infinit", "-NaN", '"\\u"', '"\\ud83d\\u12"', "\ufeff1", "[\x0b1]", "\u00a01",
]  # fmt: skip

_TEXTS = [
    "null", "true", "false", " 1 ", "\t\n\r 1", "0", "-0", "-0.0", "0.0", "0e5", "-0e0", "1E5",
    "1e5", "1e+5", "1e-5", "1.5e300", "1e400", "-1e400", "1e-400", "-1e-400", "1e99999999999999999",
    "1e-99999999999999999", "0.00001", "0.0001", "123456789012345680.0", "1e15", "1e16", "1e17",
    "9999999999999998.0", "99999999999999990.0", "1e22", "1e23", "5e-324", "2.5e-324", "1e-323",
    "2.2250738585072014e-308", "2.225073858507201e-308", "1.7976931348623157e308",
    "1.7976931348623159e308", "0.1", "0.30000000000000004", "100.0", "1.0", "3.141592653589793",
    "1" + "0" * 400 + ".5", "0." + "0" * 400 + "1", "1" + "0" * 308 + "e-300",
    "9007199254740993", "9007199254740993.0", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "18446744073709551616", "-" + "9" * 5000,
    "NaN", "Infinity", "-Infinity", "[NaN, -Infinity]", "[]", "{}", "[ ]", "{ }", "[[], {}, [[]]]",
    '[1,2 , 3\n,4]', '{"a":1,"b":[1,2],"c":{"d":null}}', '{"a":1,"b":2,"a":3}',
    '{"":1,"":2,"x":3,"":4}', '{"b": 1, "a": 2, "c": 3, "a": {"b": 1, "b": 2}}',
    '""', '"abc"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u0041\\u00e9\\u20ac"', '"é€😀"',
    '"\\ud83d\\ude00"', '"\\uD83D\\uDE00"', '"\\ud800"', '"\\udc00"', '"\\ud800x"',
    '"\\ud800\\ud800"', '"\\ud800\\n"', '"\\ud800\\ud83d\\ude00"', '"\\udc00\\ud800"', '"\\uffff"',
    '"\\u0000\\u001f\\u007f\\u0080"', '"\x7f"', '"\u2028\u2029"', '"\U0010ffff"', '"/"',
    '{"é": "\\u00e9"}', "[" * 500 + "]" * 500,
    '{"__tkr_bytes__": true, "bytes": ""}', '{"__tkr_bytes__": true, "bytes": "AP8="}',
    '{"bytes": "aGVsbG8=", "__tkr_bytes__": true}', '{"__tkr_bytes__": false, "bytes": "AP8="}',
    '[{"x": {"__tkr_bytes__":true,"bytes":"AAEC"}}]', '{"__tkr_complex__": [1.0, -0.0]}',
    '{"__tkr_complex__":[1, 2]}', '{"__tkr_complex__": [NaN, Infinity]}',
    '{"a": [{"__tkr_complex__": [1e22, 1.5]}]}', '{"bytes": "AP8="}',
]  # fmt: skip


def _decode_markers(fields: dict[str, Any]) -> Any:
    if fields.get("__tkr_bytes__") is True:
        return base64.b64decode(fields["bytes"], validate=True)
    if "__tkr_complex__" in fields:
        return complex(*fields["__tkr_complex__"])
    return fields


def _encode_markers(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"__tkr_bytes__": True, "bytes": base64.b64encode(value).decode()}
    if isinstance(value, complex):
        return {"__tkr_complex__": [value.real, value.imag]}
    raise TypeError(type(value))


def _random_texts() -> list[str]:
    chance = random.Random(20)
    texts = []
    for _ in range(60):
        texts.append(json.dumps(struct.unpack("<d", chance.randbytes(8))[0]))
    for _ in range(40):
        texts.append(f"{chance.uniform(-1, 1) * 10.0 ** chance.randint(-8, 20):.17g}")
    for _ in range(20):
        texts.append("".join(str(chance.randint(0, 9)) for _ in range(30)).lstrip("0") + "e-12")
    for bits in (53, 62, 63, 64, 65, 128, 1000):
        texts += [str(chance.getrandbits(bits)), str(-chance.getrandbits(bits))]
    for _ in range(30):
        length = chance.randint(1, 12)
        text = "".join(chr(chance.choice([*range(0x80), 0xE9, 0x20AC, 0x1F600])) for _ in range(length))
        texts.append(json.dumps(text, ensure_ascii=chance.random() < 0.5))
    return texts


def main() -> None:
    sys.set_int_max_str_digits(0)
    for text in _ERRORS + _TEXTS + _random_texts():
        line: dict[str, Any] = {"text": text}
        try:
            value = json.loads(text, object_hook=_decode_markers)
            line["written"] = json.dumps(value, default=_encode_markers)
        except ValueError:
            line["error"] = True
        print(json.dumps(line))


if __name__ == "__main__":
    main()
