"""docs/trust.md, Checkpoints, and docs/format.md, Proofs: what charters cover, its trees, and proofs about them."""
from blake3 import blake3

from digest import digest
from trust import Acceptance, Trust


class Unheld(Exception):
    """A charter covers what is not held."""

    def __init__(self, charter):
        super().__init__(charter)
        self.charter = charter


class NoProof(ValueError):
    """Hashes that are not just those that are needed, or places that are none."""


# ------------------------------------------------------------------ RFC 9162, section 2.1

def leaf(item):
    return blake3(b'\0' + item).digest()


def node(left, right):
    return blake3(b'\1' + left + right).digest()


def split(n):
    """The largest power of two below n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def root(leaves):
    if not leaves:
        return blake3(b'').digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def taken(hashes):
    """The next hash of an iterator."""
    found = next(hashes, None)
    if found is None:
        raise NoProof('a hash is missing')
    return found


def included(length, leaves, hashes):
    """The root of a list of this length in which these leaves, by their places, stand."""
    places = sorted(leaves)
    if length == 0 or places and places[-1] >= length:
        raise NoProof('a place is not in the list')
    left = iter(hashes)

    def fold(start, n, within):
        if not within:
            return taken(left)
        if n == 1:
            return leaves[within[0]]
        k = split(n)
        low = [p for p in within if p < start + k]
        one = fold(start, k, low)
        return node(one, fold(start + k, n - k, within[len(low):]))
    found = fold(0, length, places)
    if next(left, None) is not None:
        raise NoProof('there are more hashes than are needed')
    return found


def continued(old, old_root, new, hashes):
    """The old and the new root that a consistency proof leads to."""
    if not 0 < old <= new:
        raise NoProof('the lengths are not in order')
    left = iter(hashes)

    def grow(m, n, whole):
        if m == n:
            found = old_root if whole else taken(left)
            return found, found
        k = split(n)
        if m <= k:
            before, after = grow(m, k, whole)
            return before, node(after, taken(left))
        before, after = grow(m - k, n - k, False)
        sibling = taken(left)
        return node(sibling, before), node(sibling, after)
    found = grow(old, new, True)
    if next(left, None) is not None:
        raise NoProof('there are more hashes than are needed')
    return found


# ------------------------------------------------------------------ what charters cover

def seal(trust, charter):
    return trust.op(charter).get('seal')


def sealed(trust, newest):
    """The checkpoints of the chain, the oldest first."""
    return [c for c in trust.chain(newest)[1:] if seal(trust, c)]


def heads_of(trust, charter):
    """The heads that a charter names, and those that it comes after or heals, and so on."""
    heads, todo, met = set(), [charter], set()
    while todo:
        at = todo.pop()
        if at not in met and trust.kind(at) == 'operation/charter':
            met.add(at)
            heads |= set(trust.op(at)['heads'])
            todo += [trust.op(at)['before'], *trust.op(at).get('heals', [])]
    return heads


def covered(trust, charter):
    """All that it covers."""
    heads = heads_of(trust, charter)
    if not heads <= set(trust.held):
        raise Unheld(charter)
    found, todo = set(), [*trust.held[charter].names(), *heads]
    while todo:
        i = todo.pop()
        if i not in found:
            found.add(i)
            todo += trust.held[i].names()
    return found


def roots(trust, history):
    """What a seal says of these entries, but for what counts."""
    named = {trust.held[i].prev for i in history}
    ends = [trust.held[i] for i in history if i not in named]
    ends = sorted((e.author, e.log, e.seq, e.id) for e in ends)
    items = [author + log.to_bytes(8, 'big') + seq.to_bytes(8, 'big') + i for author, log, seq, i in ends]
    return {'entries': len(history), 'history': root([leaf(i) for i in history]),
            'logs': len(ends), 'heads': root([leaf(i) for i in items])}


def differing(trust, newest):
    """The checkpoints of a chain that say other than comes out."""
    history, met, wrong = [], set(), []
    for charter in trust.chain(newest)[1:]:
        fresh = covered(trust, charter) - met
        met |= fresh
        history += sorted(fresh)
        said = seal(trust, charter)
        if said and {k: said[k] for k in said if k != 'accepted'} != roots(trust, history):
            wrong.append(charter)
    last = sealed(trust, newest)[-1]
    if not wrong and seal(trust, last)['accepted'] != accepted(trust, last):
        wrong.append(last)
    return wrong


def accepted(trust, charter):
    """The digest of what counts of all that a charter covers, where just that is held."""
    apart, within = Trust({}), covered(trust, charter)
    for i, e in trust.held.items():
        if i in within:
            apart.add(e, apart.past_of(e))
    newest = apart.newest(trust.op(charter)['before'])
    return digest(list(Acceptance(apart, newest).accepted()))


def check_proofs(trust, newest, proofs, order):
    """Raises NoProof where they do not show what they say."""
    if len(proofs['places']) != len(order):
        raise NoProof('they speak of other entries')
    checkpoints = sealed(trust, newest)
    if not checkpoints or checkpoints[-1] != proofs['charter']:
        raise NoProof('the charter is not the newest checkpoint')
    places = [(place, leaf(i)) for place, i in zip(proofs['places'], order) if place is not None]
    if len({place for place, _ in places}) != len(places):
        raise NoProof('two entries at one place')
    said = seal(trust, checkpoints[-1])
    if included(said['entries'], dict(places), proofs['hashes']) != said['history']:
        raise NoProof('they do not lead to the seal')
    if len(proofs['goes_on']) + 1 != len(checkpoints):
        raise NoProof('they do not speak of all checkpoints')
    for before, after, hashes in zip(checkpoints, checkpoints[1:], proofs['goes_on']):
        old, new = seal(trust, before), seal(trust, after)
        found = continued(old['entries'], old['history'], new['entries'], hashes)
        if found != (old['history'], new['history']):
            raise NoProof('a checkpoint does not go on where the one before it ended')
