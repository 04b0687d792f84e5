//! Keepers of documents, nodes, and redactions: rights over single things.

use aronde_protocol::acceptance::Reason;
use aronde_protocol::authority::NotHolding;
use aronde_protocol::reference;

use crate::hand::Hand;
use crate::world::scenario;

#[test]
fn a_dropped_keeper_does_not_return_by_an_old_past_nor_through_a_friend() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        let grant = w.f.add_keeper(design, None, w.a.workshop);
        w.share();
        let edit = w.ma.edit(design, &[design]);
        w.share();
        let old = w.a.heads();
        w.f.drop_keeper(design, Some(grant), &[edit]);
        w.share();
        let friend = w.a.seeing(&old).add_keeper(design, Some(grant), w.b.workshop);
        let late = w.ma.seeing(&old).edit(design, &[edit]);
        w.share();
        let through_the_friend = w.mb.edit(design, &[edit]);
        w.share();
        assert!(w.f.counts(edit));
        assert_eq!(w.f.not_holding(friend), NotHolding::Cut);
        assert_eq!(w.f.parked(late), Reason::Proposal);
        assert_eq!(w.f.parked(through_the_friend), Reason::Proposal);
        assert_eq!(w.f.replica.keepers(&design), [w.f.workshop].into());
    });
}

#[test]
fn what_a_dropped_keeper_granted_behind_the_cut_stays() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        let grant = w.f.add_keeper(design, None, w.a.workshop);
        w.share();
        let onward = w.a.add_keeper(design, Some(grant), w.b.workshop);
        w.share();
        let cut = w.f.cut(&[&w.a]);
        w.f.drop_keeper(design, Some(grant), &cut);
        w.share();
        let edit = w.mb.edit(design, &[design]);
        w.share();
        assert!(w.f.counts(onward) && w.f.counts(edit));
        assert_eq!(w.f.replica.keepers(&design), [w.f.workshop, w.b.workshop].into());
    });
}

/// Workshop A claims to have created a design of Workshop North, gives it to its friends and drops everybody else. All
/// this holds among itself, and strikes nobody.
#[test]
fn a_bogus_tree_of_keepers_strikes_nobody() {
    scenario(|w| {
        let design = w.m.create();
        w.share();
        let honest = w.f.add_keeper(design, None, w.b.workshop);
        w.share();
        let bogus = w.a.add_keeper(design, None, w.a.workshop);
        let drops_all = w.a.drop_keeper(design, None, &[]);
        let drops_the_honest = w.a.drop_keeper(design, Some(honest), &[]);
        w.share();
        let edits = [w.m.edit(design, &[design]), w.mb.edit(design, &[design])];
        let claimed = w.ma.edit(design, &[design]);
        w.share();
        assert!(!w.f.counts(bogus) && w.f.counts(drops_all), "they strike each other");
        assert_eq!(w.f.not_holding(drops_the_honest), NotHolding::NotInOrder, "a grant of another tree");
        assert!(edits.iter().all(|edit| w.f.counts(*edit)));
        assert_eq!(w.f.parked(claimed), Reason::Proposal);
        assert_eq!(w.f.replica.keepers(&design), [w.f.workshop, w.b.workshop].into());
    });
}

#[test]
fn a_maker_gives_no_document_away() {
    scenario(|w| {
        let design = w.m.create();
        let grant = w.m.add_keeper(design, None, w.a.workshop);
        w.share();
        assert_eq!(w.f.not_holding(grant), NotHolding::NotASteward);
        assert_eq!(w.f.replica.keepers(&design), [w.f.workshop].into());
    });
}

#[test]
fn addresses_speak_for_a_node_only_by_a_binding_to_their_author_s_workshop() {
    scenario(|w| {
        let node = b"a node of workshop north";
        let before = w.m.announce(node);
        w.f.bind(node);
        w.share();
        let bound = w.m.announce(node);
        let stranger = w.ma.announce(node);
        w.share();
        assert_eq!(w.a.parked(before), Reason::NotBound, "the binding is not in its past");
        assert!(w.a.counts(bound));
        assert_eq!(w.a.parked(stranger), Reason::NotBound);
        w.a.bind(node);
        w.share();
        let claimed = w.ma.announce(node);
        w.share();
        assert!(w.f.counts(claimed), "a node may be bound twice; who dials it checks who answers");
        w.s.unbind(node);
        w.share();
        let ended = w.m.announce(node);
        w.share();
        assert_eq!(w.a.parked(bound), Reason::NotBound);
        assert_eq!(w.a.parked(ended), Reason::NotBound);
        assert!(w.a.counts(claimed), "Workshop North ends no binding of Workshop A");
    });
}

#[test]
fn a_binding_beyond_the_cut_of_its_steward_is_gone_and_the_node_with_it() {
    scenario(|w| {
        let node = b"a node of the thief";
        let old = w.s.heads();
        w.f.remove(&w.s, &[]);
        let mut thief = w.s.thief_knowing(9, &old);
        thief.bind(node);
        let addresses = thief.announce(node);
        w.hear(&thief);
        assert!(w.a.replica.authority().workshop_of_node(node).is_none());
        assert!(!w.a.counts(addresses));
    });
}

#[test]
fn a_redaction_by_a_stranger_takes_nothing_away() {
    scenario(|w| {
        let record = w.m.record();
        w.share();
        let stranger = w.a.redact(record);
        let colleague = w.m.redact(w.f.federation());
        w.share();
        let redacted = |hand: &Hand| reference::judge(&hand.all(), hand.replica.follows()).redacted;
        assert!(w.f.counts(stranger) && w.f.counts(colleague), "said, to no effect");
        assert!(redacted(&w.f).is_empty());
        w.s.redact(record);
        w.share();
        assert_eq!(redacted(&w.f), [record].into(), "a steward of its author's workshop may");
    });
}

#[test]
fn a_removed_steward_ends_no_binding() {
    scenario(|w| {
        let node = b"a node of workshop north";
        w.f.bind(node);
        w.share();
        let mut removed = w.s.thief(9);
        w.f.remove(&w.s, &[]);
        let ended = removed.unbind(node);
        w.hear(&removed);
        let addresses = w.m.announce(node);
        w.share();
        assert_eq!(w.a.not_holding(ended), NotHolding::Cut);
        assert!(w.a.counts(addresses));
        assert_eq!(w.a.replica.authority().workshop_of_node(node), Some(w.f.workshop));
    });
}
