"""Reads a ledger in Parquet with a library of others, and compares every row and field with the same ledger in JSON.

Needs pyarrow (PyPI).
Usage: parquet.py FILE.parquet FILE.json     prints how many rows are equal; ends with 1 at the first that is not
"""

import datetime
import json
import sys

import pyarrow.parquet

TIMES = ("at", "ended", "recorded")


def told(name, value):
    """A value as the JSON has it: times are texts there."""
    if name in TIMES and value is not None:
        assert value.utcoffset() == datetime.timedelta(0), value
        text = value.strftime("%Y-%m-%dT%H:%M:%S")
        return (text + f".{value.microsecond:06}".rstrip("0") if value.microsecond else text) + "Z"
    return value


def main(parquet, listed):
    rows = pyarrow.parquet.read_table(parquet).to_pylist()
    with open(listed, encoding="utf-8") as file:
        expected = json.load(file)
    if len(rows) != len(expected):
        sys.exit(f"{len(rows)} rows, and {len(expected)} in the JSON")
    for number, (row, other) in enumerate(zip(rows, expected)):
        row = {name: told(name, value) for name, value in row.items()}
        if row != other:
            sys.exit(f"row {number} differs:\n{row}\n{other}")
    print(len(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
