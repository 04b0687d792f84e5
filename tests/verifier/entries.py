"""Entries: the header by its own bytes, and the door (docs/entries.md, Header, What may be held)."""
import re

from blake3 import blake3

import cbor
import forms
import keys
from forms import Refused

LEVEL = 1
NO_SUBJECT = {'document/create', 'node/addresses', 'record/fork-healed', 'record/agent'}
SUBJECT = {'record/attestation', 'record/decline', 'record/booking', 'record/release', 'record/procedure-approval',
           'record/procedure-adoption', 'record/procedure-run', 'record/retraction', 'record/settlement', 'record/citation',
           'record/agent-claim'}
KEYS = {'v', 'federation', 'author', 'log', 'seq', 'prev', 'at', 'seen', 'kind', 'subject', 'deps', 'facts', 'personal'}
OPTIONAL = {'federation', 'prev', 'subject', 'personal'}


def part(most):
    return lambda v: forms.record(hash=forms.an_id, len=forms.integer(0, most))(v)


FIELDS = {
    'v': forms.integer(1), 'federation': forms.an_id, 'author': forms.a_key, 'log': forms.u64, 'seq': forms.u64,
    'prev': forms.an_id, 'at': forms.time, 'seen': forms.ids(64), 'deps': forms.ids(64), 'subject': forms.an_id,
    'kind': lambda v: isinstance(v, str) and len(v) <= 64 and re.fullmatch('[a-z-]+/[a-z-]+', v) is not None,
    'facts': part(128 * 1024), 'personal': part(64 * 1024),
}


class Entry:
    """An entry that is in order by its own bytes. `said` is what its facts say, once the door has read them."""

    def __init__(self, entry_id, header, facts, personal, signature):
        try:
            fields = cbor.decode(header)
        except cbor.NotCanonical as error:
            raise Refused(f'the header is not canonical: {error}')
        if not isinstance(fields, dict) or len(header) > 16 * 1024:
            raise Refused('the header is no map')
        newer = type(fields.get('v')) is int and fields['v'] > LEVEL
        if newer:
            fields = {k: v for k, v in fields.items() if k in KEYS and not (k in OPTIONAL and v is None)}
        if not set(fields) <= KEYS or not KEYS - OPTIONAL <= set(fields):
            raise Refused('the header has not just the fields of one')
        for key, value in fields.items():
            if not FIELDS[key](value):
                raise Refused(f'the header has a {key} that is not one')
        for key in KEYS - {'facts', 'personal'}:
            setattr(self, key, fields.get(key))
        self.id, self.facts, self.signature, self.said = entry_id, facts, signature, None
        self.personal, self.has_personal = fields.get('personal'), personal is not None
        self.cls = self.kind.split('/')[0]
        self.is_operation = self.cls == 'operation'
        founds = self.kind == 'operation/found'
        if (self.seq == 0) != (self.prev is None):
            raise Refused('only the first entry of a log has no prev')
        if self.is_operation and (self.deps or self.subject is not None):
            raise Refused('an operation has neither subject nor deps')
        if founds != (self.federation is None) or founds and (self.seq or self.seen):
            raise Refused('federation, seq or seen are not those of a founding entry, or of another')
        self.federation = self.federation or self.id
        for bytes_, named in ((facts, fields['facts']), (personal, self.personal)):
            if bytes_ is not None and (named is None or len(bytes_) != named['len'] or blake3(bytes_).digest() != named['hash']):
                raise Refused('a part is not what the header names')

    def names(self):
        """Its past, one step."""
        return [i for i in (self.prev, *self.seen, *self.deps) if i is not None]

    def vouches_for(self, before):
        return self.prev == before.id and (self.author, self.log) == (before.author, before.log) \
            and self.federation == before.federation and self.seq == before.seq + 1 and self.seq % 1024 != 0


def admits(entry):
    """The key that an operation admits, whether or not it holds."""
    if entry.said is None:
        return None
    if entry.kind == 'operation/found':
        return entry.author
    if entry.kind in ('operation/admit-workshop', 'operation/admit-member', 'operation/give-steward'):
        return entry.said['key']
    return None


def document_of(entry):
    """The document that an entry belongs to, if it is of one."""
    return (entry.subject or entry.id) if entry.cls == 'document' else None


def subject_fits(e, held):
    if e.kind in NO_SUBJECT:
        return e.subject is None and not e.deps
    if e.kind in SUBJECT:
        return e.subject is not None and not e.deps
    if e.cls == 'document':
        return e.subject is not None and e.deps and all(document_of(held[d]) == e.subject for d in e.deps)
    return not e.deps


def door(e, held, past, in_order, federation):
    """Whether an entry may be held, whose past is; `past` are the operations in it, `in_order` those in order."""
    if e.federation != federation:
        raise Refused('the entry belongs to another federation')
    if e.prev is not None:
        prev = held[e.prev]
        if (prev.author, prev.log, prev.seq + 1) != (e.author, e.log, e.seq):
            raise Refused('the entry does not continue its log')
        if prev.is_operation != e.is_operation:
            raise Refused('a log holds operations or work, never both')
    if not all(held[s].is_operation for s in e.seen):
        raise Refused('it names work where an operation is due')
    if e.v == LEVEL and not subject_fits(e, held):
        raise Refused("the entry's subject and deps do not fit its kind")

    def gives(o):
        return held[o].said['key'] if held[o].kind == 'operation/rotate' and o in in_order else admits(held[o])
    if e.kind != 'operation/found' and not any(gives(o) == e.author for o in past):
        raise Refused("the entry's author is no member in its own past")
    if e.v == LEVEL:
        e.said = forms.read(e.kind, e.facts, federation, e.author)
