//! By what right an entry counts, step by step back to the founding entry.

use aronde_protocol::id::{EntryId, MembershipId};
use aronde_protocol::replica::Because;

use super::entries::Entries;
use super::resolve::resolve;
use super::{Commons, timestamp};
use crate::api::{ServiceError, Why, WhyAnswer, WhyStep};

impl Commons {
    /// `why`.
    pub(super) fn why(&self, why: &Why) -> Result<WhyAnswer, ServiceError> {
        let entries = self.entries();
        let replica = entries.replica();
        let id = resolve(&why.entry, "an entry", replica.held().map(|held| held.id))?;
        let chain = replica.why(&id);
        let counts = chain.is_some();
        let steps = chain.into_iter().flatten().filter_map(|step| {
            let held = replica.get(&step.entry)?;
            Some(WhyStep {
                entry: step.entry,
                author: held.author,
                author_name: Self::name_of(&entries, held.author),
                kind: held.header.kind.to_string(),
                at: timestamp(held.header.at),
                because: because(&entries, &step.because),
                settled: step.settled,
            })
        });
        Ok(WhyAnswer { entry: id, counts, steps: steps.collect() })
    }
}

fn because(entries: &Entries, because: &Because) -> String {
    match because {
        Because::Founding => "it founds the federation".to_owned(),
        Because::Membership(under) => format!("its author is {}", membership(entries, under)),
        Because::Carried { under, votes } => {
            let proposed = format!("its author is {}", membership(entries, under));
            match votes.len() {
                0 => format!("{proposed}, and one vote carried it"),
                n => format!("{proposed}, and {n} more vote{} carried it", if n == 1 { "" } else { "s" }),
            }
        }
        Because::TakenIn(by) => format!("{} took it in with {}", author(entries, by), by.short()),
        Because::Confirmed(by) => {
            format!("{} of another workshop confirmed it with {}", author(entries, by), by.short())
        }
        Because::Circle(under) => format!(
            "its author is {}, and removals that strike each other all hold",
            membership(entries, under)
        ),
    }
}

fn membership(entries: &Entries, id: &MembershipId) -> String {
    let replica = entries.replica();
    let Some((role, workshop)) = replica.grants(id) else { return "a member".to_owned() };
    let name = Commons::workshop_name(entries, &workshop).unwrap_or_else(|| workshop.short());
    format!("{role} of {name} by {}", id.short())
}

fn author(entries: &Entries, id: &EntryId) -> String {
    let held = entries.replica().get(id);
    held.map_or_else(
        || "somebody".to_owned(),
        |held| Commons::name_of(entries, held.author).unwrap_or_else(|| held.author.short()),
    )
}
