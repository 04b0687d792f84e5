"""The trust model as an oracle: histories in, verdicts out.

Derived from the executable specification that came with the design (its rule set FIXED): the same functions, under the
same names, in the same order, without the other rule set, the scripted attacks and the random histories. Standard
library only. docs/trust.md is the arbiter.

    trust_model.py < histories.jsonl        one history a line in, one verdict a line out

A history is {"followed": id, "entries": [...]} in causal order, as tests/src/histories/model.rs writes it; a verdict is
{"accepted", "members", "workshops", "keepers", "charter", "alarm"}.

Corrections to the original, each with its reason:

 a. A charter that heals needs a majority at its `before` too, whatever charter one stands at. Else whoever follows a
    rival that it heals follows it on fewer endorsements than those who follow its predecessor.
 b. Work is settled by heads that a charter names, at or behind by `prev`; operations by the charter's past. An operation
    has no work in its past, so that the authority can be judged alone. Work that an earlier charter of the chain
    settled stays out of reach of removals that a later one settles: what is settled once is settled.
 c. A creation of a document is work, not an operation, for the same reason. Keepers are trees rooted in a claim
    (workshop, document); only the tree whose claim is true has effect.
 d. `remove` names a key and strikes all its memberships in the workshop, in the removal's past: one by one, a second
    membership of the key would outlive its removal.
 e. A value of the policy that lies in the past of another one of the same name is superseded. Else a quorum that was once
    raised could never be lowered.
 f. Any member may remove their own key: to leave needs nobody's leave.
 g. The holders of a membership are a set, with the commitments named for each: two rotations of one key must not be
    told apart by the order of a walk. A commitment counts only when a rotation that gives a holder named it.
 h. Nodes and redactions are not judged: their operations hold or not like others, addresses are left out.
 m. A charter follows and heals charters in order only. In the original one could name a charter that is nobody's right; it
    was never followed, but held.
 i. Votes for motions and endorsements of charters are two kinds: one never counts as the other.
 j. An operation among the heads of a cut reaches something only if the cut knows it. The original looked into a pool of
    all entries ever made, so that a charter's verdict depended on more than the charter's past.
 k. A re-admission's heads let a creation stand whoever's membership it names, as long as that is in its past and of the
    same workshop. The original asked that it be its author's in the creation's past, which follows for honest work.
 l. The workshop of an admission is that of the membership that it acts under, not a field of its own; so what is not in
    order grants no membership, of whatever workshop, and makes no workshop.
 n. A redaction may be a motion: in order, carried, lapsed and cut as all motions are. The original knows those by one
    steward only. What it takes away is not judged here, as (h) says of all redactions.
"""
import json, sys
from collections import namedtuple

MOTIONS = {'admit_ws', 'remove_ws', 'give_steward', 'policy', 'redact_motion'}
STRIKES = {'remove', 'remove_ws', 'drop'}
GRANTS = {'found', 'admit', 'admit_ws', 'give_steward'}
RULES_LEVEL = 1


class Entry:
    __slots__ = ('id', 'author', 'log', 'seq', 'prev', 'seen', 'deps', 'kind', 'op')

    def __init__(self, e):
        self.id, self.author, self.log, self.seq, self.prev = e['id'], e['author'], e['log'], e['seq'], e['prev']
        self.seen, self.deps, self.kind, self.op = e['seen'], e['deps'], e['kind'], e['op']
        POOL[self.id] = self
        refs = [r for r in (self.prev, *self.seen, *self.deps) if r]
        PAST[self.id] = frozenset(refs).union(*(PAST[r] for r in refs)) if refs else frozenset()
        CHAIN[self.id] = (CHAIN[self.prev] if self.prev else frozenset()) | {self.id}


POOL, PAST, CHAIN = {}, {}, {}
Verdict = namedtuple('Verdict', 'base valid holds ops')


def holders(g, past):
    """(g) The keys that hold grant g in a past, with the commitments named for each."""
    keys = {POOL[g].op['key']: {POOL[g].op['next']}}
    moved = True
    while moved:
        moved = False
        for r in past:
            o = POOL[r].op
            if o['t'] == 'rotate' and o['grant'] == g and o['commit'] in keys.get(POOL[r].author, ()):
                named = keys.setdefault(o['new'], set())
                moved |= o['next'] not in named
                named.add(o['next'])
    return keys


def holds_grant(g, e):
    """Is e's author a holder of grant g in e's past?"""
    return g in PAST[e.id] and is_grant(g) and e.author in holders(g, PAST[e.id])


def is_grant(g):
    """(l) A grant is one in order."""
    return POOL[g].op['t'] in GRANTS and in_order(POOL[g])


def in_order(e):
    """static_ok, once an entry."""
    if e.id not in _STATIC:
        _STATIC[e.id] = static_ok(e)
    return _STATIC[e.id]


def ws_of(g):
    """(l) The workshop of a grant in order."""
    o = POOL[g].op if g in POOL else {'t': None}
    if o['t'] in ('found', 'admit_ws'):
        return g
    if o['t'] == 'give_steward':
        return o['ws']
    return ws_of(o['under']) if o['t'] == 'admit' and in_order(POOL[g]) else None


def is_workshop(k, past):
    """(l) A workshop that a past knows: founded or admitted by an operation in order."""
    return k in past and POOL[k].op['t'] in ('found', 'admit_ws') and in_order(POOL[k])


def role_of(g):
    return POOL[g].op.get('role', 'steward')


def behind(e, heads):
    """At or behind one of the heads, by prev alone; a head that is not held reaches nothing yet."""
    return any(h in POOL and e in CHAIN[h] for h in heads)


def beyond(e, r):
    """(j) Beyond the cut of r: an operation among the heads counts only if r knows it."""
    return not behind(e, [h for h in r.op['cut'] if h in POOL and (POOL[h].kind != 'op' or h in PAST[r.id])])


# ------------------------------------------------------------------ judgement
def under_ok(e, g, roles):
    """Static: e's author holds grant g in e's past, with one of the roles."""
    return holds_grant(g, e) and role_of(g) in roles


def struck_by(r):
    """(d) The memberships that a removal by key strikes: all that its key holds in the workshop, in its past."""
    ws = ws_of(r.op['under'])
    return {g for g in PAST[r.id] if is_grant(g) and ws and ws_of(g) == ws and r.op['key'] in holders(g, PAST[r.id])}


def tree_of(i):
    """(c) The claim (workshop, document) that an operation about keepers goes back to, if it is in order."""
    e = POOL[i]
    k = e.op['through']
    if not under_ok(e, e.op['under'], ('steward',)):
        return None
    if k is None:
        tree = (ws_of(e.op['under']), e.op['doc'])
    else:
        if k not in PAST[i] or POOL[k].op['t'] != 'keeper' or POOL[k].op['doc'] != e.op['doc'] or POOL[k].op['ws'] != ws_of(e.op['under']):
            return None
        tree = tree_of(k)
    if e.op['t'] == 'keeper' and not is_workshop(e.op['ws'], PAST[i]):
        return None
    if e.op['t'] == 'drop' and e.op['grant'] is not None:
        t = e.op['grant']
        if t not in PAST[i] or POOL[t].op['t'] != 'keeper' or tree_of(t) != tree:
            return None
    return tree


def static_ok(e):
    """The right an operation would have if nothing were removed: each names the membership it acts under."""
    t, op = e.op['t'], e.op
    if e.kind != 'op':
        return False
    if t == 'found':
        return True
    if t == 'rotate':
        return holds_grant(op['grant'], e) and op['commit'] in holders(op['grant'], PAST[e.id])[e.author]
    if t == 'redact':
        return under_ok(e, op['under'], ('steward', 'maker', 'auditor'))
    if t == 'remove':                                       # (d), (f)
        own = ('steward', 'maker', 'auditor') if op['key'] == e.author else ('steward',)
        return under_ok(e, op['under'], own) and bool(struck_by(e))
    if t == 'unknown' or not under_ok(e, op['under'], ('steward',)):
        return False
    past = PAST[e.id]
    if t in ('remove_ws', 'give_steward'):
        k = op['target'] if t == 'remove_ws' else op['ws']
        return is_workshop(k, past)
    if t in ('keeper', 'drop'):
        return tree_of(e.id) is not None
    if t in ('endorse', 'vote'):
        return op['target'] in past
    if t == 'charter':
        return all(b in past and POOL[b].op['t'] in ('found', 'charter') and in_order(POOL[b]) for b in (op['before'], *op['heals'])) and \
            all(POOL[b].op['t'] == 'charter' and (POOL[b].op['before'] == op['before'] or op['before'] in POOL[b].op['heals']) for b in op['heals'])
    return t in ('admit', 'admit_ws', 'policy', 'bind', 'unbind', 'redact_motion')


def rests(e):
    """What an operation rests on: grants, and (c) for keepers through a creation the root of the tree, a pair."""
    out = [e.op[f] for f in ('under',) if e.op.get(f)]
    if e.op['t'] == 'rotate':
        out.append(e.op['grant'])
    if e.op['t'] in ('keeper', 'drop'):
        out.append(e.op['through'] or tree_of(e.id))
    return out


def hits(r, g):
    """Does removal r strike g? Memberships by key, all memberships of a workshop, one keeper's grant or a root."""
    if r.op['t'] == 'drop':
        return g == (r.op['grant'] or tree_of(r.id))
    if isinstance(g, tuple) or not is_grant(g):
        return False
    if r.op['t'] == 'remove_ws':
        return ws_of(g) == r.op['target']
    return g in struck_by(r)


_SETTLED, _VIEWS, _STATIC = {}, {}, {}


def settle(base):
    """The verdict a charter settles: its own past judged from the charter before it, and the charter itself."""
    if base not in _SETTLED:
        if POOL[base].op['t'] == 'found':
            v = Verdict(base, {base}, {base}, {base})
        else:
            v = verdict(PAST[base], POOL[base].op['before'])
            v = v._replace(valid=v.valid | {base}, holds=v.holds | {base}, ops=v.ops | {base})
        _SETTLED[base] = v
    return _SETTLED[base]


def standing(v):
    """Members and workshops at the tip of a verdict: grants that hold and that no removal strikes."""
    rem = [POOL[r] for r in v.holds if POOL[r].op['t'] in STRIKES]
    live = {g for g in v.holds if POOL[g].op['t'] in GRANTS and not any(hits(r, g) for r in rem)}
    workshops = {w for w in v.holds if POOL[w].op['t'] in ('found', 'admit_ws')
                 and not any(r.op['t'] == 'remove_ws' and r.op['target'] == w for r in rem)}
    return live, workshops


def quorum_at(v):
    _, workshops = standing(v)
    if len(workshops) < 3:
        return workshops, 1
    sets = [p for p in v.holds if POOL[p].op['t'] == 'policy' and 'quorum' in POOL[p].op['values']]
    pol = [POOL[p].op['values']['quorum'] for p in sets if not any(p in PAST[q] for q in sets)]      # (e)
    return workshops, min(max(pol + [2]), len(workshops))


def verdict(held, base):
    """Judge the operations of `held` (ids) from a fixed charter. Terminates: it recurses only into strict pasts."""
    key = (frozenset(held), base)
    if key not in _VIEWS:
        _VIEWS[key] = _verdict(held, base)
    return _VIEWS[key]


def _verdict(held, base):
    s = settle(base)
    bpast = PAST[base] | {base}
    ops = {i for i in held if POOL[i].kind == 'op'}
    new = sorted(i for i in ops - bpast if in_order(POOL[i]))
    knows = {i for i in new if base in PAST[i]}
    rot = [POOL[i] for i in ops if POOL[i].op['t'] == 'rotate' and in_order(POOL[i])]
    motions = [i for i in new if POOL[i].op['t'] in MOTIONS and i in knows] + \
              [i for i in s.valid - s.holds if POOL[i].op['t'] in MOTIONS and i in held]
    votes = {m: [i for i in ops if i == m or (POOL[i].op['t'] == 'vote' and POOL[i].op['target'] == m
                 and (i in s.valid or i in knows))] for m in motions}
    voters = quorum_at(s)
    alts = {i: rests(POOL[i]) for i in new}
    removers = [i for i in new if POOL[i].op['t'] in STRIKES]
    settled_rem = [i for i in s.holds if POOL[i].op['t'] in STRIKES]
    maybe_rem = removers + [m for m in motions if m in bpast and POOL[m].op['t'] in STRIKES]
    strike = {}                                     # (removal, op) -> does it strike?
    for i in new:
        for r in maybe_rem + settled_rem:
            R = POOL[r]
            strike[r, i] = r != i and any(hits(R, g) for g in alts[i]) and beyond(i, R)
    rotated = {i for i in new if any(R.author == POOL[i].author and R.id != i and R.op['grant'] in alts[i]
               and beyond(i, R) for R in rot)}

    def evaluate(on, circle=frozenset()):
        """Least fixpoint of right, given the removals that strike; those of a circle hold though they are struck."""
        valid, holds = s.valid | circle, s.holds | circle
        on = list(on) + settled_rem
        todo, changed = set(new) - circle, True
        while changed:
            changed = False
            for i in sorted(todo):
                if i not in rotated and all(isinstance(g, tuple) or g in holds for g in alts[i]) and not any(strike[r, i] for r in on):
                    valid.add(i); todo.discard(i); changed = True
                    if POOL[i].op['t'] not in MOTIONS:
                        holds.add(i)
            for m in motions:
                if m in valid and m not in holds:
                    target = POOL[m].op['target'] if POOL[m].op['t'] == 'remove_ws' else None
                    ws = {ws_of(POOL[i].op['under']) for i in votes[m] if i in valid} & voters[0] - {target}
                    if len(ws) >= voters[1]:
                        holds.add(m); changed = True
        return valid, holds

    def solve(cands):
        """Decide removals: surely sound, surely void, then circles (components no other undecided one strikes)."""
        yes, no, circle = set(), set(), set()
        while True:
            und = set(cands) - yes - no
            lo = evaluate(yes | und, circle)
            hi = evaluate(yes, circle)
            sure, void = und & lo[1], und - hi[1]
            if sure or void:
                yes |= sure; no |= void
                continue
            if not und:
                return hi
            support = {r: supports(r, hi[0]) for r in und}
            reach = {r: {x for x in und if any(strike.get((r, i)) for i in support[x])} for r in und}
            for k in und:                                   # transitive closure
                for i in und:
                    if k in reach[i]:
                        reach[i] |= reach[k]
            sources = [r for r in und if all(r in reach[x] and x in reach[r] or r not in reach[x] for x in und)]
            yes |= set(sources); circle |= set(sources)

    def supports(r, possible):
        """The operations a removal rests on, itself included: admissions, keepers' grants, votes."""
        out, todo = set(), [r]
        while todo:
            i = todo.pop()
            if isinstance(i, tuple) or i in out or i not in possible or i in bpast and i not in motions:
                continue
            out.add(i)
            todo += alts.get(i, []) + votes.get(i, [])
        return out

    valid, holds = solve(maybe_rem)
    return Verdict(base, valid, holds, ops)


def in_force(c, base, held):
    """Is charter c (a successor of base) endorsed by a majority of the workshops standing at base?"""
    s, own = settle(base), verdict(PAST[c], base)
    _, electorate = standing(s)
    live, staying = standing(own)
    rot = {(POOL[r].author, POOL[r].op['grant']) for r in PAST[c] if POOL[r].op['t'] == 'rotate' and in_order(POOL[r])}
    got = set()
    for i in held:
        e = POOL[i]
        if (i == c or (e.op['t'] == 'endorse' and e.op['target'] == c)) and in_order(e):
            if e.op['under'] in live and (e.author, e.op['under']) not in rot:
                got.add(ws_of(e.op['under']))
    n = set(electorate)
    if len(n) == 2:
        n = (n & staying) or n
    got &= n
    return got == n if len(n) < 3 else 2 * len(got) > len(n)


def successors(held, base):
    """Valid successors of a charter. One that heals names the others and needs a majority at each, and (a) at `before`."""
    return [i for i in sorted(held) if POOL[i].op['t'] == 'charter' and (POOL[i].op['before'] == base or base in POOL[i].op['heals'])
            and in_order(POOL[i]) and all(in_force(i, b, held) for b in {base, POOL[i].op['before'], *POOL[i].op['heals']})]


def newest(held, charter0):
    """Follow the chain: one valid successor, or the one that heals all the others; else stay and raise an alarm."""
    base = charter0
    while True:
        nxt = successors(held, base)
        pick = nxt if len(nxt) == 1 else [c for c in nxt if set(nxt) - {c} <= set(POOL[c].op['heals'])]
        if len(pick) != 1:
            return base, nxt
        if POOL[pick[0]].op['level'] > RULES_LEVEL:
            return base, []
        base = pick[0]


def judge(ids, charter0):
    """ids: a set closed under past. Returns accepted ids and the authority."""
    assert all(r in ids for i in ids for r in PAST[i]), 'not closed'
    base, alarm = newest(ids, charter0)
    v = verdict(frozenset(ids), base)
    rem = [POOL[r] for r in v.holds if POOL[r].op['t'] in STRIKES]
    rot = [POOL[r] for r in v.ops if POOL[r].op['t'] == 'rotate' and in_order(POOL[r])]
    members = [g for g in v.holds if POOL[g].op['t'] in GRANTS]
    chain = [base]
    while POOL[chain[0]].op['t'] == 'charter':
        chain.insert(0, POOL[chain[0]].op['before'])

    def reach(r, e):
        """(b) Does e lie beyond the cut of r, and did the charter that settles e, if one does, know r?"""
        by = next((c for c in chain if behind(e.id, POOL[c].op.get('heads', ()))), None)
        return beyond(e.id, r) and (by is None or r.id in PAST[by])

    def clear(e, g, roles=('steward', 'maker'), named_only=False):
        """e stands under membership g: in its past or named by it, and behind every cut or the charter that holds."""
        named = behind(e.id, POOL[g].op.get('heads', ())) and e.author == POOL[g].op['key']
        if role_of(g) not in roles or not (named or not named_only and holds_grant(g, e)):
            return False
        return not any(hits(r, g) and reach(r, e) for r in rem) \
            and not any(r.author == e.author and r.op['grant'] == g and reach(r, e) for r in rot)

    def root(d):
        """(c) The true tree of a document."""
        u = POOL[d].op.get('under')
        return (ws_of(u), d) if POOL[d].op['t'] == 'create' and u in PAST[d] and ws_of(u) else None

    def grants(d):
        """(c) The grants of a document's true tree, with the workshops that they make keepers."""
        return [(root(d), root(d)[0])] + [(k, POOL[k].op['ws']) for k in v.holds if POOL[k].op['t'] == 'keeper' and tree_of(k) == root(d)]

    def created(e):
        """(c), (k) A creation stands under what it names, or under a re-admission to the same workshop by its heads."""
        u = e.op['under']
        return root(e.id) is not None and (u in members and clear(e, u) or any(ws_of(g) == ws_of(u) and clear(e, g, named_only=True) for g in members))

    def right(e):
        t = e.op['t']
        if t == 'create':
            return created(e)
        if t == 'edit':
            d = e.op['doc']
            if POOL[d].op['t'] != 'create' or not created(POOL[d]):
                return False
            ks = {w for k, w in grants(d) if (isinstance(k, tuple) or k in PAST[e.id]) and not any(hits(r, k) and reach(r, e) for r in rem)}
            return any(clear(e, g) and ws_of(g) in ks for g in members)
        if t in ('confirm', 'dispute', 'fork_healed'):
            return any(clear(e, g, ('steward', 'maker', 'auditor')) for g in members)
        return t in ('contribution', 'decline') and any(clear(e, g) for g in members)

    accepted = {i for i in v.ops if i in v.holds}
    has = {i for i in ids if POOL[i].kind in ('doc', 'rec') and right(POOL[i])}
    accepted |= has
    for i in has:
        e = POOL[i]
        if e.kind == 'doc':                                 # deps adopt entries of the same document
            todo, walked = list(e.deps), set()
            while todo:
                d = todo.pop()
                if POOL[d].op['t'] != 'create' and d not in walked:
                    walked.add(d); accepted.add(d)
                    todo += POOL[d].deps
        elif e.op['t'] == 'confirm' and e.op['target'] in ids:
            t = POOL[e.op['target']]
            home = {ws_of(g) for g in PAST[t.id] if holds_grant(g, t)}
            mine = {ws_of(g) for g in members if clear(e, g, ('steward', 'maker', 'auditor'))}
            if t.kind == 'rec' and t.op['t'] != 'unknown' and mine - home:
                accepted.add(t.id)
    live, workshops = standing(v)
    docs = [d for d in accepted if POOL[d].op['t'] == 'create']
    keep = {(d, w) for d in docs for k, w in grants(d) if not any(hits(r, k) for r in rem)}
    return dict(accepted=sorted(accepted), members=sorted((g, ws_of(g), role_of(g)) for g in live),
                workshops=sorted(workshops), keepers=sorted(keep), charter=base, alarm=sorted(alarm))


def load(history):
    """Takes the entries of one history, in causal order, instead of those before."""
    for table in (POOL, PAST, CHAIN, _SETTLED, _VIEWS, _STATIC):
        table.clear()
    return {Entry(e).id for e in history['entries']}


if __name__ == '__main__':
    for line in sys.stdin:
        h = json.loads(line)
        print(json.dumps(judge(load(h), h['followed'])), flush=True)
