"""Compares the corrected model with the one that came with the design, where they should agree.

    compare_with_original.py ORIGINAL < histories.jsonl      one line out for each history: same, touched or DIFFERENT

ORIGINAL is the path of the original. A history is `touched` when something in it is judged otherwise on purpose: see the
corrections at the top of trust_model.py, by their letters.
"""
import importlib.util, json, sys

import trust_model as ours


def load_original(path):
    spec = importlib.util.spec_from_file_location('original', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def touches(entries):
    """The letter of a correction that a history touches, or None."""
    E = {e['id']: e for e in entries}
    past, chain = ours.PAST, ours.CHAIN
    rotations, policies = {}, [e['id'] for e in entries if e['op']['t'] == 'policy']
    for e in entries:
        t, op = e['op']['t'], e['op']
        if t == 'charter':
            if op['heals']:
                return 'a'
            if op['heads']:
                return 'b'
            if op['level'] != 1:
                return 'level'
            if not ours.in_order(ours.POOL[op['before']]) if op['before'] in past[e['id']] else True:
                return 'm'
        if t in ('keeper', 'drop'):
            return 'c'
        if t == 'create' and (op['under'] not in past[e['id']] or not ours.under_ok(ours.POOL[e['id']], op['under'], ('steward', 'maker'))):
            return 'k'
        if t == 'remove':
            struck = ours.struck_by(ours.POOL[e['id']]) if op['under'] in E else set()
            if len(struck) != 1:
                return 'd'
            if op['key'] == e['author'] and ours.role_of(op['under']) != 'steward':
                return 'f'
        if t == 'policy' and any(e['id'] in past[p] or p in past[e['id']] for p in policies):
            return 'e'
        if t == 'policy' and 'quorum' not in op['values']:
            return 'e'
        if t == 'rotate':
            rotations.setdefault(op['grant'], []).append(e['id'])
            if len(rotations[op['grant']]) > 1 or op['new'] == e['author']:
                return 'g'
        if t in ('bind', 'unbind', 'redact', 'addresses', 'fork_healed', 'unknown'):
            return 'h'
        if t == 'redact_motion':
            return 'n'
        if t in ('vote', 'endorse') and op['target'] in E and (E[op['target']]['op']['t'] == 'charter') != (t == 'endorse'):
            return 'i'
        if 'cut' in op and any(h in E and E[h]['kind'] == 'op' and h not in past[e['id']] for h in op['cut']):
            return 'j'
        if t in ours.GRANTS and not ours.in_order(ours.POOL[e['id']]):
            return 'l'
        if op.get('heads') and t == 'admit' and any(E[i]['op']['t'] == 'create' for h in op['heads'] if h in E for i in chain[h]):
            return 'k'
    return None


def translate(original, entries):
    """The history as the original has it, with its ids by ours."""
    ids, keys = {}, {}
    for e in entries:
        op = dict(e['op'])
        t = op['t']
        to = lambda i: ids.get(i, i)
        if t in ('admit', 'create', 'admit_ws', 'give_steward', 'endorse', 'vote', 'charter', 'policy', 'remove', 'remove_ws'):
            op['under'] = to(op['under'])
        if t == 'admit':
            op['ws'] = to(ours.ws_of(e['id'])); op['heads'] = [to(h) for h in op['heads']]
        elif t == 'remove':
            op['target'] = to(next(iter(ours.struck_by(ours.POOL[e['id']])))); del op['key']
        elif t == 'policy':
            op['quorum'] = op.pop('values')['quorum']
        elif t == 'vote':
            op['t'] = 'endorse'
        elif t == 'charter':
            op = dict(t=t, under=op['under'], before=to(op['before']))
        elif t == 'rotate':
            op['grant'] = to(op['grant']); del op['commit']
        elif t == 'give_steward':
            op['ws'] = to(op['ws'])
        elif t == 'edit':
            op['doc'] = to(op['doc'])
        elif t == 'decline':                                # covered alike
            op = dict(t='contribution')
        elif t == 'dispute':                                # a word that confirms nothing
            op = dict(t='confirm', target='')
        for f in ('target', 'cut'):
            if f in op:
                op[f] = [to(i) for i in op[f]] if f == 'cut' else to(op[f])
        # What the original hashes into an id is the content alone; ours differ by more.
        entry = original.Entry(e['author'], str(e['log']) + e['id'], e['seq'], to(e['prev']), [to(i) for i in e['seen']],
                               [to(i) for i in e['deps']], e['kind'], op)
        ids[e['id']] = entry.id
    return ids


def compare(original, history):
    # Commitments are hashes of another kind there.
    original.commit = {e['op']['new']: e['op']['commit'] for e in history['entries'] if e['op']['t'] == 'rotate'}.get
    held = ours.load(history)
    touched = touches(history['entries'])
    if touched:
        return 'touched ' + touched
    for table in ('POOL', 'PAST', 'CHAIN', '_SETTLED', '_VIEWS'):
        getattr(original, table).clear()
    ids = translate(original, history['entries'])
    here = ours.judge(held, history['followed'])
    accepted, _, there = original.judge({original.POOL[i] for i in ids.values()}, ids[history['followed']])
    of = lambda some: {ids[i] for i in some}
    differs = [what for what, a, b in (
        ('accepted', of(here['accepted']), set(accepted)), ('members', of(g for g, _, _ in here['members']), set(there['grants'])),
        ('workshops', of(here['workshops']), set(there['workshops'])), ('charter', ids[here['charter']], there['charter']),
        ('alarm', of(here['alarm']), set(there['alarm'] or ()))) if a != b]
    return 'DIFFERENT ' + ', '.join(differs) if differs else 'same'


if __name__ == '__main__':
    original = load_original(sys.argv[1])
    for line in sys.stdin:
        print(compare(original, json.loads(line)), flush=True)
