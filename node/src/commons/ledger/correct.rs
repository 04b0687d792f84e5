//! `correct`: a contribution written anew, in the place of the one that was wrong.

use aronde_protocol::entry::Kind;
use aronde_protocol::record::PersonalPart;
use aronde_protocol::record::contribution::{Carries, ContributionFacts, Resource, carries};

use super::super::{Commons, Log};
use super::{contribution_id, draft, say};
use crate::api::{Correct, ServiceError, Signer, Standing, Wrote};

impl Commons {
    /// `correct`.
    pub(in crate::commons) fn correct(&self, said: Correct, signer: &Signer) -> Result<Wrote, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let record = contribution_id(&entries, &said.record)?;
        self.scope(&entries, key.member())?;
        self.check_hand(&entries, record, key.member())?;
        let (standing, by) = self.with_ledger(&entries, |_, view| {
            let standing = view.line(&record).map(|line| super::shown(line.standing));
            Ok((standing, view.corrected_by(&record)))
        })?;
        match (standing, by.last()) {
            (Some(Standing::Retracted), _) => {
                return Err(ServiceError::user("this record was retracted, which is final")
                    .hint("write it anew: aronde contribute …"));
            }
            (_, Some(by)) => {
                return Err(ServiceError::user(format!("this record was corrected already, by {by}"))
                    .hint(format!("correct that one: aronde correct {} …", by.short())));
            }
            _ => {}
        }
        let entry = entries.entry(&record)?;
        let before = ContributionFacts::read(entry.facts())?;
        let subject = match &said.subject {
            Some(text) => Some(Self::subject(&mut entries, text)?),
            None => entry.header().subject,
        };
        let action = said.action.unwrap_or_else(|| before.action.clone());
        say::check_action(&action)?;
        let keeps_both = carries(&action) == Carries::Both;
        // Whoever corrects doesn't become who did it.
        let author = Some(entry.author()).filter(|author| *author != key.member());
        let facts = ContributionFacts {
            provider: before
                .provider
                .or(author.filter(|_| before.agent.is_none()))
                .filter(|p| *p != key.member()),
            action,
            quantity: said.quantity.unwrap_or(before.quantity),
            resource_quantity: before.resource_quantity.filter(|_| keeps_both),
            resource: said.resource.map(|name| Resource { name, of: None }).or(before.resource),
            happened: say::happened(said.at, None)?
                .or(before.happened)
                .or(Some(aronde_protocol::record::contribution::Happened::At(entry.header().at))),
            corrects: Some(record),
            ..before
        };
        let note = said.note.or_else(|| entry.personal().and_then(PersonalPart::read).map(|part| part.note));
        let draft = draft(Kind::CORRECTION, subject, facts.encode()?, note)?;
        Ok(Wrote { id: self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))? })
    }
}
