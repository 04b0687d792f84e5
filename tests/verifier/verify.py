"""Judges audit bundles by docs/format.md, docs/entries.md and docs/trust.md alone.

    verify.py FILE [--federation ID] [--exporter DID] [--checkpoint ID]    one answer as JSON; ends with 0 when it is ok, else with 1
    verify.py --batch                                      a line {"bytes" (base64) or "file", "federation", "exporter", "checkpoint"}
                                                           in, the answer as a line out

Needs Python 3.9 or later and the two packages of requirements.txt.
"""
import argparse, base64, io, json, sys

import car
import checkpoints
import keys
from digest import digest
from entries import Entry, Refused, door
from trust import Acceptance, Trust

NOTES = {'redacted', 'left-out', 'unseen', 'wrong-seal', 'rival-charters', 'exporter-not-a-member', 'fork', 'parked', 'more'}
FINDINGS_MAX = 1000


class Judging:
    """One bundle, step by step as in docs/format.md, Judging one."""

    def __init__(self):
        self.findings, self.more, self.fault, self.entry_fault = [], 0, False, False
        self.checked = dict.fromkeys(('entries', 'signatures', 'logs', 'documents', 'records', 'files'), 0)
        self.trusted = None

    def find(self, kind, what, entry=None, offset=None):
        fault = kind not in NOTES
        self.fault |= fault
        self.entry_fault |= fault and entry is not None
        if len(self.findings) == FINDINGS_MAX:
            self.more += 1
            return
        found = {'kind': kind, 'fault': fault, 'entry': entry and entry.hex(), 'what': what}
        self.findings.append(found if offset is None else {**found, 'offset': offset})

    def answer(self):
        if self.more:
            what = f'{self.more} more findings are not listed'
            self.findings.append({'kind': 'more', 'fault': False, 'entry': None, 'what': what})
        return {'ok': not self.fault, 'checked': self.checked, 'findings': self.findings, 'trusted': self.trusted}

    def verify(self, file, federation=None, exporter=None, checkpoint=None):
        try:
            sections, m, self.proofs = car.open_bundle(file, keys.is_key)
        except car.Broken as broken:
            self.find(broken.kind, str(broken), broken.entry, broken.at)
            return self.answer()
        self.trusted = {
            'federation': m.federation.hex(), 'name': m.name, 'exporter': keys.did(m.exporter), 'exporter_workshops': [], 'at': m.at,
            'subject': m.subject and m.subject.hex(), 'personal': m.personal, 'charter': m.charter.hex(), 'endorsed_by': [],
            'checkpoint': None}
        if not keys.is_signature(m.exporter, m.said, m.signature):
            self.find('bad-manifest-signature', f'the signature of the manifest is not by {keys.did(m.exporter)}')
        if federation is not None and federation != m.federation.hex():
            self.find('other-federation', f'it is of the federation {m.federation.hex()}, not of {federation}')
        if exporter is not None and exporter != keys.did(m.exporter):
            self.find('other-exporter', f'its exporter is {keys.did(m.exporter)}, not {exporter}')
        try:
            self.read(sections, m)
        except car.Broken as broken:
            self.find(broken.kind, str(broken), broken.entry, broken.at)
            return self.answer()
        self.judge(m, checkpoint)
        return self.answer()

    def read(self, sections, m):
        """Each entry by its bytes, what vouches for it and its past."""
        self.trust, self.depth, self.refused, self.signed = Trust({}), {}, set(), set()
        self.counts, last = dict.fromkeys(('entries', 'personal', 'signatures'), 0), (0, b'')
        for at, i, header, facts, personal, signature in car.pieces(sections, m):
            self.checked['entries'] += 1
            self.counts['entries'] += 1
            self.counts['personal'] += personal is not None
            self.counts['signatures'] += signature is not None
            try:
                e = Entry(i, header, facts, personal, signature)
            except Refused as error:
                self.refused.add(i)
                self.find('refused-entry', str(error), i, at)
                continue
            self.checked['signatures'] += signature is not None
            named = e.names()
            if any(n in self.refused for n in named):
                self.refused.add(i)
                continue
            missing = [n for n in named if n not in self.depth]
            if missing:
                self.refused.add(i)
                self.find('missing-past', f'it names the entry {missing[0].hex()}, which is not before it in the bundle', i, at)
                continue
            known = i in self.depth
            self.depth[i] = 1 + max((self.depth[n] for n in named), default=0)
            if known or (self.depth[i], i) <= last:
                self.refused.add(i)
                self.find('out-of-order', 'it does not come after the one before it in the order of entries', i, at)
                continue
            last = self.depth[i], i
            if signature is not None:
                if keys.vouches(e.author, i, signature):
                    self.signed.add(i)
                else:
                    self.find('bad-signature', "its signature is not its author's", i, at)
            past = self.trust.past_of(e)
            try:
                door(e, self.trust.held, past, self.trust.in_order, m.federation)
            except Refused as error:
                self.refused.add(i)
                self.find('refused-entry', str(error), i, at)
                continue
            self.trust.add(e, past)

    def judge(self, m, checkpoint):
        held = self.trust.held
        if not self.refused:
            authentic = set(self.signed)
            for i in reversed(held):
                e = held[i]
                if i in authentic and e.prev is not None and e.vouches_for(held[e.prev]):
                    authentic.add(e.prev)
            for i in [i for i in held if i not in authentic]:
                self.find('not-vouched', 'it has no signature that counts, and no entry here vouches for it', i)
        if self.entry_fault:
            return
        trust, charter = self.trust, None
        if m.federation in held:
            charter = trust.newest(m.federation)
            if charter != m.charter and m.charter in trust.in_order and trust.kind(m.charter) in ('operation/found', 'operation/charter'):
                unguided, charter = charter, trust.newest(m.charter)
                if charter == m.charter:
                    self.find('rival-charters', f'who knows the founding entry alone follows {unguided.hex()}', m.charter)
        self.state(m, charter, checkpoint)

    def state(self, m, charter, checkpoint):
        """Every statement of the manifest, the personal parts, and what is no fault."""
        trust, held = self.trust, self.trust.held
        acceptance = Acceptance(trust, charter) if charter else None
        accepted = acceptance.accepted() if charter else set()
        named = {e.prev for e in held.values()}
        logs = {(e.author, e.log) for e in held.values()}
        self.checked['logs'] = len(logs)
        self.checked['documents'] = sum(held[i].cls == 'document' and held[i].subject is None for i in accepted)
        self.checked['records'] = sum(e.cls == 'record' for e in held.values())
        founding = held.get(m.federation)
        for same, what in (
            (founding is not None, 'the founding entry'),
            (founding is not None and founding.said and m.name == founding.said['name'] or not founding and not m.name,
             "the federation's name"),
            (m.charter == (charter or m.federation), 'the charter that is followed'),
            (m.counts == {**self.counts, 'logs': len(logs), 'accepted': len(accepted)}, 'the counts'),
            (m.held == digest(list(held)), 'the digest of the entries'),
            (m.accepted == digest(list(accepted)), 'the digest of the entries that count'),
            (m.heads == sorted(i for i in held if i not in named), 'the heads of the logs'),
            (m.subject is None or m.subject in held, 'the subject'),
        ):
            if not same:
                self.find('wrong-manifest', f'{what} in the manifest is not what comes out')
        workshops = self.exporters_workshops(m, acceptance)
        if charter:
            self.compare(m, charter, checkpoint, workshops)
        elif checkpoint is not None and checkpoint != m.federation.hex():
            self.find('other-checkpoint', f'the checkpoint {checkpoint} is not on the chain')
        redacted, gone, left_out = acceptance.redacted() if charter else {}, [], 0
        for i, e in held.items():
            if e.personal is None:
                continue
            if e.has_personal and (i in redacted or not m.personal):
                self.find('not-redacted', 'its personal part is here, and was to be left out', i)
            elif not e.has_personal and i in redacted:
                gone.append(i)
            elif not e.has_personal and m.personal:
                self.find('missing-personal', 'its personal part is not here, and no redaction took it away', i)
            elif not e.has_personal:
                left_out += 1
        for i in gone:
            covered = '' if redacted[i] == 'forgotten' else ', which no charter covers yet'
            self.find('redacted', f'its personal part was redacted{covered}', i)
        if left_out:
            self.find('left-out', f'{left_out} personal parts were left out on purpose')
        self.tell(m, acceptance, accepted, workshops)

    def exporters_workshops(self, m, acceptance):
        trust, held = self.trust, self.trust.held
        workshops = set()
        if acceptance:
            # Who holds a membership now: the key of the grant, or of the last rotation that stands.
            everything = frozenset(i for i, e in held.items() if e.is_operation)
            holding = everything - set(acceptance.rotations) | (set(acceptance.rotations) & acceptance.holds)
            for g in trust.standing(acceptance.verdict):
                gone = {held[r].author for r in acceptance.rotations if trust.op(r)['membership'] == g}
                if m.exporter in trust.holders(g, holding) and m.exporter not in gone:
                    workshops.add(trust.workshop(g))
        return workshops

    def compare(self, m, charter, asked, workshops):
        """What the checkpoints of the chain come to."""
        trust = self.trust
        if asked is not None and asked not in (i.hex() for i in trust.chain(charter)):
            self.find('other-checkpoint', f'the checkpoint {asked} is not on the chain')
        chain = checkpoints.sealed(trust, charter)

        def endorsed(i):
            return trust.endorsing(i, trust.op(i)['before'])[1]
        if m.subject is not None:
            if self.proofs is None:
                return
            try:
                checkpoints.check_proofs(trust, charter, self.proofs, list(trust.held))
            except checkpoints.NoProof as error:
                return self.find('wrong-proof', str(error), self.proofs['charter'])
            newest, covered = chain[-1], sum(place is not None for place in self.proofs['places'])
        else:
            if not chain:
                return
            try:
                wrong = checkpoints.differing(trust, chain[-1])
            except checkpoints.Unheld as unheld:
                own = workshops & endorsed(unheld.charter)
                return self.find('set-back' if own else 'unseen', 'it covers what is not here', unheld.charter)
            for i in wrong:
                self.find('wrong-seal', 'it says other of what it covers than comes out', i)
            if wrong:
                return
            newest, covered = chain[-1], checkpoints.seal(trust, chain[-1])['entries']
        self.trusted['checkpoint'] = {
            'charter': newest.hex(), 'at': trust.held[newest].at, 'endorsed_by': sorted(w.hex() for w in endorsed(newest)),
            'entries': checkpoints.seal(trust, newest)['entries'], 'covered': covered}

    def tell(self, m, acceptance, accepted, workshops):
        trust, held = self.trust, self.trust.held
        if acceptance:
            if trust.kind(m.charter) == 'operation/charter' and m.charter in trust.in_order:
                self.trusted['endorsed_by'] = sorted(w.hex() for w in trust.endorsing(m.charter, trust.op(m.charter)['before'])[1])
        self.trusted['exporter_workshops'] = sorted(w.hex() for w in workshops)
        if not workshops:
            self.find('exporter-not-a-member', f'the exporter {keys.did(m.exporter)} is no member of the federation')
        after = {}
        for e in held.values():
            after.setdefault((e.author, e.log, e.seq, e.prev), []).append(e.id)
        forks = sorted((author, log, seq, prev or b'', min(ids), len(ids)) for (author, log, seq, prev), ids in after.items())
        for author, log, seq, _, first, count in forks:
            if count > 1:
                self.find('fork', f'{keys.did(author)} wrote {count} entries for place {seq} of log {log}', first)
        for i in held:
            if i not in accepted:
                self.find('parked', 'it does not count', i)


def batch():
    for line in sys.stdin:
        asked = json.loads(line)
        data = base64.b64decode(asked['bytes']) if 'bytes' in asked else open(asked['file'], 'rb').read()
        answer = Judging().verify(io.BytesIO(data), asked.get('federation'), asked.get('exporter'), asked.get('checkpoint'))
        print(json.dumps(answer), flush=True)


def main():
    parser = argparse.ArgumentParser(description='Judges an audit bundle.')
    parser.add_argument('file', nargs='?')
    parser.add_argument('--federation')
    parser.add_argument('--exporter')
    parser.add_argument('--checkpoint')
    parser.add_argument('--batch', action='store_true')
    options = parser.parse_args()
    if options.batch:
        return batch()
    if options.file is None:
        parser.error('a FILE is needed')
    with open(options.file, 'rb') as file:
        answer = Judging().verify(file, options.federation, options.exporter, options.checkpoint)
    print(json.dumps(answer, indent=2))
    sys.stdout.flush()
    sys.exit(0 if answer['ok'] else 1)


if __name__ == '__main__':
    main()
