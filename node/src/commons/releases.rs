//! Releases of designs: `design release | releases`.
//!
//! A release names the design's exact heads. When the design does not say the version yet, an edit that sets it is
//! written with the release, and is its head: so a release and the design agree on what it is.

use std::collections::BTreeMap;

use aronde_protocol::authority::Role;
use aronde_protocol::burst::Draft;
use aronde_protocol::document::batch::Batch;
use aronde_protocol::document::release::{self, Obstacle};
use aronde_protocol::document::update;
use aronde_protocol::entry::{Gist, Kind};
use aronde_protocol::id::{DocumentId, EntryId, MembershipId};
use aronde_protocol::key::MemberKey;
use aronde_protocol::record::release::{ReleaseFacts, ReleasedSource};
use aronde_protocol::{licence, limits};
use semver::Version;

use super::design::design_id;
use super::document::add_edit;
use super::entries::Entries;
use super::{Commons, Log, timestamp};
use crate::api::{
    DesignChecked, DesignEdit, DesignEdited, DesignRelease, DesignReleased, DesignWithdraw, ReleaseFile,
    ReleaseRow, ReleaseSource, ServiceError, Signer,
};

mod derive;
mod export;
mod proof;
mod states;

/// A release that counts, of a keeper.
pub(super) struct Release {
    pub id: EntryId,
    pub design: DocumentId,
    pub author: MemberKey,
    pub at: u64,
    pub facts: ReleaseFacts,
}

impl Commons {
    /// `design release`.
    pub(super) fn design_release(
        &self,
        wanted: &DesignRelease,
        signer: &Signer,
    ) -> Result<DesignReleased, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let id = design_id(&entries, &wanted.id)?;
        self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        Self::check_keeps(&entries, key.member(), &id, "release it")?;
        let under = keeping(&entries, key.member(), &id)?;
        let document = entries.document(&id)?;
        let here = |hash| self.files.has(hash);
        let facts =
            release::prepare(&document, under, &wanted.version, here).map_err(|all| refused(&id, &all))?;
        let before = releases(&entries, &id)?;
        if let Some(same) = before.iter().find(|release| release.facts.version == facts.version) {
            return Err(ServiceError::user(format!(
                "version {} of this design is released already, as {}; a release never changes",
                facts.version,
                same.id.short()
            ))
            .hint("give the next version a number of its own"));
        }
        let says = document.agreed().text("version") == Some(facts.version.as_str());
        let batches = if says {
            Vec::new()
        } else {
            update::set_fields(&document, [("version", facts.version.as_str())])?
        };
        let batch = batches.into_iter().next().unwrap_or_else(Batch::default);
        let mut facts = facts;
        let facts_of = &mut facts;
        let written = self.write(&mut entries, &key, Log::Work, |burst| {
            if !says || facts_of.heads.len() > limits::DEPS_MAX {
                facts_of.heads = vec![add_edit(burst, &batch, id, std::mem::take(&mut facts_of.heads))?];
            }
            let facts = facts_of.encode()?;
            let draft =
                Draft { kind: Kind::RELEASE, subject: Some(id), deps: Vec::new(), facts, personal: None };
            Ok(burst.add(draft)?)
        });
        let release = written?;
        let mut remarks: Vec<String> = licence::closed(&facts.licence).into_iter().collect();
        let newer = before.iter().filter_map(|r| Some((Version::parse(&r.facts.version).ok()?, r)));
        if let (Ok(this), Some((newest, _))) =
            (Version::parse(&facts.version), newer.max_by(|a, b| a.0.cmp(&b.0)))
            && newest > this
        {
            remarks.push(format!("version {newest} was released before, which is the higher number"));
        }
        Ok(DesignReleased {
            id: release,
            design: id,
            files: facts.files.len() as u64,
            bytes: facts.len(),
            version: facts.version,
            licence: facts.licence,
            heads: facts.heads,
            remarks,
        })
    }

    /// `design releases`.
    pub(super) fn design_releases(&self, id: &str) -> Result<Vec<ReleaseRow>, ServiceError> {
        let mut entries = self.entries();
        let id = design_id(&entries, id)?;
        let all = releases(&entries, &id)?;
        let mut twins: BTreeMap<String, Vec<EntryId>> = BTreeMap::new();
        for release in &all {
            twins.entry(release.facts.version.clone()).or_default().push(release.id);
        }
        all.into_iter().map(|release| self.row(&mut entries, release, &twins)).collect()
    }

    fn row(
        &self,
        entries: &mut Entries,
        release: Release,
        twins: &BTreeMap<String, Vec<EntryId>>,
    ) -> Result<ReleaseRow, ServiceError> {
        let (standing, attestations) = self.said_of(entries, release.id, release.author)?;
        let document = entries.document_at(&release.design, &release.facts.heads).ok();
        let workshop = entries.replica().grants(&release.facts.under).map(|(_, workshop)| workshop);
        let same = twins.get(&release.facts.version).into_iter().flatten();
        let file = |file: &aronde_protocol::record::release::ReleasedFile| ReleaseFile {
            path: file.path.clone(),
            hash: file.hash,
            len: file.len,
            present: self.files.has(file.hash),
        };
        Ok(ReleaseRow {
            id: release.id,
            design: release.design,
            agrees: document.map(|document| release::agrees(&release.facts, &document)),
            author: release.author,
            author_name: Self::name_of(entries, release.author),
            workshop,
            workshop_name: workshop.and_then(|w| Self::workshop_name(entries, &w)),
            at: timestamp(release.at),
            twins: same.copied().filter(|id| *id != release.id).collect(),
            standing,
            attestations,
            files: release.facts.files.iter().map(file).collect(),
            sources: release.facts.sources.iter().map(source).collect(),
            title: release.facts.title,
            version: release.facts.version,
            licence: release.facts.licence,
            heads: release.facts.heads,
        })
    }

    /// `design withdraw`.
    pub(super) fn design_withdraw(
        &self,
        wanted: &DesignWithdraw,
        signer: &Signer,
    ) -> Result<DesignEdited, ServiceError> {
        let set = vec![("withdrawn".to_owned(), wanted.reason.trim().to_owned())];
        let (add, remove) = (Vec::new(), Vec::new());
        let edit = DesignEdit { id: wanted.id.clone(), set, add, remove, on: None, apart: false };
        self.design_edit(&edit, signer)
    }

    /// `design check`.
    pub(super) fn design_check(&self, id: &str) -> Result<DesignChecked, ServiceError> {
        let mut entries = self.entries();
        let id = design_id(&entries, id)?;
        let document = entries.document(&id)?;
        let findings = aronde_protocol::document::check::check(&document, &|hash| self.files.has(hash));
        Ok(DesignChecked { id, title: document.agreed().text("title").map(str::to_owned), findings })
    }
}

/// The releases of a design that count and are a keeper's, by their version, then by when they were made.
pub(super) fn releases(entries: &Entries, design: &DocumentId) -> Result<Vec<Release>, ServiceError> {
    let replica = entries.replica();
    let of = |held: &&aronde_protocol::replica::Held| {
        held.gist == Gist::Release
            && held.header.subject == Some(*design)
            && held.verdict.counts()
            && replica.is_by_keeper(held, design)
    };
    let mut found = Vec::new();
    for held in replica.records().filter(of) {
        let facts = ReleaseFacts::read(entries.entry(&held.id)?.facts())?;
        found.push(Release { id: held.id, design: *design, author: held.author, at: held.header.at, facts });
    }
    let version = |release: &Release| Version::parse(&release.facts.version).ok();
    found.sort_by_key(|release| (version(release), release.at, release.id));
    Ok(found)
}

/// The membership by which a member speaks for a workshop that keeps a design.
fn keeping(entries: &Entries, member: MemberKey, design: &DocumentId) -> Result<MembershipId, ServiceError> {
    let keepers = entries.replica().keepers(design);
    let mut theirs = entries.replica().authority().memberships_of(member);
    let found = theirs.find(|(_, m)| m.role.writes() && keepers.contains(&m.workshop));
    found.map(|(id, _)| *id).ok_or_else(|| ServiceError::internal("a keeper has no membership"))
}

fn refused(design: &DocumentId, all: &[Obstacle]) -> ServiceError {
    let why: Vec<String> = all.iter().map(ToString::to_string).collect();
    let error = ServiceError::user(format!("the design cannot be released: {}", why.join("; ")));
    let id = design.short();
    all.iter().fold(error, |error, obstacle| match obstacle {
        Obstacle::Conflicts(_) => error
            .hint(format!("see all values, each with its author: aronde design show {id}"))
            .hint(format!("decide between them: aronde design edit {id} --set FIELD=VALUE")),
        Obstacle::LeftOut(_) => error.hint(format!("see which: aronde design show {id}")),
        Obstacle::Version(..) => error.hint("write it as 1.2.0, or 1.2.0-rc.1"),
        Obstacle::NoTitle | Obstacle::NoLicence | Obstacle::Licence(_) => {
            error.hint(format!("set it: aronde design edit {id} --set licence=CERN-OHL-S-2.0"))
        }
        Obstacle::File(_) => error.hint(format!("see the files: aronde design show {id}")),
        Obstacle::NotHere(_) => error.hint("fetch them from a workshop that has them: aronde sync --wait"),
    })
}

fn source(source: &ReleasedSource) -> ReleaseSource {
    let ReleasedSource { title, release, link, licence } = source.clone();
    ReleaseSource { title, release, link, licence }
}
