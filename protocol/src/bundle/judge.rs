//! Judging a bundle from scratch: section "Judging one" of `docs/format.md`, step by step.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Read;

use serde::{Deserialize, Serialize};

use super::car::CarError;
use super::checkpoint::{self, Checkpoint};
use super::contents::Depths;
use super::finding::{Finding, FindingKind, Findings};
use super::proofs::Proofs;
use super::read::{Broken, BrokenBundle, Piece, Reader};
use super::{Counts, Manifest, RootError};
use crate::acceptance::Verdict;
use crate::entry::Entry;
use crate::id::{EntryId, WorkshopId};
use crate::key::{CheckedKeys, MemberKey, OpenedKey};
use crate::limits;
use crate::replica::{Redaction, Refusal, Replica, Whole};

/// What a caller asks a bundle to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Of this federation.
    pub federation: Option<EntryId>,
    /// Signed by this key.
    pub exporter: Option<MemberKey>,
    /// Of somebody who follows this charter, or one that came after it: one that the caller knows of from elsewhere.
    pub checkpoint: Option<EntryId>,
}

/// What came of judging a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Whether no finding is a fault.
    pub ok: bool,
    /// How much was checked: of a bundle, or of what a node holds.
    pub checked: Checked,
    /// What was found.
    pub findings: Vec<Finding>,
    /// What the answer rests on; none when there is no manifest to read.
    pub trusted: Option<Trusted>,
}

/// How much was checked: of a bundle, or of what a node holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// Entries hashed and, if nothing was wrong with them, judged.
    pub entries: u64,
    /// Signatures of entries verified.
    pub signatures: u64,
    /// Logs followed from head to start.
    pub logs: u64,
    /// Documents whose first entry counts; a node rebuilds each.
    pub documents: u64,
    /// Records judged.
    pub records: u64,
    /// Files hashed; a bundle holds none.
    pub files: u64,
}

/// What an answer rests on, and what the bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trusted {
    /// The federation, by its founding entry.
    pub federation: EntryId,
    /// Its name, as the manifest says.
    pub name: String,
    /// Who signed the manifest.
    pub exporter: MemberKey,
    /// The workshops that the exporter is a member of.
    pub exporter_workshops: Vec<WorkshopId>,
    /// When the exporter says it was written, in ms since 1970.
    pub at: u64,
    /// What it is about; none for everything.
    pub subject: Option<EntryId>,
    /// Whether personal parts are in it.
    pub personal: bool,
    /// The newest charter; the founding entry if there is none.
    pub charter: EntryId,
    /// The workshops whose endorsement of it counts.
    pub endorsed_by: Vec<WorkshopId>,
    /// The newest checkpoint that comes out as it says, when there is one.
    #[serde(default)]
    pub checkpoint: Option<Checkpoint>,
    /// The names of these workshops.
    #[serde(default)]
    pub workshops: BTreeMap<WorkshopId, String>,
}

/// Judges a bundle.
pub fn verify(file: impl Read, wanted: &Wanted) -> Audit {
    verify_with(file, wanted, signatures)
}

/// Which of these entries bear a signature that holds. The key of each author is opened once.
pub fn signatures(entries: &[Entry]) -> Vec<bool> {
    let mut opened: HashMap<MemberKey, Option<OpenedKey>> = HashMap::new();
    let mut holds = |entry: &Entry| {
        let Some(signature) = entry.signature() else { return false };
        let key = opened.entry(entry.author()).or_insert_with(|| entry.author().opened());
        key.as_ref().is_some_and(|key| key.vouches(&entry.id(), signature))
    };
    entries.iter().map(&mut holds).collect()
}

/// Judges a bundle, where somebody else says of some entries at a time whose signature holds: they cost more than
/// all else, and can be checked on several threads.
pub fn verify_with(file: impl Read, wanted: &Wanted, signatures: impl FnMut(&[Entry]) -> Vec<bool>) -> Audit {
    let mut reader = match Reader::open(file) {
        Ok(reader) => reader,
        Err(broken) => {
            let mut findings = Findings::default();
            breaks(&mut findings, &broken);
            let findings = findings.finish();
            return Audit { ok: false, checked: Checked::default(), findings, trusted: None };
        }
    };
    let manifest = reader.root().manifest.clone();
    let mut judging = Judging::new(&manifest);
    if !reader.root().is_signed() {
        judging.findings.add(
            FindingKind::BadManifestSignature,
            None,
            format!("the signature of the manifest is not by {}", manifest.exporter),
        );
    }
    judging.compare(&manifest, wanted);
    if let Err(broken) = judging.read(&mut reader, signatures) {
        breaks(&mut judging.findings, &broken);
        return judging.end(trusted(&manifest));
    }
    judging.judge(&manifest, wanted, reader.proofs())
}

fn breaks(findings: &mut Findings, broken: &BrokenBundle) {
    let kind = match &broken.why {
        Broken::Root(RootError::NotABundle) | Broken::Car(CarError::NoHeader) => FindingKind::NotABundle,
        Broken::Root(RootError::Newer) => FindingKind::NewerFormat,
        _ => FindingKind::DamagedBundle,
    };
    findings.add_at(kind, broken.entry, Some(broken.at), broken.to_string());
}

fn trusted(manifest: &Manifest) -> Trusted {
    Trusted {
        federation: manifest.federation,
        name: manifest.name.clone(),
        exporter: manifest.exporter,
        exporter_workshops: Vec::new(),
        at: manifest.at,
        subject: manifest.subject,
        personal: manifest.personal,
        charter: manifest.charter,
        endorsed_by: Vec::new(),
        checkpoint: None,
        workshops: BTreeMap::new(),
    }
}

/// What is known of a bundle while it is read.
struct Judging {
    findings: Findings,
    checked: Checked,
    counts: Counts,
    whole: Whole,
    /// By the order of what is held: whether a personal part is named, and whether it is here.
    parts: Vec<Option<bool>>,
    depths: Depths,
    last: (u64, EntryId),
    /// Entries that are refused, and those that rest on them.
    refused: HashSet<EntryId>,
    authors: CheckedKeys,
    named: HashSet<EntryId>,
}

impl Judging {
    fn new(manifest: &Manifest) -> Self {
        Self {
            findings: Findings::default(),
            checked: Checked::default(),
            counts: Counts::default(),
            whole: Whole::new(manifest.federation),
            parts: Vec::new(),
            depths: Depths::default(),
            last: (0, EntryId([0; 32])),
            refused: HashSet::new(),
            authors: CheckedKeys::default(),
            named: HashSet::new(),
        }
    }

    /// What the caller asked for.
    fn compare(&mut self, manifest: &Manifest, wanted: &Wanted) {
        if let Some(federation) = wanted.federation.filter(|id| *id != manifest.federation) {
            let what = format!("it is of the federation {}, not of {federation}", manifest.federation);
            self.findings.add(FindingKind::OtherFederation, None, what);
        }
        if let Some(exporter) = wanted.exporter.filter(|key| *key != manifest.exporter) {
            let what = format!("its exporter is {}, not {exporter}", manifest.exporter);
            self.findings.add(FindingKind::OtherExporter, None, what);
        }
    }

    /// Each entry by its bytes, what vouches for it and its past.
    fn read<R: Read>(
        &mut self,
        reader: &mut Reader<R>,
        mut signatures: impl FnMut(&[Entry]) -> Vec<bool>,
    ) -> Result<(), BrokenBundle> {
        let (mut batch, mut places) = (Vec::new(), Vec::new());
        loop {
            let piece = reader.entry();
            let ends = !matches!(piece, Ok(Some(_)));
            let ended = piece.map(|piece| {
                if let Some(piece) = piece {
                    let at = piece.at;
                    if let Some(entry) = self.decode(piece) {
                        batch.push(entry);
                        places.push(at);
                    }
                }
            });
            if ends || batch.len() == limits::BUNDLE_PAGE_ROWS {
                let hold = signatures(&batch);
                for ((entry, at), holds) in batch.drain(..).zip(places.drain(..)).zip(hold) {
                    self.take(entry, at, holds);
                }
            }
            // What came before the place where a file breaks is told too.
            if ends {
                return ended;
            }
        }
    }

    /// The entry in its blocks; none when it is refused.
    fn decode(&mut self, piece: Piece) -> Option<Entry> {
        let Piece { at, row, header, facts, personal } = piece;
        let (id, named) = (row.0.0, row.2);
        self.checked.entries += 1;
        self.counts.entries += 1;
        self.counts.personal += u64::from(named.is_some());
        self.counts.signatures += u64::from(row.3.is_some());
        let authors = &mut self.authors;
        let author = |bytes| authors.key(bytes);
        let personal = personal.map(|part| part.to_vec());
        let entry = Entry::from_parts_by(author, header, facts.to_vec(), personal, row.3);
        // That the parts are those of the page follows: the page names them by the same hashes.
        match entry {
            Ok(entry) => Some(entry),
            Err(error) => {
                self.refuse(id, at, &error.into());
                None
            }
        }
    }

    fn refuse(&mut self, id: EntryId, at: u64, refusal: &Refusal) {
        self.refused.insert(id);
        self.findings.add_at(FindingKind::RefusedEntry, Some(id), Some(at), refusal.to_string());
    }

    fn take(&mut self, entry: Entry, at: u64, signature_holds: bool) {
        let id = entry.id();
        let header = entry.header();
        let named = || header.prev.iter().chain(&header.seen).chain(&header.deps);
        self.checked.signatures += u64::from(entry.signature().is_some());
        if named().any(|id| self.refused.contains(id)) {
            self.refused.insert(id);
            return;
        }
        if let Some(missing) = named().find(|id| !self.depths.knows(id)).copied() {
            let what = format!("it names the entry {missing}, which is not before it in the bundle");
            self.findings.add_at(FindingKind::MissingPast, Some(id), Some(at), what);
            self.refused.insert(id);
            return;
        }
        let known = self.depths.knows(&id);
        let place = (self.depths.place(id, header), id);
        if known || place <= self.last {
            let what = "it does not come after the one before it in the order of entries";
            self.findings.add_at(FindingKind::OutOfOrder, Some(id), Some(at), what);
            self.refused.insert(id);
            return;
        }
        self.last = place;
        if entry.signature().is_some() && !signature_holds {
            let what = "its signature is not its author's";
            self.findings.add_at(FindingKind::BadSignature, Some(id), Some(at), what);
        }
        self.named.extend(header.prev);
        let part = header.personal.map(|_| entry.personal().is_some());
        match self.whole.take(entry, signature_holds) {
            Ok(()) => self.parts.push(part),
            Err(refusal) => self.refuse(id, at, &refusal),
        }
    }

    fn end(self, trusted: Trusted) -> Audit {
        let ok = !self.findings.has_fault();
        Audit { ok, checked: self.checked, findings: self.findings.finish(), trusted: Some(trusted) }
    }

    /// What counts, and whether the manifest says the same.
    fn judge(mut self, manifest: &Manifest, wanted: &Wanted, proofs: Option<&Proofs>) -> Audit {
        // What rests on a refused entry is not held, so its voucher may be missing: one fault is enough.
        if self.refused.is_empty() {
            for id in self.whole.unvouched() {
                let what = "it has no signature that counts, and no entry here vouches for it";
                self.findings.add(FindingKind::NotVouched, Some(id), what);
            }
        }
        let mut trusted = trusted(manifest);
        let entry_fault = self.findings.has_entry_fault();
        if entry_fault {
            return self.end(trusted);
        }
        let whole = std::mem::replace(&mut self.whole, Whole::new(manifest.federation));
        let mut replica = whole.judge();
        let newest = |replica: &Replica| replica.authority().charter.unwrap_or(manifest.federation);
        let unguided = newest(&replica);
        if unguided != manifest.charter {
            replica.follow(manifest.charter);
            if newest(&replica) == manifest.charter {
                let what = format!(
                    "who knows the founding entry alone follows {unguided}; the exporter follows {}",
                    manifest.charter
                );
                self.findings.add(FindingKind::RivalCharters, Some(manifest.charter), what);
            }
        }
        self.state(&replica, manifest, newest(&replica));
        // Entries were held in the order of the bundle.
        let order: Vec<EntryId> = replica.held().map(|held| held.id).collect();
        trusted.checkpoint =
            checkpoint::compare(&mut self.findings, &replica, manifest, wanted, proofs, &order);
        self.personal(&replica, manifest);
        self.tell(&replica, manifest, &mut trusted);
        self.end(trusted)
    }

    /// Every statement of the manifest.
    fn state(&mut self, replica: &Replica, manifest: &Manifest, charter: EntryId) {
        let authority = replica.authority();
        let heads: BTreeSet<EntryId> =
            replica.held().map(|held| held.id).filter(|id| !self.named.contains(id)).collect();
        let logs = replica.logs().count() as u64;
        let accepted = replica.accepted().len() as u64;
        let counts = Counts { accepted, logs, ..self.counts };
        self.checked.logs = logs;
        self.checked.documents = replica.documents().count() as u64;
        self.checked.records = replica.records().count() as u64;
        let subject = manifest.subject.is_none_or(|subject| replica.holds(&subject));
        let said = [
            (
                manifest.federation == replica.federation() && replica.holds(&manifest.federation),
                "the founding entry",
            ),
            (manifest.name == authority.name, "the federation's name"),
            (manifest.charter == charter, "the charter that is followed"),
            (manifest.counts == counts, "the counts"),
            (manifest.held == replica.digest().root(), "the digest of the entries"),
            (manifest.accepted == replica.accepted().root(), "the digest of the entries that count"),
            (manifest.heads.iter().eq(&heads), "the heads of the logs"),
            (subject, "the subject"),
        ];
        for (_, what) in said.into_iter().filter(|(same, _)| !same) {
            let what = format!("{what} in the manifest is not what comes out");
            self.findings.add(FindingKind::WrongManifest, None, what);
        }
    }

    /// Personal parts that entries name.
    fn personal(&mut self, replica: &Replica, manifest: &Manifest) {
        let redacted: HashMap<EntryId, Redaction> = replica.redacted().collect();
        let (mut left_out, mut gone) = (0_u64, Vec::new());
        for (held, part) in replica.held().zip(&self.parts) {
            let Some(here) = part else { continue };
            let taken = redacted.get(&held.id);
            if *here && (taken.is_some() || !manifest.personal) {
                let what = "its personal part is here, and was to be left out";
                self.findings.add(FindingKind::NotRedacted, Some(held.id), what);
            } else if let Some(redaction) = taken {
                gone.push((held.id, *redaction));
            } else if !here && manifest.personal {
                let what = "its personal part is not here, and no redaction took it away";
                self.findings.add(FindingKind::MissingPersonal, Some(held.id), what);
            } else if !here {
                left_out += 1;
            }
        }
        for (id, redaction) in gone {
            let what = match redaction {
                Redaction::Forgotten => "its personal part was redacted",
                Redaction::Hidden => "its personal part was redacted, which no charter covers yet",
            };
            self.findings.add(FindingKind::Redacted, Some(id), what);
        }
        if left_out > 0 {
            let what = format!("{left_out} personal parts were left out on purpose");
            self.findings.add(FindingKind::LeftOut, None, what);
        }
    }

    /// What is no fault, and what the answer rests on.
    fn tell(&mut self, replica: &Replica, manifest: &Manifest, trusted: &mut Trusted) {
        let authority = replica.authority();
        let workshops: BTreeSet<WorkshopId> =
            authority.memberships_of(manifest.exporter).map(|(_, m)| m.workshop).collect();
        if workshops.is_empty() {
            let what = format!("the exporter {} is no member of the federation", manifest.exporter);
            self.findings.add(FindingKind::ExporterNotAMember, None, what);
        }
        trusted.exporter_workshops = workshops.into_iter().collect();
        let endorsed = authority.charters.get(&manifest.charter).map(|charter| &charter.endorsed);
        trusted.endorsed_by = endorsed.into_iter().flatten().copied().collect();
        let seen_by = trusted.checkpoint.iter().flat_map(|checkpoint| &checkpoint.endorsed_by);
        let named = trusted.exporter_workshops.iter().chain(&trusted.endorsed_by).chain(seen_by);
        let name = |id: &WorkshopId| {
            let known = authority.workshops.get(id).or_else(|| authority.former_workshops.get(id));
            known.map(|workshop| (*id, workshop.name.clone()))
        };
        trusted.workshops = named.filter_map(name).collect();
        for fork in replica.forks() {
            let known = if fork.healed.is_some() { ", which its owner knows and left" } else { "" };
            let what = format!(
                "{} wrote {} entries for place {} of log {}{known}",
                fork.author.short(),
                fork.entries.len(),
                fork.seq,
                fork.log
            );
            self.findings.add(FindingKind::Fork, fork.entries.first().copied(), what);
        }
        for held in replica.held() {
            if let Verdict::Parked(reason) = held.verdict {
                self.findings.add(FindingKind::Parked, Some(held.id), reason.to_string());
            }
        }
    }
}
