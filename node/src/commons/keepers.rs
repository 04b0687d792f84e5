//! Who keeps a design: the workshops whose makers and stewards change it and decide on proposals.

use aronde_protocol::id::{DocumentId, WorkshopId};
use aronde_protocol::key::MemberKey;

use super::Commons;
use super::entries::Entries;
use crate::api::{ServiceError, WorkshopName};

impl Commons {
    /// The workshops that keep a document.
    pub(super) fn keepers(entries: &Entries, document: &DocumentId) -> Vec<WorkshopName> {
        let named = |id: WorkshopId| WorkshopName { id, name: Self::workshop_name(entries, &id) };
        entries.replica().keeper(document).into_iter().map(named).collect()
    }

    /// Whether what a member writes in a document counts.
    pub(super) fn keeps(entries: &Entries, member: MemberKey, document: &DocumentId) -> bool {
        let replica = entries.replica();
        let mut theirs = replica.authority().memberships_of(member);
        theirs.any(|(_, m)| m.role.writes() && replica.keeper(document) == Some(m.workshop))
    }

    /// Only keepers decide.
    ///
    /// # Errors
    /// The member is none; says who is, and what to do.
    pub(super) fn check_keeps(
        entries: &Entries,
        member: MemberKey,
        document: &DocumentId,
        doing: &str,
    ) -> Result<(), ServiceError> {
        if Self::keeps(entries, member, document) {
            return Ok(());
        }
        let keepers = Self::keepers(entries, document);
        let names = names(&keepers);
        let keep = if keepers.len() == 1 { "keeps" } else { "keep" };
        Err(ServiceError::user(format!(
            "{names} {keep} this design, and only their makers and stewards {doing}; you are none of them"
        ))
        .hint(format!("ask a maker or steward of {names} to do it")))
    }
}

/// Workshops in a sentence.
pub(super) fn names(workshops: &[WorkshopName]) -> String {
    let name = |w: &WorkshopName| w.name.clone().unwrap_or_else(|| w.id.short());
    let names: Vec<String> = workshops.iter().map(name).collect();
    match names.as_slice() {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
