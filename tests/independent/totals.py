"""Totals of a history of contributions, computed apart from Aronde: with the standard library only, from the table alone.

A row is a commit: its author and each co-author did `work`, each reviewer `cite`, of one commit each.
Usage: totals.py FILE.csv            prints a JSON object: name -> number of commits
       totals.py FILE.csv work       the same for one action
"""

import collections
import csv
import json
import sys


def totals(path, action=None):
    sums = collections.Counter()
    with open(path, newline="", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            workers = [row["author_id"]] + row["co_author_ids"].replace(";", " ").split()
            reviewers = row["reviewer_ids"].replace(";", " ").split()
            if action in (None, "work"):
                sums.update(dict.fromkeys(workers, 1))
            if action in (None, "cite"):
                sums.update(dict.fromkeys(reviewers, 1))
    return sums


if __name__ == "__main__":
    print(json.dumps(totals(*sys.argv[1:]), sort_keys=True))
