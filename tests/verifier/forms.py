"""The forms of facts (docs/entries.md, Kinds and their facts). What is not of its kind's form is refused with its entry.

A form is a function that says whether a value fits. A map is given by its keys; `optional` ones may be left out, and
`filled` ones are left out rather than empty.
"""
import re

import cbor
import keys

AT_MAX = 253_402_300_799_999


class Refused(ValueError):
    """An entry that may not be held."""


def integer(least=0, most=(1 << 64) - 1):
    return lambda v: type(v) is int and least <= v <= most


def text(most=None, least=0):
    return lambda v: isinstance(v, str) and least <= len(v.encode()) and (most is None or len(v.encode()) <= most)


def one_of(*words):
    return lambda v: isinstance(v, str) and v in words


def data(least, most):
    return lambda v: isinstance(v, bytes) and least <= len(v) <= most


def items(form, most, least=0):
    return lambda v: isinstance(v, list) and least <= len(v) <= most and all(form(i) for i in v)


def ids(most, least=0):
    """Ids sorted bytewise, without repetition."""
    return lambda v: items(an_id, most, least)(v) and all(a < b for a, b in zip(v, v[1:]))


class Optional:
    def __init__(self, form):
        self.form = form


class Filled(Optional):
    """Left out when it is empty."""


def record(**forms):
    def fits(value):
        if not isinstance(value, dict) or not set(value) <= set(forms):
            return False
        for key, form in forms.items():
            if key not in value:
                if not isinstance(form, Optional):
                    return False
            elif not (form.form if isinstance(form, Optional) else form)(value[key]):
                return False
            elif isinstance(form, Filled) and not value[key]:
                return False
        return True
    return fits


an_id = data(32, 32)
u64 = integer()
u32 = integer(0, (1 << 32) - 1)
time = integer(0, AT_MAX)
peer = data(1, 64)
cut = ids(1024)


def a_key(value):
    return isinstance(value, bytes) and keys.is_key(value)


def a_seal(value):
    hashes = dict.fromkeys(('history', 'heads', 'accepted'), an_id)
    return record(entries=integer(1), logs=integer(1), **hashes)(value) and value['logs'] <= value['entries']


def one_line(most):
    """1 to so many bytes, not only white space, without control characters."""
    return lambda v: text(most, 1)(v) and v.strip() != '' and not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in v)


name = one_line(64)


def policy(value):
    return isinstance(value, dict) and 1 <= len(value) <= 32 and \
        all(re.fullmatch('[a-z-]{1,64}', k) and u64(v) for k, v in value.items())


NUMBER = re.compile(r'-?(0|[1-9][0-9]*)(\.[0-9]{1,28})?')
LIKE_A_NUMBER = re.compile(r'[+-]?(?=[0-9.]*[0-9])[0-9][0-9_]*\.?[0-9_]*|[+-]?\.[0-9][0-9_]*')


def decimal(value):
    """A plain decimal number in its one spelling: what the digits say without their point is below 2 to the 96."""
    return isinstance(value, str) and NUMBER.fullmatch(value) is not None and \
        int(re.sub('[-.]', '', value)) < 1 << 96 and not re.fullmatch(r'-0(\.0+)?', value)


def quantity(value):
    number, _, unit = value.partition(' ') if isinstance(value, str) else ('', '', '')
    return decimal(number) and re.fullmatch(r'[!#-\[\]-~]{1,64}', unit) is not None


def path_of_a_file(value):
    return text(512)(value) and not re.search('[\\\\\0:]', value) and \
        all(n not in ('', '.', '..') for n in value.split('/'))


released_file = record(path=path_of_a_file, hash=an_id, len=integer(0, 256 * 1024 * 1024))
words = text(1024)
source = record(title=words, release=Optional(an_id), link=Optional(words), licence=Optional(words))


def by_path(value):
    paths = [f['path'].encode() for f in value]
    return all(a < b for a, b in zip(paths, paths[1:]))


heads = ids(64, 1)
release = record(under=an_id, heads=heads, title=words,
                 version=lambda v: isinstance(v, str) and re.fullmatch(r'[A-Za-z0-9.+-]{1,128}', v) is not None,
                 licence=text(1024, 1), files=lambda v: items(released_file, 5000)(v) and by_path(v),
                 sources=items(source, 64))
reading = record(control=text(1024, 1), value=words)
item = record(entry=an_id, edit=u32)


def booking(value):
    form = record(machine=Optional(item), cancels=Optional(an_id), **{'from': u64, 'to': time})
    return form(value) and 0 < value['to'] - value['from'] <= 92 * 24 * 3600 * 1000


def word(value):
    return isinstance(value, str) and re.fullmatch('[A-Za-z-]{1,64}', value) is not None


def happened(value):
    """A moment, or a span of at most ten years."""
    if record(at=time)(value):
        return True
    return record(span=record(**{'from': time, 'to': time}))(value) and \
        0 <= value['span']['to'] - value['span']['from'] <= 10 * 366 * 24 * 3600 * 1000


contribution = record(provider=Optional(a_key), agent=Optional(an_id), receiver=Optional(a_key), workshop=Optional(an_id),
                      action=word, quantity=quantity, resource_quantity=Optional(quantity), role=Optional(word),
                      resource=Optional(record(name=one_line(256), of=Optional(an_id))), happened=Optional(happened),
                      source=Optional(an_id), corrects=Optional(an_id))


def who_did_what(corrects):
    """The facts of a contribution, or of a correction."""
    def fits(value):
        return contribution(value) and ('corrects' in value) == corrects and not {'provider', 'agent'} <= set(value) \
            and ('resource_quantity' not in value or value['action'] == 'use')
    return fits


def not_negative(value):
    return quantity(value) and not value.startswith('-')


FORMS = {
    'operation/found': record(name=name, workshop=name, next=an_id, nonce=data(16, 16)),
    'operation/admit-workshop': record(under=an_id, name=name, key=a_key, next=an_id),
    'operation/admit-member': record(under=an_id, key=a_key, next=an_id, heads=Filled(cut),
                                     role=one_of('steward', 'maker', 'auditor')),
    'operation/remove-member': record(under=an_id, key=a_key, cut=cut),
    'operation/remove-workshop': record(under=an_id, workshop=an_id, cut=cut),
    'operation/give-steward': record(under=an_id, workshop=an_id, key=a_key, next=an_id),
    'operation/set-policy': record(under=an_id, values=policy),
    'operation/vote': record(under=an_id, motion=an_id),
    'operation/rotate': record(membership=an_id, key=a_key, next=an_id, cut=cut, proof=data(64, 64)),
    'operation/bind-node': record(under=an_id, peer=peer),
    'operation/unbind-node': record(under=an_id, peer=peer),
    'operation/add-keeper': record(under=an_id, document=an_id, through=Optional(an_id), workshop=an_id),
    'operation/drop-keeper': record(under=an_id, document=an_id, through=Optional(an_id), grant=Optional(an_id), cut=cut),
    'operation/charter': record(under=an_id, before=an_id, heals=Filled(ids(64)), level=integer(1), heads=ids(3584),
                                seal=Optional(a_seal)),
    'operation/endorse': record(under=an_id, charter=an_id),
    'operation/redact': record(under=an_id, entry=an_id),
    'operation/redact-by-motion': record(under=an_id, entry=an_id),
    'record/contribution': who_did_what(corrects=False),
    'record/correction': who_did_what(corrects=True),
    'record/retraction': record(),
    'record/settlement': record(means=one_of('cash', 'credits', 'invoice', 'gift', 'shares'), amount=Optional(not_negative),
                                by=Optional(a_key)),
    'record/citation': record(cites=an_id),
    'record/agent': record(kind=one_of('person', 'group')),
    'record/agent-claim': record(word=one_of('claim', 'withdraw')),
    'record/attestation': record(verdict=one_of('confirm', 'dispute', 'withdraw'),
                                 relation=Optional(one_of('present', 'host', 'maintainer', 'received'))),
    'record/booking': booking,
    'record/decline': record(document=an_id),
    'record/procedure-approval': record(under=an_id, heads=heads, instead=Filled(ids(64)), verdict=one_of('approve', 'object')),
    'record/procedure-adoption': record(under=an_id, heads=heads, instead=Filled(ids(64))),
    'record/procedure-run': record(under=an_id, heads=heads, happened_at=Optional(time), readings=Filled(items(reading, 256)),
                                   result=one_of('passed', 'failed', 'stopped')),
    'record/release': release,
    'record/fork-healed': record(log=u64, heads=ids(1024, 2)),
    'node/addresses': record(peer=peer, addresses=items(data(0, 256), 8)),
}


# ------------------------------------------------------------------ edits of documents

class OtherForm(Exception):
    """An edit of another form than its name has: it is kept, and never applied."""


def require(fits):
    if not fits:
        raise OtherForm


def limit(fits, what):
    if not fits:
        raise Refused(f'the facts have {what} over its limit')


def one_spelling(fits, what):
    if not fits:
        raise Refused(f'the facts have {what} in another spelling than its one')


def fields(value, needed, optional=()):
    require(isinstance(value, dict) and set(needed) <= set(value) <= {*needed, *optional})
    one_spelling(all(value.get(key, 0) is not None for key in optional), 'a field that is left out')


def named(value):
    require(isinstance(value, list) and len(value) == 2 and (value[0] is None or an_id(value[0])) and u32(value[1]))


def depth_of(value):
    """Checks the form of a value, and says how deep lists and maps lie in each other in it."""
    if value == 'nothing':
        return 0
    require(isinstance(value, dict) and len(value) == 1)
    (form, inner), = value.items()
    if form == 'boolean':
        require(isinstance(inner, bool))
    elif form == 'integer':
        require(integer(-(1 << 63), (1 << 63) - 1)(inner))
    elif form == 'decimal':
        require(isinstance(inner, str) and (decimal(inner) or LIKE_A_NUMBER.fullmatch(inner)))
        one_spelling(decimal(inner), 'a decimal')
    elif form == 'quantity':
        number, _, unit = inner.strip().partition(' ') if isinstance(inner, str) else ('', '', '')
        require(isinstance(inner, str) and (quantity(inner) or LIKE_A_NUMBER.fullmatch(number) and unit.strip()))
        one_spelling(quantity(inner), 'a quantity')
    elif form == 'text':
        require(isinstance(inner, str))
    elif form == 'file':
        require(an_id(inner))
    elif form == 'list':
        require(isinstance(inner, list))
        return 1 + max(map(depth_of, inner), default=0)
    elif form == 'map':
        require(isinstance(inner, dict))
        return 1 + max(map(depth_of, inner.values()), default=0)
    else:
        raise OtherForm
    return 0


def given(value):
    """A value, or the index of one in the personal part; answers its depth."""
    if isinstance(value, dict) and set(value) == {'personal'}:
        require(u32(value['personal']))
        return 0
    return depth_of(value)


def path(value):
    fields(value, ['name'], ['of'])
    require(isinstance(value['name'], list) and all(isinstance(n, str) for n in value['name']))
    if 'of' in value:
        named(value['of'])
    return value['name']


def check_names(names):
    limit(len(names) <= 8, 'a path')
    limit(names, 'a path')
    for one in names:
        limit(1 <= len(one.encode()) <= 256, 'a name')


def edit(value):
    """Checks one edit. First its form, whole; then, if it has one, its limits."""
    require(isinstance(value, dict) and len(value) == 1)
    (kind, e), = value.items()
    if kind == 'set':
        fields(e, ['path', 'to'])
        names, depth = path(e['path']), given(e['to'])
        check_names(names)
        limit(depth <= 16, 'the depth of a value')
    elif kind == 'text':
        fields(e, ['path', 'insert'])
        names = path(e['path'])
        require(isinstance(e['insert'], str))
        check_names(names)
    elif kind == 'splice':
        fields(e, ['path', 'at', 'delete', 'insert'], ['text'])
        names = path(e['path'])
        if 'text' in e:
            named(e['text'])
        require(u64(e['at']) and u64(e['delete']) and isinstance(e['insert'], str))
        check_names(names)
    elif kind == 'add':
        fields(e, ['list', 'order'], ['fields'])
        require(isinstance(e['list'], str) and isinstance(e['order'], str) and isinstance(e.get('fields', {}), dict))
        depths = [given(v) for v in e.get('fields', {}).values()]
        one_spelling('fields' not in e or e['fields'], 'fields that are empty')
        check_names([e['list']])
        for one in e.get('fields', {}):
            check_names([one])
        limit(all(depth <= 16 for depth in depths), 'the depth of a value')
    elif kind in ('remove', 'move'):
        fields(e, ['item'] if kind == 'remove' else ['item', 'order'])
        named(e['item'])
        require(kind == 'remove' or isinstance(e['order'], str))


def edits(value):
    if not isinstance(value, list):
        raise Refused('the edits are no list')
    limit(len(value) <= 4096, 'a list of edits')
    for one in value:
        try:
            edit(one)
        except OtherForm:
            pass


def read(kind, facts, federation, author):
    """The facts of a kind that is known, as a value; none of others. Refuses those that are not of their form."""
    if kind not in FORMS and kind not in ('document/create', 'document/edit'):
        return None
    try:
        value = cbor.decode(facts)
    except cbor.NotCanonical as error:
        raise Refused(f'the facts are not canonical: {error}')
    if kind in FORMS:
        if not FORMS[kind](value):
            raise Refused('the facts are not of the form of their kind')
        if kind == 'operation/rotate':
            said = b'aronde rotation 1\0' + federation + value['membership'] + author + value['key'] + value['next']
            if not keys.is_signature(value['key'], said + b''.join(value['cut']), value['proof']):
                raise Refused('the rotation is not signed by the next key')
        return value
    create = record(under=an_id, kind=text(64), schema=u64, edits=lambda v: isinstance(v, list))
    change = record(edits=lambda v: isinstance(v, list))
    if not (create if kind == 'document/create' else change)(value):
        raise Refused('the facts are not of the form of their kind')
    edits(value['edits'])
    return value
