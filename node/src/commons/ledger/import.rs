//! `contribute import | import-git`: a table or a history, in few bursts and as few writes of the journal.
//!
//! Invariants: importing again adds nothing, whoever imported before; a row that can't be read is told with its line and
//! the others are taken; people are agents of whoever imports, written down once each.

use std::collections::HashSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use aronde_protocol::burst::Draft;
use aronde_protocol::entry::Kind;
use aronde_protocol::interchange::contributions::{self, Claim, Map, Table};
use aronde_protocol::limits::{CONTRIBUTIONS_FILE_MAX, POOL_ENTRIES_MAX};
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::agent::AgentKind;
use aronde_protocol::record::contribution::{ContributionFacts, Resource};

use super::super::{Commons, Log, nonce};
use super::{git, say};
use crate::api::{ContributeImport, ImportFinding, Imported, ServiceError, Signer};

/// Claims written at once, with one sync. Each may bring an agent with it, and all of a burst waits in the pool until
/// the entry that signs it comes: they take half of that at most.
const AT_ONCE: usize = POOL_ENTRIES_MAX / 4;

impl Commons {
    /// `contribute import` and `contribute import-git`.
    pub(in crate::commons) fn contribute_import(
        &self,
        asked: &ContributeImport,
        signer: &Signer,
    ) -> Result<Imported, ServiceError> {
        let begun = Instant::now();
        let key = self.key(signer)?;
        let table = table(asked)?;
        let mut entries = self.entries();
        let subject = Self::subject(&mut entries, &asked.subject)?;
        let workshop = self.scope(&entries, key.member())?;
        let mut known = self.known_agents(&entries, key.member())?;
        let before = known.len();
        let name = asked.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let finding = |finding: contributions::Finding| ImportFinding {
            field: format!("{name}:{}", finding.line),
            what: finding.reason,
        };
        let found = table.findings.into_iter().map(finding).collect();
        let claims = table.claims.len();
        let fresh: Vec<Claim> = {
            let ledger = self.table(&entries)?;
            let replica = entries.replica();
            let mut sources = HashSet::new();
            let counts = |claim: &Claim| {
                let mut same = ledger.ledger.from_source(Some(subject), claim.source).iter();
                same.any(|id| replica.get(id).is_some_and(|held| held.verdict.counts()))
            };
            table.claims.into_iter().filter(|claim| !counts(claim) && sources.insert(claim.source)).collect()
        };
        let imported = fresh.len();
        let mut fresh = fresh.into_iter().peekable();
        while fresh.peek().is_some() {
            let batch: Vec<Claim> = fresh.by_ref().take(AT_ONCE).collect();
            self.write(&mut entries, &key, Log::Work, |burst| {
                for claim in batch {
                    let agent = say::add_agent(burst, &mut known, AgentKind::Person, &claim.person)?;
                    let facts = ContributionFacts {
                        agent: Some(agent),
                        workshop: Some(workshop),
                        resource: claim.resource.map(|name| Resource { name, of: None }),
                        role: claim.role,
                        happened: claim.happened,
                        source: Some(claim.source),
                        ..ContributionFacts::new(&claim.action, claim.quantity)
                    };
                    let part = PersonalPart {
                        nonce: nonce()?,
                        note: claim.note.unwrap_or_default(),
                        evidence: claim.evidence,
                    };
                    let told = !part.note.is_empty() || !part.evidence.is_empty();
                    burst.add(Draft {
                        kind: Kind::CONTRIBUTION,
                        subject: Some(subject),
                        deps: Vec::new(),
                        facts: facts.encode()?,
                        personal: told.then(|| part.encode()).transpose()?,
                    })?;
                }
                Ok(())
            })?;
        }
        Ok(Imported {
            subject,
            rows: table.rows,
            imported: imported as u64,
            already: (claims - imported) as u64,
            agents: (known.len() - before) as u64,
            findings: found,
            milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }
}

fn table(asked: &ContributeImport) -> Result<Table, ServiceError> {
    let shown = asked.path.display();
    if asked.git {
        let name = asked.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let table = contributions::git::read(&git::log(&asked.path)?, &name);
        if table.rows == 0 {
            return Err(ServiceError::user(format!("the history of {shown} has no commit")));
        }
        return Ok(table);
    }
    let map = match &asked.map {
        Some(path) => Some(text(path)?.parse::<Map>().map_err(|error| {
            ServiceError::user(format!("{}: {error}", path.display()))
                .hint("a map says which column is what: person = \"Name\", quantity = \"Time\", unit = \"h\"; see docs/ledger.md")
        })?),
        None => None,
    };
    contributions::read(&bytes(&asked.path)?, map.as_ref()).map_err(|error| {
        let error = ServiceError::user(format!("{shown}: {error}"));
        error.hint("say which column is what in a file, and give it with --map; see docs/ledger.md")
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>, ServiceError> {
    let cannot = |error| ServiceError::user(format!("{} can't be read: {error}", path.display()));
    let file = File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(CONTRIBUTIONS_FILE_MAX as u64 + 1).read_to_end(&mut bytes).map_err(cannot)?;
    Ok(bytes)
}

fn text(path: &Path) -> Result<String, ServiceError> {
    String::from_utf8(bytes(path)?)
        .map_err(|_| ServiceError::user(format!("{} is not text in UTF-8", path.display())))
}
