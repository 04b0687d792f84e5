//! `book`: the line in the paper book beside the machine, as records in one burst.
//!
//! The time is a record of `use` when there is a machine and of `work` when there is none, each material one of `consume`,
//! and how it was paid a settlement of the first. Nothing is asked of a network.

use aronde_protocol::burst::Draft;
use aronde_protocol::document::schema::capacity::MACHINES;
use aronde_protocol::entry::Kind;
use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use aronde_protocol::record::contribution::{ContributionFacts, Resource};
use aronde_protocol::record::settlement::SettlementFacts;

use super::super::entries::Entries;
use super::super::{Commons, Log};
use super::{draft, say};
use crate::api::{Book, Booked, ServiceError, Signer};

impl Commons {
    /// `book`.
    pub(in crate::commons) fn book(&self, said: Book, signer: &Signer) -> Result<Booked, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        let subject = Self::subject(&mut entries, &said.subject)?;
        let workshop = self.scope(&entries, key.member())?;
        let member = said.member.as_deref().map(|text| Self::member_called(&entries, text)).transpose()?;
        let provider = member.filter(|member| *member != key.member());
        let paid = said.paid.as_deref().map(say::means).transpose()?;
        let happened = say::happened(said.at, None)?;
        let known = match &said.machine {
            Some(machine) => self.machine_called(&mut entries, machine, key.member()),
            None => None,
        };
        let named = said.machine.as_ref().map(|name| Resource { name: name.trim().to_owned(), of: None });
        let is_known = known.is_some();
        let machine = known.or(named);
        let action = if machine.is_some() { "use" } else { "work" };
        let record = |action: &str, quantity, resource| ContributionFacts {
            provider,
            workshop: Some(workshop),
            resource,
            happened,
            ..ContributionFacts::new(action, quantity)
        };
        let time = record(action, said.quantity, machine.clone());
        let time = draft(Kind::CONTRIBUTION, Some(subject), time.encode()?, said.note)?;
        let materials = said.materials.into_iter().map(|(quantity, name)| {
            let facts =
                record("consume", quantity, Some(Resource { name: name.trim().to_owned(), of: None }));
            draft(Kind::CONTRIBUTION, Some(subject), facts.encode()?, None)
        });
        let materials: Vec<Draft> = materials.collect::<Result<_, _>>()?;
        let (id, materials) = self.write(&mut entries, &key, Log::Work, |burst| {
            let id = burst.add(time)?;
            let mut used = Vec::with_capacity(materials.len());
            for material in materials {
                used.push(burst.add(material)?);
            }
            if let Some(means) = paid {
                for record in [id].iter().chain(&used) {
                    let facts = SettlementFacts { means, amount: None, by: provider }.encode()?;
                    burst.add(draft(Kind::SETTLEMENT, Some(*record), facts, None)?)?;
                }
            }
            Ok((id, used))
        })?;
        let subject_title = Self::title_of(&mut entries, &subject);
        Ok(Booked {
            id,
            materials,
            subject,
            subject_title,
            machine: machine.map(|m| m.name),
            known: is_known,
        })
    }

    /// A machine of the own workshop's sheet: the one that is called so, or the only one whose name has these words.
    fn machine_called(&self, entries: &mut Entries, text: &str, member: MemberKey) -> Option<Resource> {
        let view = self.sheets(entries).ok()?;
        let sheet: EntryId = self.own_sheet(entries, &view, member).ok()?.0?;
        let draft = entries.document(&sheet).ok()?.agreed();
        let names: Vec<String> = draft
            .lists
            .get(MACHINES)?
            .iter()
            .filter_map(|item| item.fields.get("name").or_else(|| item.fields.get("model")))
            .map(ToString::to_string)
            .collect();
        let wanted = text.trim().to_lowercase();
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let exact = names.iter().find(|name| name.to_lowercase() == wanted);
        let fits = |name: &&String| {
            let name = name.to_lowercase();
            !words.is_empty() && words.iter().all(|word| name.contains(word))
        };
        let fitting: Vec<&String> = names.iter().filter(fits).collect();
        let one = exact.or_else(|| fitting.first().copied().filter(|_| fitting.len() == 1))?;
        Some(Resource { name: one.clone(), of: Some(sheet) })
    }
}
