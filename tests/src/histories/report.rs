//! What histories reach, counted, so that one sees that nothing is left out.

use std::collections::BTreeSet;
use std::fmt;

use aronde_protocol::authority::operation::Operation;
use aronde_protocol::entry::{Entry, Gist, Kind};
use aronde_protocol::id::EntryId;
use aronde_protocol::reference::Judgement;

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Counts over histories.
        #[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
        pub struct Report { $($(#[$doc])* pub $name: usize),+ }

        impl Report {
            /// Adds those of another.
            pub fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)+
            }
        }

        impl fmt::Display for Report {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                $(writeln!(f, "{:>10}  {}", self.$name, stringify!($name).replace('_', " "))?;)+
                Ok(())
            }
        }
    };
}

counts! {
    /// Histories judged.
    histories,
    /// Their entries.
    entries,
    /// Of these, operations.
    operations,
    /// Entries that count.
    accepted,
    /// Removals that hold.
    removals,
    /// Of these, such that another one that holds removes their author and does not spare them.
    circles,
    /// Members who removed themselves.
    departures,
    /// Workshops removed.
    workshops_removed,
    /// Motions carried.
    motions_carried,
    /// Motions that are open.
    motions_open,
    /// Charters followed, one after another.
    charters,
    /// Histories in which a charter that heals is followed.
    healed,
    /// Histories that end in an alarm.
    alarms,
    /// Rotations that hold.
    rotations,
    /// Rotations that don't.
    rotations_void,
    /// Re-admissions with heads that hold.
    readmissions,
    /// Grants of keepers that hold.
    keepers_added,
    /// Grants of keepers that were struck.
    keepers_dropped,
    /// Proposals that were taken in: edits accepted, of documents that another workshop created.
    edits_accepted,
    /// Edits that don't count.
    edits_parked,
    /// Records that count.
    records_accepted,
    /// Records that don't.
    records_parked,
    /// Creations of documents that don't count.
    creations_parked,
    /// Entries whose personal part was redacted.
    redactions,
    /// Of these, such that a motion that is carried names them.
    redactions_by_motion,
    /// Of these, such that no word of their author's nor of a steward's takes them too, and that are erased.
    erased_by_motion,
    /// Nodes that are bound.
    nodes,
    /// Logs that fork.
    forks,
}

impl Report {
    /// Counts one history, as the reference judges it.
    pub fn of(entries: &[Entry], said: &Judgement) -> Self {
        let mut report = Self { histories: 1, entries: entries.len(), ..Self::default() };
        let mut branches = BTreeSet::new();
        let counts = |id: &EntryId| usize::from(said.accepted.contains(id));
        let operations: Vec<(&Entry, Operation)> = entries
            .iter()
            .filter_map(|e| match Gist::of(e) {
                Ok(Gist::Operation(op)) => Some((e, op)),
                _ => None,
            })
            .collect();
        let operation = |id: &EntryId| operations.iter().find(|(e, _)| e.id() == *id).map(|(_, op)| op);
        for entry in entries {
            if entry.header().prev.is_some_and(|p| !branches.insert(p)) {
                report.forks += 1;
            }
            let (yes, no) = (counts(&entry.id()), 1 - counts(&entry.id()));
            match entry.header().kind.as_str() {
                Kind::EDIT => {
                    (report.edits_accepted, report.edits_parked) =
                        (report.edits_accepted + yes, report.edits_parked + no);
                }
                Kind::CREATE => report.creations_parked += no,
                kind if kind.starts_with("record/") => {
                    report.records_accepted += yes;
                    report.records_parked += no;
                }
                _ => {}
            }
        }
        let chain = |entry: &Entry, heads: &[EntryId]| {
            heads.iter().any(|head| {
                let mut here = Some(*head);
                while let Some(id) = here.filter(|id| *id != entry.id()) {
                    here = entries.iter().find(|e| e.id() == id).and_then(|e| e.header().prev);
                }
                here.is_some()
            })
        };
        for (entry, op) in &operations {
            let id = entry.id();
            let (yes, no) = (counts(&id), 1 - counts(&id));
            report.operations += 1;
            report.motions_carried += if op.is_motion() { yes } else { 0 };
            report.removals += if op.strikes() { yes } else { 0 };
            match op {
                Operation::Rotate(_) => {
                    report.rotations += yes;
                    report.rotations_void += no;
                }
                Operation::AdmitMember(op) if !op.heads.is_empty() => report.readmissions += yes,
                Operation::AddKeeper(_) => report.keepers_added += yes,
                Operation::DropKeeper(_) => report.keepers_dropped += yes,
                Operation::RemoveWorkshop(_) => report.workshops_removed += yes,
                Operation::RemoveMember(own) => {
                    report.departures += if own.key == entry.author() { yes } else { 0 };
                    let struck = operations.iter().any(|(other, op)| {
                        matches!(op, Operation::RemoveMember(op) if op.key == entry.author()
                            && other.id() != id && counts(&other.id()) == 1 && !chain(entry, &op.cut))
                    });
                    report.circles += if struck { yes } else { 0 };
                }
                _ => {}
            }
        }
        let mut here = said.charter;
        while let Some(Operation::Charter(charter)) = operation(&here) {
            report.charters += 1;
            report.healed += usize::from(!charter.heals.is_empty());
            here = charter.before;
        }
        report.accepted = said.accepted.len();
        report.motions_open = said.open.len();
        report.alarms = usize::from(!said.alarm.is_empty());
        report.redactions = said.redacted.len();
        let by_motion: BTreeSet<EntryId> = operations
            .iter()
            .filter(|(e, op)| matches!(op, Operation::RedactByMotion(_)) && said.accepted.contains(&e.id()))
            .filter_map(|(_, op)| op.redacts())
            .filter(|id| said.redacted.contains(id))
            .collect();
        let alone = |id: &&EntryId| {
            let others = |(e, op): &(&Entry, Operation)| {
                op.redacts() == Some(**id)
                    && (matches!(op, Operation::Redact(_))
                        || entries.iter().any(|named| named.id() == **id && named.author() == e.author()))
            };
            said.forgotten.contains(*id) && !operations.iter().any(others)
        };
        report.redactions_by_motion = by_motion.len();
        report.erased_by_motion = by_motion.iter().filter(alone).count();
        report.nodes = said.nodes.len();
        report
    }
}
