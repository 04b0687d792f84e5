"""Shares of a work, computed apart from Aronde: from docs/shares.md, with the standard library only.

Usage: shares.py RULE.toml AMOUNT CURRENCY DAY < LEDGER.json
LEDGER.json is what `aronde ledger list --json` prints, of the one work; DAY is the day that ages are counted to,
as 2026-11-21. Prints a JSON object: who (a DID, the id of an agent, `commons`, `aside`) -> amount as text.

What cites what is not in the list of records. So the work is taken to cite none, and a rule's part upstream stays
with it, as step 4 of the page says.
"""

import collections
import datetime
import fractions
import json
import sys
import tomllib

F = fractions.Fraction
DECIMALS = {"EUR": 2, "CHF": 2, "JPY": 0, "BHD": 3}
# How many seconds, or grams, one of a unit is.
UNITS = {"s": ("time", F(1)), "min": ("time", F(60)), "h": ("time", F(3600)), "d": ("time", F(86400)),
         "g": ("mass", F(1)), "kg": ("mass", F(1000))}


def number(text):
    text = str(text)
    if text.endswith("%"):
        return number(text[:-1]) / 100
    above, _, below = text.partition("/")
    return F(above) / F(below or 1)


def convert(amount, unit, to):
    if unit == to:
        return amount
    if unit in UNITS and to in UNITS and UNITS[unit][0] == UNITS[to][0]:
        return amount * UNITS[unit][1] / UNITS[to][1]
    return None


def fits(kind, record):
    return ((not kind.get("actions") or record["action"] in kind["actions"])
            and (not kind.get("roles") or record["role"] in kind["roles"]))


def weight(rule, record, day):
    by_standing = number(rule.get("standing", {"confirmed": 1}).get(record["standing"], 0))
    done = datetime.datetime.fromisoformat(record["ended"] or record["at"])
    days = max(0, (day - done) // datetime.timedelta(days=1))
    by_age, age = F(1), rule.get("age", {})
    if "half-life-days" in age:
        by_age = F(1, 2 ** min(64, days // age["half-life-days"]))
    elif "brackets" in age:
        young = [b for b in age["brackets"] if days < b.get("under-days", days + 1)]
        by_age = number(young[0]["factor"]) if young else F(0)
    by_kind = F(1)
    for kind in rule.get("weight", []):
        of_unit = not kind.get("units") or any(
            convert(F(1), record["unit"], unit) is not None for unit in kind["units"])
        if fits(kind, record) and of_unit:
            by_kind *= number(kind["factor"])
    return by_standing * by_age * by_kind


def points(bucket, record):
    if not fits(bucket, record):
        return None
    if bucket["divide"] in ("records", "people"):
        return F(1)
    for rate in bucket["tariff"]:
        measured = convert(F(record["quantity"]), record["unit"], rate["unit"])
        if fits(rate, record) and measured is not None:
            return measured * number(rate["rate"])
    return None


def shares(rule, amount, currency, day, records):
    people = collections.defaultdict(F)
    settled = set(rule.get("leave-out-settled", ["shares"]))
    weighed = [(r["provider"] or r["agent"], r, weight(rule, r, day))
               for r in records if not settled & set(r["settled"])]
    agents = {r["agent"] for r in records if not r["provider"]}
    commons = rule.get("commons", {})
    first = min(amount, max(amount * number(commons.get("share", 0)), number(commons.get("floor", 0))))
    whole = left = amount - first
    for bucket in rule["bucket"]:
        of = left if bucket.get("of") == "remaining" else whole
        filled = min(of * number(bucket["share"]), left)
        each = collections.defaultdict(F)
        for who, record, by in weighed:
            counts = (points(bucket, record) or 0) * by
            if counts > 0:
                each[who] = F(1) if bucket["divide"] == "people" else each[who] + counts
        total = sum(each.values())
        given = min(total, filled) if bucket["divide"] == "budget" else filled if total else F(0)
        for who, counts in each.items():
            people[who] += given * counts / total
        left -= given
    rest, spread = rule.get("rest", "commons"), dict(people)
    if rest == "spread" and sum(people.values()):
        spread = {who: part + left * part / sum(people.values()) for who, part in people.items()}
        left = F(0)
    capped = dict(spread)
    if "cap" in rule or "cap-amount" in rule:
        cap = amount * number(rule["cap"]) if "cap" in rule else number(rule["cap-amount"])
        while True:
            over = sum(part - cap for part in capped.values() if part > cap)
            capped = {who: min(part, cap) for who, part in capped.items()}
            under = [who for who, part in capped.items() if part < cap]
            base = sum(spread[who] for who in under)
            if not over or rest != "spread" or not base:
                left += over
                break
            for who in under:
                capped[who] += over * spread[who] / base
    parts = collections.defaultdict(F)
    parts["commons"] += first
    parts["aside" if rest == "aside" else "commons"] += left
    for who, part in capped.items():
        unclaimed = who in agents and rule.get("unclaimed") == "commons"
        parts["commons" if unclaimed else who] += part
    # Members by their DIDs, then agents by their ids, then the commons, then what is aside.
    rank = lambda who: (who in ("commons", "aside"), who == "aside", not who.startswith("did:"), who)
    order = sorted((who for who in parts if parts[who]), key=rank)
    scale = 10 ** DECIMALS[currency]
    units = {who: parts[who] * scale // 1 for who in order}
    lost = sorted(order, key=lambda who: (units[who] - parts[who] * scale, rank(who)))
    for who in lost[: int(amount * scale) - sum(units.values())]:
        units[who] += 1
    text = lambda n: f"{n // scale}.{n % scale:0{DECIMALS[currency]}d}" if scale > 1 else str(n)
    return {who: text(int(units[who])) for who in order}


if __name__ == "__main__":
    path, amount, currency, day = sys.argv[1:]
    with open(path, "rb") as file:
        rule = tomllib.load(file)
    day = datetime.datetime.fromisoformat(day + "T00:00:00+00:00")
    print(json.dumps(shares(rule, F(amount), currency, day, json.load(sys.stdin))))
