"""The digest of a set of ids (docs/format.md)."""
from blake3 import blake3

LEAF, NODE = 'aronde 2026 tree of ids, leaf v1', 'aronde 2026 tree of ids, node v1'


def digest(ids, depth=0):
    """The hash of the node over these ids, which share their first bytes, as many as depth says."""
    if len(ids) <= 64:
        return blake3(b''.join(sorted(ids)), derive_key_context=LEAF).digest()
    below = [[] for _ in range(256)]
    for one in ids:
        below[one[depth]].append(one)
    return blake3(b''.join(digest(some, depth + 1) for some in below), derive_key_context=NODE).digest()
