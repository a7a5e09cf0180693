#!/usr/bin/python3
"""Writes unicode_tables.inc, which python_unicode.cc includes.

Usage: graph/builtins/make_unicode_tables.py > graph/builtins/unicode_tables.inc

Run it with the Python version that the builtins follow; the first line says which Unicode it knows.
"""

from __future__ import annotations

import sys
import textwrap
import unicodedata
from collections.abc import Iterable


def _print_array(name: str, element: str, values: Iterable[str]) -> None:
    print(f"\nconstexpr {element} {name}[] = {{")
    print(textwrap.fill(", ".join(values), 98, initial_indent="    ", subsequent_indent="    "))
    print("};")


def main() -> None:
    """Prints the two tables."""
    runs = []
    is_printable = False
    start = 0
    for code in range(sys.maxunicode + 2):
        at_end = code == sys.maxunicode + 1
        if at_end or chr(code).isprintable() != is_printable:
            runs.append(code - start)
            start = code
            is_printable = not is_printable
    zeros = [c for c in range(sys.maxunicode + 1) if unicodedata.decimal(chr(c), None) == 0]

    print(f"// Unicode {unicodedata.unidata_version}, written by make_unicode_tables.py.")
    print("// clang-format off")
    print("\n// Lengths of runs of characters, in turn not printable and printable.", end="")
    _print_array("kPrintableRuns", "std::uint32_t", (str(run) for run in runs))
    print("\n// The zeros of the scripts that have ten digits in a row.", end="")
    _print_array("kDigitZeros", "char32_t", (f"0x{zero:X}" for zero in zeros))
    print("\n// clang-format on")


if __name__ == "__main__":
    main()
