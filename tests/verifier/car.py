"""The file: a CAR of version 1 whose blocks come in the one order that docs/format.md gives."""
from blake3 import blake3

import cbor

CBOR, RAW = 0x71, 0x55
ROOT_MAX, PAGE_MAX, PAGES_MAX, PAGE_ROWS = 10 * 1024 * 1024, 256 * 1024, 16 * 1024, 1024
HEADER_MAX, FACTS_MAX, PERSONAL_MAX, AT_MAX = 16 * 1024, 128 * 1024, 64 * 1024, 253_402_300_799_999
PROOFS_MAX, PROVEN_MAX, CHECKPOINTS_MAX, CONSISTENCY_MAX = 64 * 1024 * 1024, 250_000, 4096, 65
FORMAT = 'aronde bundle 1'


class Broken(Exception):
    """Where the reading ended, and why."""

    def __init__(self, kind, at, entry, what):
        super().__init__(what)
        self.kind, self.at, self.entry = kind, at, entry


def cid(codec, digest):
    return bytes((1, codec, 0x1e, 32)) + digest


def digest_of(link, codec):
    """The hash in a link of a codec."""
    if not isinstance(link, cbor.Link) or len(link.cid) != 36 or link.cid[:4] != cid(codec, b''):
        raise cbor.NotCanonical('a link of another codec or hash than is due there')
    return link.cid[4:]


class Sections:
    """Reads a file section by section. No block is taken that is not due."""

    def __init__(self, file):
        self.file, self.at = file, 0

    def take(self, length):
        data = self.file.read(length)
        self.at += len(data)
        return data

    def length(self):
        """None at the end of the file."""
        value, shift = 0, 0
        while True:
            byte = self.take(1)
            if not byte:
                if shift:
                    raise ValueError('the file ends there')
                return None
            if shift and byte == b'\0':
                raise ValueError('the length there is not one')
            value |= (byte[0] & 0x7f) << shift
            if byte[0] < 0x80:
                return value
            shift += 7
            if shift > 21:
                raise ValueError('the length there is not one')

    def header(self):
        """The root's hash."""
        try:
            length = self.length()
        except ValueError:
            length = None
        data = self.take(58) if length == 58 else b''
        digest = data[17:49]
        expected = {'roots': [cbor.Link(cid(CBOR, digest))], 'version': 1}
        if len(data) != 58 or cbor.encode(expected) != data:
            raise Broken('not-a-bundle', 0, None, 'it does not begin as a CAR of version 1 with one root')
        return digest

    def block(self, codec, digest, limit, what, entry=None):
        """The block that is due."""
        at = self.at

        def broken(why):
            return Broken('damaged-bundle', at, entry, f'{what} at byte {at}: {why}')
        try:
            length = self.length()
        except ValueError as error:
            raise broken(error)
        if length is None:
            raise broken('the file ends there')
        if length < 36:
            raise broken('the length there is not one')
        if length - 36 > limit:
            raise broken(f'the block there has more than {limit} bytes')
        name = self.take(36)
        if len(name) < 36:
            raise broken('the file ends there')
        if name != cid(codec, digest):
            raise broken('another block lies there')
        data = self.take(length - 36)
        if len(data) < length - 36:
            raise broken('the file ends there')
        if blake3(data).digest() != digest:
            raise broken("the block's bytes are not those that its name says")
        return data


class Manifest:
    """The root: what the bundle says of itself, and the exporter's signature."""
    KEYS = {'federation', 'name', 'subject', 'personal', 'charter', 'counts', 'held', 'accepted', 'heads', 'pages',
            'proofs', 'exporter', 'at'}
    COUNTS = {'accepted', 'entries', 'logs', 'personal', 'signatures'}

    def __init__(self, data, is_key):
        value = cbor.decode(data)
        if not (isinstance(value, list) and len(value) == 3 and value[0] == FORMAT and isinstance(value[1], dict)):
            raise cbor.NotCanonical('it is no list of three')
        m, self.signature = value[1], value[2]
        hashes = [m.get(k) for k in ('federation', 'charter', 'held', 'accepted')]
        hashes += [m['subject']] if 'subject' in m else []
        heads, pages, counts = m.get('heads'), m.get('pages'), m.get('counts')
        numbers = [m.get('at'), *(counts.values() if isinstance(counts, dict) else [None])]
        sound = (set(m) | {'subject', 'proofs'} == self.KEYS and ('subject' in m or 'proofs' not in m) and isinstance(m['name'], str) and isinstance(m['personal'], bool)
                 and isinstance(counts, dict) and set(counts) == self.COUNTS
                 and all(type(n) is int and 0 <= n < 1 << 64 for n in numbers) and m['at'] <= AT_MAX
                 and isinstance(heads, list) and isinstance(pages, list) and 1 <= len(pages) <= PAGES_MAX
                 and all(isinstance(h, bytes) and len(h) == 32 for h in hashes + heads)
                 and all(a < b for a, b in zip(heads, heads[1:]))
                 and is_key(m['exporter']) and isinstance(self.signature, bytes) and len(self.signature) == 64)
        if not sound:
            raise cbor.NotCanonical('it is not as a manifest is')
        self.pages = [digest_of(link, CBOR) for link in pages]
        self.said = b'aronde bundle 1\0' + blake3(cbor.encode(m)).digest()
        self.proofs = digest_of(m['proofs'], CBOR) if 'proofs' in m else None
        for key in self.KEYS - {'pages', 'subject', 'proofs'}:
            setattr(self, key, m[key])
        self.subject = m.get('subject')


def open_bundle(file, is_key):
    """The sections after the root and the proofs, the manifest, and the proofs or none."""
    sections = Sections(file)
    root = sections.header()
    at = sections.at
    data = sections.block(CBOR, root, ROOT_MAX, 'the manifest')
    if not data.startswith(b'\x83\x6faronde bundle '):
        raise Broken('not-a-bundle', at, None, 'it is no bundle that Aronde writes')
    if data[2:17] != FORMAT.encode():
        raise Broken('newer-format', at, None, 'it is of a newer format than is known here')
    try:
        manifest = Manifest(data, is_key)
    except cbor.NotCanonical as error:
        raise Broken('damaged-bundle', at, None, f'the manifest at byte {at}: {error}')
    if manifest.proofs is None:
        return sections, manifest, None
    at = sections.at
    data = sections.block(CBOR, manifest.proofs, PROOFS_MAX, 'the proofs')
    try:
        return sections, manifest, proofs_of(data)
    except cbor.NotCanonical as error:
        raise Broken('damaged-bundle', at, None, f'the proofs at byte {at}: {error}')


def proofs_of(data):
    """The proofs, a map of four."""
    value = cbor.decode(data)

    def a_hash(item):
        return isinstance(item, bytes) and len(item) == 32

    def hashes(items, most=None):
        return isinstance(items, list) and (most is None or len(items) <= most) and all(a_hash(i) for i in items)
    sound = (isinstance(value, dict) and set(value) == {'charter', 'places', 'hashes', 'goes_on'} and a_hash(value['charter'])
             and isinstance(value['places'], list) and len(value['places']) <= PROVEN_MAX
             and all(p is None or type(p) is int and 0 <= p < 1 << 64 for p in value['places'])
             and hashes(value['hashes']) and isinstance(value['goes_on'], list) and len(value['goes_on']) <= CHECKPOINTS_MAX
             and all(hashes(some, CONSISTENCY_MAX) for some in value['goes_on']))
    if not sound:
        raise cbor.NotCanonical('they are not as proofs are')
    return value


def rows_of(data, last):
    """The rows of a page: hashes of header, facts and personal part or none, and the signature or none."""
    value, rows = cbor.decode(data), []
    if not isinstance(value, list):
        raise cbor.NotCanonical('a page is a list of rows')
    for row in value:
        if not isinstance(row, list) or len(row) != 4:
            raise cbor.NotCanonical('a row is a list of four')
        signature = row[3]
        if signature is not None and not (isinstance(signature, bytes) and len(signature) == 64):
            raise cbor.NotCanonical('a signature is not of 64 bytes')
        personal = None if row[2] is None else digest_of(row[2], RAW)
        rows.append((digest_of(row[0], CBOR), digest_of(row[1], RAW), personal, signature))
    if len(rows) != PAGE_ROWS and not (last and 1 <= len(rows) < PAGE_ROWS):
        raise cbor.NotCanonical(f'it has {len(rows)} rows')
    return rows


def pieces(sections, manifest):
    """For each entry: where it begins, its id, the bytes of header, facts and personal part or none, its signature."""
    count = 0
    for number, page in enumerate(manifest.pages, 1):
        at = sections.at
        data = sections.block(CBOR, page, PAGE_MAX, f'page {number}')
        try:
            rows = rows_of(data, number == len(manifest.pages))
        except cbor.NotCanonical as error:
            raise Broken('damaged-bundle', at, None, f'page {number} at byte {at}: {error}')
        parts = {}

        def part(digest, what, limit):
            if digest not in parts:
                parts[digest] = sections.block(RAW, digest, limit, f'the {what} of the entry {entry.hex()}', entry)
            return parts[digest]
        for entry, facts, personal, signature in rows:
            at = sections.at
            header = sections.block(CBOR, entry, HEADER_MAX, f'the header of the entry {entry.hex()}', entry)
            facts = part(facts, 'facts', FACTS_MAX)
            personal = None if personal is None else part(personal, 'personal part', PERSONAL_MAX)
            count += 1
            yield at, entry, header, facts, personal, signature
    at = sections.at
    if sections.take(1):
        raise Broken('damaged-bundle', at, None, f'the end at byte {at}: something follows the last block')
    if count != manifest.counts['entries']:
        raise Broken('damaged-bundle', at, None, f'the end at byte {at}: it says {manifest.counts["entries"]} entries')
