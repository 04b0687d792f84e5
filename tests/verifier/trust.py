"""docs/trust.md, replayed: who may do what, what holds, what counts. Sections in the order and the words of the page.

Everything is a function of the entries held and of a charter. Nothing is clever: sets, closures, and memory of what was
asked before. Entries are objects of entries.py whose facts (`said`) the door has read; all sets are of ids.
"""
from collections import namedtuple

import keys

Grant = namedtuple('Grant', 'key next role workshop heads')
Verdict = namedtuple('Verdict', 'stands holds')

STEWARD, WRITES, ANY = ('steward',), ('steward', 'maker'), ('steward', 'maker', 'auditor')
REMOVALS = {'operation/remove-member', 'operation/remove-workshop', 'operation/drop-keeper'}
MOTIONS = {'operation/admit-workshop', 'operation/remove-workshop', 'operation/give-steward', 'operation/set-policy',
           'operation/redact-by-motion'}
REDACTIONS = {'operation/redact', 'operation/redact-by-motion'}
WORKSHOPS = {'operation/found', 'operation/admit-workshop'}
CHARTERS = {'operation/found', 'operation/charter'}
KEEPERS = {'operation/add-keeper', 'operation/drop-keeper'}
RECORDS_BY_WRITERS = {'record/contribution', 'record/correction', 'record/retraction', 'record/settlement', 'record/citation',
                      'record/agent', 'record/agent-claim', 'record/booking', 'record/decline', 'record/release',
                      'record/procedure-approval', 'record/procedure-adoption', 'record/procedure-run'}
RECORDS = RECORDS_BY_WRITERS | {'record/attestation', 'record/fork-healed'}
NOTHING = frozenset()
LEVEL = 1


class Trust:
    """A set of entries that is closed under past."""

    def __init__(self, held):
        """`held` are the entries by id, each after its past."""
        self.held, self.past, self._grants, self._holders = held, {}, {}, {}
        self._behind, self._settled, self._trees, self._struck = {}, {}, {}, {}
        self.rotations, self.in_order = {}, set()

    # -------------------------------------------------------------- definitions

    def past_of(self, e):
        """The operations in the past of an entry whose past is held: that is all of the past that rights ask for."""
        past, first = None, None
        for i in e.names():
            own = self.past[i] | {i} if self.held[i].is_operation else self.past[i]
            first = own if first is None else first
            past = own if past is None else past if own <= past else past | own
        return NOTHING if past is None else past

    def add(self, e, past):
        """Holds an entry, whose past is held and given."""
        self.held[e.id], self.past[e.id] = e, past
        if e.kind == 'operation/rotate' and e.said:
            self.rotations.setdefault(e.said['membership'], []).append(e.id)
        if e.is_operation and e.said and self._is_in_order(e):
            self.in_order.add(e.id)

    def kind(self, i):
        return self.held[i].kind if i in self.held else None

    def op(self, i):
        """What an operation in order says, its kind aside."""
        return self.held[i].said

    def is_behind(self, i, heads):
        """At or behind one of these heads, by prev alone; a head that is not held reaches nothing yet."""
        for head in heads:
            if head in self.held:
                if head not in self._behind:
                    line, at = set(), head
                    while at is not None:
                        line.add(at)
                        at = self.held[at].prev
                    self._behind[head] = line
                if i in self._behind[head]:
                    return True
        return False

    def is_beyond(self, i, cut):
        """Beyond the cut of a removal or rotation: an operation among the heads reaches something only if it is known."""
        heads = [h for h in self.op(cut)['cut'] if not (h in self.held and self.held[h].is_operation and h not in self.past[cut])]
        return not self.is_behind(i, heads)

    def grant(self, i):
        """The membership that an operation in order grants."""
        if i not in self.in_order:
            return None
        if i not in self._grants:
            kind, said, by = self.kind(i), self.op(i), self.held[i].author
            made = None
            if kind == 'operation/found':
                made = Grant(by, said['next'], 'steward', i, [])
            elif kind == 'operation/admit-workshop':
                made = Grant(said['key'], said['next'], 'steward', i, [])
            elif kind == 'operation/give-steward':
                made = Grant(said['key'], said['next'], 'steward', said['workshop'], [])
            elif kind == 'operation/admit-member':
                made = Grant(said['key'], said['next'], said['role'], self.grant(said['under']).workshop, said.get('heads', []))
            self._grants[i] = made
        return self._grants[i]

    def holders(self, membership, past):
        """The keys that hold a membership in a past, each with the commitments that were named for it."""
        grant = self.grant(membership)
        if grant is None or membership not in past:
            return {}
        rotations = [self.held[r] for r in self.rotations.get(membership, ()) if r in past]
        holders, found = {grant.key: {grant.next}}, True
        while found:
            found = False
            for r in rotations:
                if keys.commitment(r.said['key']) in holders.get(r.author, ()):
                    named = holders.setdefault(r.said['key'], set())
                    found |= r.said['next'] not in named
                    named.add(r.said['next'])
        return holders

    def is_holder(self, membership, e):
        """Whether an entry's author is a holder of a membership in the entry's past."""
        asked = membership, e.id
        if asked not in self._holders:
            self._holders[asked] = e.author in self.holders(membership, self.past[e.id])
        return self._holders[asked]

    def acts_under(self, e):
        """The grant that an operation acts under: in its past, and its author a holder there."""
        under = e.said.get('under', e.said.get('membership'))
        return self.grant(under) if under is not None and self.is_holder(under, e) else None

    def acts_as_steward(self, e):
        grant = self.acts_under(e)
        return grant is not None and grant.role == 'steward'

    def knows_workshop(self, e, workshop):
        return workshop in self.past[e.id] and workshop in self.in_order and self.kind(workshop) in WORKSHOPS

    def _is_in_order(self, e):
        """The table of the page."""
        said, past, kind = e.said, self.past[e.id], e.kind
        if kind == 'operation/found':
            return True
        if kind == 'operation/rotate':
            named = self.holders(said['membership'], past).get(e.author, ())
            return keys.commitment(said['key']) in named
        if kind == 'operation/redact':
            return self.acts_under(e) is not None
        if kind == 'operation/remove-member':
            grant = self.acts_under(e)
            if grant is None or not (grant.role == 'steward' or said['key'] == e.author):
                return False
            return any(self.workshop(g) == grant.workshop and said['key'] in self.holders(g, past) for g in past)
        if not self.acts_as_steward(e):
            return False
        if kind == 'operation/endorse':
            return said['charter'] in past
        if kind == 'operation/vote':
            return said['motion'] in past
        if kind == 'operation/charter':
            heals = said.get('heals', [])

            def rival(i):
                other = self.op(i)
                return self.kind(i) == 'operation/charter' and \
                    (other['before'] == said['before'] or said['before'] in other.get('heals', []))
            named = all(i in past and i in self.in_order and self.kind(i) in CHARTERS for i in [said['before'], *heals])
            return named and all(rival(i) for i in heals)
        if kind in ('operation/remove-workshop', 'operation/give-steward'):
            return self.knows_workshop(e, said['workshop'])
        if kind in KEEPERS:
            return self.tree(e) is not None
        return kind in ('operation/admit-workshop', 'operation/set-policy', 'operation/admit-member', 'operation/bind-node',
                        'operation/unbind-node', 'operation/redact-by-motion')

    def workshop(self, membership):
        grant = self.grant(membership)
        return grant.workshop if grant else None

    def tree(self, e):
        """The claim (workshop, document) that an operation about keepers goes back to, when it is in order."""
        if e.id not in self._trees:
            self._trees[e.id] = self._tree(e)
        return self._trees[e.id]

    def _tree(self, e):
        said = e.said
        if not self.acts_as_steward(e):
            return None
        ours, through = self.acts_under(e).workshop, said.get('through')
        if through is None:
            tree = ours, said['document']
        else:
            tree = self.keeping(e, through)
            if tree is None or (self.op(through)['document'], self.op(through)['workshop']) != (said['document'], ours):
                return None
        if e.kind == 'operation/add-keeper':
            return tree if self.knows_workshop(e, said['workshop']) else None
        struck = said.get('grant')
        return tree if struck is None or self.keeping(e, struck) == tree else None

    def keeping(self, e, grant):
        """The tree of an add-keeper in order in an entry's past."""
        known = grant in self.past[e.id] and grant in self.in_order and self.kind(grant) == 'operation/add-keeper'
        return self.tree(self.held[grant]) if known else None

    # -------------------------------------------------------------- what strikes

    def rests_on(self, e):
        """What an operation in order rests on: memberships, grants of keeping, creations as a tree claims them."""
        under = e.said.get('under', e.said.get('membership'))
        grounds = [('membership', under)] if under is not None else []
        if e.kind in KEEPERS:
            through = e.said.get('through')
            grounds.append(('creation', self.tree(e)) if through is None else ('keeper', through))
        return grounds

    def strikes(self, removal, ground):
        """Whether a removal strikes a ground, for entries beyond its cut."""
        asked = removal, ground
        if asked not in self._struck:
            self._struck[asked] = self._strikes(self.held[removal], *ground)
        return self._struck[asked]

    def _strikes(self, r, what, which):
        if r.kind == 'operation/drop-keeper':
            struck = r.said.get('grant')
            return what == 'keeper' and which == struck if struck is not None else what == 'creation' and which == self.tree(r)
        if what != 'membership' or self.grant(which) is None:
            return False
        if r.kind == 'operation/remove-workshop':
            return self.workshop(which) == r.said['workshop']
        return self.workshop(which) == self.workshop(r.said['under']) and r.said['key'] in self.holders(which, self.past[r.id])

    def rotates(self, rotation, membership, e):
        """Whether a rotation takes a membership from an entry that lies beyond its cut."""
        r = self.held[rotation]
        return r.said['membership'] == membership and r.author == e.author and r.id != e.id

    def rotations_in_order(self, among):
        return [r for r in among if r in self.in_order and self.kind(r) == 'operation/rotate']

    # -------------------------------------------------------------- from a charter

    def settled(self, base):
        """The verdict over a charter's past alone, judged from the charter before it; the charter itself holds."""
        if self.kind(base) == 'operation/found':
            return Verdict({base}, {base})
        verdict = self.verdict_behind(base, self.op(base)['before'])
        return Verdict(verdict.stands | {base}, verdict.holds | {base})

    def verdict_behind(self, of, base):
        asked = of, base
        if asked not in self._settled:
            self._settled[asked] = self.verdict(self.past[of], base)
        return self._settled[asked]

    def standing(self, verdict):
        """Memberships that stand: their grants hold, and no removal that holds strikes them."""
        removals = [r for r in verdict.holds if self.kind(r) in REMOVALS]
        return {g for g in verdict.holds if self.grant(g) and not any(self.strikes(r, ('membership', g)) for r in removals)}

    def workshops_standing(self, verdict):
        removed = {self.op(r)['workshop'] for r in verdict.holds if self.kind(r) == 'operation/remove-workshop'}
        return {w for w in verdict.holds if self.kind(w) in WORKSHOPS} - removed

    def quorum(self, verdict):
        workshops = len(self.workshops_standing(verdict))
        if workshops < 3:
            return 1
        sets = [p for p in verdict.holds if self.kind(p) == 'operation/set-policy' and 'quorum' in self.op(p)['values']]
        last = [p for p in sets if not any(p in self.past[q] for q in sets)]
        return min(max([2] + [self.op(p)['values']['quorum'] for p in last]), workshops)

    def verdict(self, over, base):
        """What stands and holds of these operations, closed under past, judged from a charter among them."""
        settled = self.settled(base)
        in_base = self.past[base] | {base}
        in_order = sorted(i for i in over if i in self.in_order)
        later = [i for i in in_order if i not in in_base]
        knows = {i for i in later if base in self.past[i]}
        opened = settled.stands - settled.holds

        # Removals that strike for certain, and those to decide.
        may = [r for r in in_order if self.kind(r) in REMOVALS and (r not in in_base or r in settled.stands)]
        striking = {r for r in may if r in settled.holds}
        undecided = set(may) - striking
        rotations = self.rotations_in_order(in_order)
        rests = {i: self.rests_on(self.held[i]) for i in later}

        def struck(i):
            return {r for r in may if r != i and any(self.strikes(r, g) for g in rests[i]) and self.is_beyond(i, r)}

        def void(i):
            e = self.held[i]
            return any(what == 'membership' and self.rotates(r, which, e) and self.is_beyond(i, r)
                       for what, which in rests[i] for r in rotations)
        struck_by = {i: struck(i) for i in later}
        rotated = {i for i in later if void(i)}

        # Motions that can be carried, with the votes that may count.
        quorum, voters = self.quorum(settled), self.workshops_standing(settled)
        motions = [m for m in in_order if self.kind(m) in MOTIONS and (m in opened or m in knows)]
        votes = {m: [i for i in in_order if i == m or self.kind(i) == 'operation/vote' and self.op(i)['motion'] == m
                     and (i in knows or i in in_base)] for m in motions}

        def carried(m, stands):
            electorate = voters - ({self.op(m)['workshop']} if self.kind(m) == 'operation/remove-workshop' else set())
            return len({self.workshop(self.op(v)['under']) for v in votes[m] if v in stands} & electorate) >= quorum

        def evaluate(strike, circle):
            """What stands and holds if just these removals strike; those of circles hold though they are struck."""
            stands, holds = settled.stands | circle, settled.holds | circle
            while True:
                before = len(stands), len(holds)
                for i in later:
                    if i not in stands and i not in rotated and not struck_by[i] & strike and \
                            all(what == 'creation' or which in holds for what, which in rests[i]):
                        stands.add(i)
                        if self.kind(i) not in MOTIONS:
                            holds.add(i)
                for m in motions:
                    if m in stands and m not in holds and carried(m, stands):
                        holds.add(m)
                if before == (len(stands), len(holds)):
                    return Verdict(stands, holds)

        def supports(of, possible):
            """It, what it rests on, directly or through what that rests on, the votes of motions included."""
            found, todo = set(), [of]
            while todo:
                i = todo.pop()
                if i in possible and i not in found and (i in rests or i in votes):
                    found.add(i)
                    todo += [which for what, which in rests.get(i, ()) if what != 'creation'] + votes.get(i, [])
            return found

        circle = set()
        while True:
            least, most = evaluate(striking | undecided, circle), evaluate(striking, circle)
            strike, void_ones = undecided & least.holds, undecided - most.holds
            if strike or void_ones:
                undecided -= strike | void_ones
                striking |= strike
                continue
            if not undecided:
                return most
            aimed_by = {}
            for other in undecided:
                below = supports(other, most.stands)
                aimed_by[other] = {r for r in undecided if any(r in struck_by.get(i, ()) for i in below)}
            moved = True
            while moved:
                moved = False
                for aiming in aimed_by.values():
                    through = set().union(*(aimed_by[a] for a in aiming)) if aiming else set()
                    moved |= not through <= aiming
                    aiming |= through
            tangled = {r for r in undecided if all(r in aimed_by[a] for a in aimed_by[r])}
            undecided -= tangled
            striking |= tangled
            circle |= tangled

    # -------------------------------------------------------------- charters

    def endorsing(self, charter, at):
        """The workshops that are asked at a charter for one that comes after it, and those that endorse it."""
        own = self.verdict_behind(charter, at)
        electorate, staying = self.workshops_standing(self.settled(at)), self.workshops_standing(own)
        if len(electorate) == 2 and electorate & staying:
            electorate &= staying
        standing, rotations, got = self.standing(own), self.rotations_in_order(self.past[charter]), set()
        for i in self.in_order:
            e = self.held[i]
            if i == charter or e.kind == 'operation/endorse' and e.said['charter'] == charter:
                under = e.said['under']
                if under in standing and not any(self.rotates(r, under, e) for r in rotations):
                    got.add(self.workshop(under))
        return electorate, got & electorate

    def is_in_force(self, charter, at):
        electorate, got = self.endorsing(charter, at)
        return got == electorate if len(electorate) < 3 else 2 * len(got) > len(electorate)

    def successors(self, of):
        found = []
        for i in sorted(self.in_order):
            if self.kind(i) == 'operation/charter':
                before, heals = self.op(i)['before'], self.op(i).get('heals', [])
                if (before == of or of in heals) and all(self.is_in_force(i, at) for at in {before, *heals}):
                    found.append(i)
        return found

    def newest(self, followed):
        """The newest charter that one follows who follows this one."""
        while True:
            after = self.successors(followed)
            heal = [i for i in after if set(after) - {i} <= set(self.op(i).get('heals', []))]
            if len(heal) != 1 or self.op(heal[0])['level'] > LEVEL:
                return followed
            followed = heal[0]

    def chain(self, charter):
        chain = [charter]
        while self.kind(chain[0]) == 'operation/charter':
            chain.insert(0, self.op(chain[0])['before'])
        return chain


class Acceptance:
    """What counts, following a charter that is the newest."""

    def __init__(self, trust, charter):
        self.trust, self.chain = trust, trust.chain(charter)
        operations = {i for i, e in trust.held.items() if e.is_operation}
        self.verdict = trust.verdict(operations, charter)
        self.holds = self.verdict.holds
        self.removals = [i for i in self.holds if trust.kind(i) in REMOVALS]
        self.rotations = trust.rotations_in_order(operations)
        self.grants = [g for g in self.holds if trust.grant(g)]
        self.standing_workshops = trust.workshops_standing(self.verdict)
        self._rights, self._keepers = {}, {}

    def reaches(self, cut, i):
        """It lies beyond the cut; and if a charter settles it, the cut is in that charter's past."""
        trust = self.trust
        if not trust.is_beyond(i, cut):
            return False
        by = next((c for c in self.chain if trust.is_behind(i, trust.op(c).get('heads', ()))), None)
        return by is None or cut in trust.past[by]

    def is_struck(self, ground, i):
        return any(self.trust.strikes(r, ground) and self.reaches(r, i) for r in self.removals)

    def covers(self, membership, e, roles, by_heads=False):
        trust, grant = self.trust, self.trust.grant(membership)
        named = grant.key == e.author and trust.is_behind(e.id, grant.heads)
        return grant.role in roles and (named or not by_heads and trust.is_holder(membership, e)) \
            and not self.is_struck(('membership', membership), e.id) \
            and not any(trust.rotates(r, membership, e) and self.reaches(r, e.id) for r in self.rotations)

    def workshops(self, e, roles):
        return {self.trust.workshop(g) for g in self.grants if self.covers(g, e, roles)}

    def claim(self, document):
        """The claim that is true of a document."""
        first = self.trust.held.get(document)
        if first is None or first.kind != 'document/create' or first.said is None:
            return None
        under = first.said['under']
        workshop = self.trust.workshop(under) if under in self.trust.past[document] else None
        return None if workshop is None else (workshop, document)

    def keepings(self, document):
        """The grants of the document's true tree, its creation first, with the workshops."""
        if document not in self._keepers:
            tree = self.claim(document)
            found = [] if tree is None else [(('creation', tree), tree[0])]
            for i in sorted(self.holds):
                if tree and self.trust.kind(i) == 'operation/add-keeper' and self.trust.tree(self.trust.held[i]) == tree:
                    found.append((('keeper', i), self.trust.op(i)['workshop']))
            self._keepers[document] = found
        return self._keepers[document]

    def keepers(self, document, e):
        past = self.trust.past[e.id]
        return {w for g, w in self.keepings(document) if (g[0] == 'creation' or g[1] in past) and not self.is_struck(g, e.id)}

    def bindings(self, peer):
        """The bindings of a node that are not ended, with the workshops."""
        trust = self.trust
        for i in self.holds:
            if trust.kind(i) == 'operation/bind-node' and trust.op(i)['peer'] == peer:
                workshop = trust.workshop(trust.op(i)['under'])
                ended = any(trust.kind(u) == 'operation/unbind-node' and trust.op(u)['peer'] == peer and i in trust.past[u]
                            and trust.workshop(trust.op(u)['under']) == workshop for u in self.holds)
                if workshop in self.standing_workshops and not ended:
                    yield i, workshop

    def has_right(self, e):
        if e.id not in self._rights:
            self._rights[e.id] = self._has_right(e)
        return self._rights[e.id]

    def _has_right(self, e):
        if e.said is None:
            return False
        if e.kind == 'document/create':
            tree, under = self.claim(e.id), e.said['under']
            return tree is not None and (
                under in self.holds and self.covers(under, e, WRITES)
                or any(self.trust.workshop(g) == tree[0] and self.covers(g, e, WRITES, by_heads=True) for g in self.grants))
        if e.kind == 'document/edit':
            first = self.trust.held.get(e.subject)
            return first is not None and first.kind == 'document/create' and self.has_right(first) \
                and bool(self.keepers(e.subject, e) & self.workshops(e, WRITES))
        if e.kind in RECORDS_BY_WRITERS:
            return bool(self.workshops(e, WRITES))
        if e.kind == 'node/addresses':
            known = {w for i, w in self.bindings(e.said['peer']) if i in self.trust.past[e.id]}
            return bool(known & self.workshops(e, ANY))
        return e.kind in RECORDS and bool(self.workshops(e, ANY))

    def was_admitted(self, e):
        """The workshops that an entry's author was ever admitted to in its past."""
        return {self.trust.workshop(g) for g in self.trust.past[e.id] if self.trust.grant(g) and self.trust.is_holder(g, e)}

    def accepted(self):
        held = self.trust.held
        accepted = set(self.holds)
        for e in [e for e in held.values() if not e.is_operation and self.has_right(e)]:
            accepted.add(e.id)
            if e.cls == 'document':
                todo, walked = list(e.deps), set()
                while todo:
                    i = todo.pop()
                    if held[i].kind != 'document/create' and i not in walked:
                        walked.add(i)
                        todo += held[i].deps
                accepted |= walked
            elif e.kind == 'record/attestation' and e.said['verdict'] == 'confirm' and e.subject in held:
                record = held[e.subject]
                if record.cls == 'record' and record.said is not None and self.workshops(e, ANY) - self.was_admitted(record):
                    accepted.add(record.id)
        return accepted

    def redacted(self):
        """Entries whose personal part was redacted, each with what that makes of it: hidden, or forgotten."""
        found, trust = {}, self.trust
        settled = trust.settled(self.chain[-1]).holds
        for r in [e for e in trust.held.values() if e.kind in REDACTIONS and e.said and e.said['entry'] in trust.held]:
            e, grant = trust.held[r.said['entry']], trust.acts_under(r)
            of_workshop = grant is not None and grant.role == 'steward' and grant.workshop in self.was_admitted(e)
            speaks = r.id in self.holds and (r.kind == 'operation/redact-by-motion' or of_workshop)
            if e.author == r.author or speaks and r.id in settled:
                found[e.id] = 'forgotten'
            elif speaks:
                found.setdefault(e.id, 'hidden')
        return found
