//! Relays and strangers at the door: what is dropped, bent, held back or made too big.

use aronde_protocol::acceptance::Reason;
use aronde_protocol::authority::Role;
use aronde_protocol::authority::operation::Operation;
use aronde_protocol::canonical;
use aronde_protocol::entry::{Entry, EntryError, Header, Part};
use aronde_protocol::id::EntryId;
use aronde_protocol::limits;
use aronde_protocol::replica::Refusal;

use crate::acts::{hours, operation, retitle};
use crate::hand::{Hand, sorted};
use crate::world::{found, scenario};

fn stripped(entry: &Entry) -> Entry {
    entry.clone().with_signature(None)
}

#[test]
fn an_entry_replayed_into_another_federation_is_refused_and_can_t_be_bent_to_fit() {
    scenario(|w| {
        let mut other = found("Steward X");
        let mut m = Hand::new("Maker M", other.federation());
        let admission = other.admit(&mut m, Role::Maker);
        let record = w.m.record();
        let record = w.m.entry(record);
        assert_eq!(other.refusal(record.clone()), Refusal::WrongFederation);
        let federation = Some(other.federation());
        let header = Header { federation, seen: vec![admission], ..record.header().clone() };
        let bent = Entry::build(header, record.facts().to_vec(), None, record.signature().copied()).unwrap();
        assert_eq!(other.refusal(bent), Refusal::BadSignature);
        assert_eq!(other.replica.records().count(), 0);
    });
}

#[test]
fn a_relay_that_strips_signatures_delays_a_log_and_changes_nothing() {
    scenario(|w| {
        let ids = [w.m.record(), w.m.record(), w.m.record()];
        let entries = ids.map(|id| w.m.entry(id));
        assert!(w.f.receive(entries.each_ref().map(stripped)).fresh.is_empty());
        let received = w.f.receive([entries[2].clone()]);
        assert_eq!(received.fresh.len(), 3, "the last one vouches for those before it");
    });
}

#[test]
fn a_relay_that_corrupts_signatures_or_parts_is_to_blame_and_the_entry_is_not() {
    scenario(|w| {
        let id = w.m.record();
        let entry = w.m.entry(id);
        let forged = entry.clone().with_signature(Some([7; 64]));
        assert_eq!(w.f.refusal(forged), Refusal::BadSignature);
        let mut facts = entry.facts().to_vec();
        facts[0] ^= 1;
        let bent = Entry::from_parts(entry.header_bytes().to_vec(), facts, None, entry.signature().copied());
        assert_eq!(bent.unwrap_err(), EntryError::WrongPart("facts"));
        let header = Header { at: entry.header().at + 1, ..entry.header().clone() };
        let bent = Entry::build(header, entry.facts().to_vec(), None, entry.signature().copied()).unwrap();
        assert_eq!(w.f.refusal(bent), Refusal::BadSignature);
        assert_eq!(w.f.receive([entry]).fresh.len(), 1);
    });
}

#[test]
fn a_relay_that_drops_personal_parts_makes_nobody_think_that_they_are_done() {
    scenario(|w| {
        let personal = canonical::encode(&serde_bytes::ByteBuf::from([5; 16])).ok();
        let draft = aronde_protocol::burst::Draft { personal, ..hours() };
        let first = w.m.sign(draft);
        let second = w.m.record();
        let whole = w.m.entry(first);
        let without = Entry::from_parts(
            whole.header_bytes().to_vec(),
            whole.facts().to_vec(),
            None,
            whole.signature().copied(),
        );
        let received = w.f.receive([without.unwrap(), w.m.entry(second)]);
        assert!(received.fresh.is_empty() && received.refused.is_empty());
        assert!(!w.f.replica.holds(&first));
        assert_eq!(w.f.replica.wanted(), [first], "it is asked for again, elsewhere");
        assert_eq!(w.f.receive([whole]).fresh.len(), 2);
    });
}

#[test]
fn a_withheld_dependency_is_waited_for_by_name() {
    scenario(|w| {
        let design = w.m.create();
        let edit = w.m.edit(design, &[design]);
        let mut other_log = w.m.thief(9);
        let on_top = other_log.edit(design, &[edit]);
        let mut entries = other_log.with_past(&[on_top]);
        let withheld = entries.remove(entries.iter().position(|e| e.id() == edit).unwrap());
        w.f.receive(entries);
        assert!(w.f.counts(design) && !w.f.replica.holds(&on_top));
        assert_eq!(w.f.replica.wanted(), [edit]);
        w.f.receive([withheld]);
        assert!(w.f.counts(on_top));
        w.hear(&other_log);
    });
}

/// A cut names a head, and a relay holds that head back: what is not known to lie behind it is parked, and counts when the
/// head comes.
#[test]
fn what_lies_behind_a_withheld_head_of_a_cut_is_parked_until_it_comes() {
    scenario(|w| {
        let design = w.m.create();
        w.b.learn(&w.m);
        let edit = w.m.edit(design, &[design]);
        w.f.learn(&w.m);
        let removal = w.f.remove(&w.m, &[edit]);
        w.b.learn_just(&w.f, &[removal]);
        assert_eq!(w.b.parked(design), Reason::Cut);
        crate::world::judged_alike([&w.b]);
        w.b.learn_just(&w.f, &[edit]);
        assert!(w.b.counts(design) && w.b.counts(edit));
    });
}

#[test]
fn a_gap_in_a_log_is_waited_for_and_a_leap_is_refused() {
    scenario(|w| {
        let ids = [w.m.record(), w.m.record(), w.m.record()];
        w.f.receive([w.m.entry(ids[0]), w.m.entry(ids[2])]);
        assert_eq!(w.f.replica.wanted(), [ids[1]]);
        let draft = hours();
        let header = Header { seq: 7, ..w.m.header(&draft) };
        let leap = Entry::build(header, draft.facts, None, None).unwrap().signed(&w.m.key);
        assert_eq!(w.m.refusal(leap), Refusal::BrokenLog);
        w.f.receive([w.m.entry(ids[1])]);
        assert!(ids.iter().all(|id| w.f.counts(*id)));
    });
}

#[test]
fn a_thousand_heads_in_seen_are_refused_and_sixty_four_are_fine() {
    scenario(|w| {
        let old = w.s.heads();
        let bound = |n: u64| {
            let mut log = w.s.thief_knowing(9 + 2 * n, &old);
            log.bind(&n.to_be_bytes());
            log.all()
        };
        let logs: Vec<_> = (0..64).map(bound).collect();
        w.f.receive(logs.into_iter().flatten());
        assert_eq!(w.f.heads().len(), limits::SEEN_MAX);
        let joined = w.f.bind(b"a node of workshop north");
        assert_eq!(w.f.entry(joined).header().seen.len(), limits::SEEN_MAX);
        assert_eq!(w.f.heads(), [joined]);

        for count in [65, 1_000_u64] {
            let draft = hours();
            let many = sorted((0..count).map(|n| EntryId::of(&n.to_be_bytes())));
            let header = Header { seen: many, ..w.f.header(&draft) };
            let refused = Entry::build(header, draft.facts, None, None).unwrap_err();
            assert!(matches!(refused, EntryError::OverLimit { .. }), "{count}: {refused}");
        }
    });
}

/// A steward's old key opens a hundred logs that know the founding entry and much of its own making, and nobody else:
/// more heads than an entry may name. Everybody still writes, and the next operations join them.
#[test]
fn a_hundred_heads_of_a_hostile_steward_stop_nobody_from_writing() {
    scenario(|w| {
        let mut hostile = w.f.thief_knowing(9, &[w.f.federation()]);
        let long: Vec<_> = (0..30_u64).map(|n| hostile.bind(&n.to_be_bytes())).collect();
        let bound = |n: u64| {
            let mut log = hostile.thief_knowing(11 + 2 * n, &long);
            log.bind(&n.to_be_bytes());
            log.all()
        };
        let logs: Vec<_> = (0..100).map(bound).collect();
        w.f.receive(logs.into_iter().flatten());
        w.share();
        assert_eq!(w.m.heads().len(), 101);
        let mut fresh_log = w.m.thief(9);
        let record = fresh_log.record();
        w.hear(&fresh_log);
        assert!(w.a.counts(record));
        w.ma.rotate(&[]);
        assert_eq!(w.ma.heads().len(), 101 - limits::SEEN_MAX + 1);
        let by_a_new_key = w.ma.record();
        w.share();
        assert!(w.f.counts(by_a_new_key));
        w.a.bind(b"a node of workshop a");
        assert_eq!(w.a.heads().len(), 1);
        w.share();
    });
}

#[test]
fn an_entry_of_level_nought_is_refused_and_one_of_a_newer_level_waits_for_who_knows_it() {
    scenario(|w| {
        let draft = hours();
        let header = Header { v: 0, ..w.m.header(&draft) };
        let nought = Entry::build(header, draft.facts, None, None).unwrap_err();
        assert_eq!(nought, EntryError::Unfit("rules level is 0"));

        let draft = hours();
        let header = Header { v: 2, ..w.m.header(&draft) };
        let newer = Entry::build(header, draft.facts, None, None).unwrap().signed(&w.m.key);
        let newer = w.m.keep(newer);
        let after = w.m.record();
        let key = w.s.member();
        let draft =
            operation(&Operation::RemoveMember(aronde_protocol::authority::operation::RemoveMember {
                under: w.f.membership,
                key,
                cut: vec![],
            }));
        let header = Header { v: 2, ..w.f.header(&draft) };
        let removal = Entry::build(header, draft.facts, None, None).unwrap().signed(&w.f.key);
        let removal = w.f.keep(removal);
        w.share();
        assert_eq!(w.a.parked(newer), Reason::Unknown);
        assert_eq!(w.a.parked(removal), Reason::Operation(aronde_protocol::authority::NotHolding::Unknown));
        assert!(w.a.counts(after) && w.a.knows(&w.s));
    });
}

#[test]
fn a_claimed_time_decides_nothing() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        let cut = w.f.cut(&[&w.m]);
        w.f.at = limits::AT_MAX;
        w.f.remove(&w.m, &cut);
        w.m.at = 0;
        let back_dated = w.m.edit(design, &[design]);
        w.share();
        assert_eq!(w.a.parked(back_dated), Reason::Cut);
        assert!(w.a.counts(design));
    });
}

#[test]
fn a_stranger_is_not_held_and_neither_is_what_rests_on_a_stranger() {
    scenario(|w| {
        let mut stranger = Hand::new("Stranger", w.f.federation());
        stranger.learn(&w.f);
        let entry = stranger.build(hours());
        assert_eq!(w.f.refusal(entry), Refusal::NotAMember);
        let design = w.ma.create();
        let refused = stranger.build(retitle(design, &[design], "mine"));
        let on_top = w.ma.build(retitle(design, &[design, refused.id()], "on top"));
        w.f.learn(&w.ma);
        w.f.receive([on_top.clone()]);
        let received = w.f.receive([refused.clone()]);
        assert!(received.refused.contains(&(refused.id(), Refusal::NotAMember)));
        assert!(received.refused.contains(&(on_top.id(), Refusal::RefusedPast)));
        assert_eq!((Part::of(refused.facts()), w.f.replica.waiting()), (refused.header().facts, 0));
    });
}
