//! Whether what checkpoints say was held is held here, and comes out as they say.

use aronde_protocol::id::EntryId;
use aronde_protocol::key::MemberKey;
use aronde_protocol::replica::{Checkpoints, Replica};

use super::found::Report;

/// Compares the checkpoints that are followed with what a member's home holds.
pub fn check(replica: &Replica, member: MemberKey, report: &mut Report) {
    let endorsed = |charter: &EntryId| {
        let charter = replica.authority().charters.get(charter);
        charter.map(|charter| charter.endorsed.clone()).unwrap_or_default()
    };
    match replica.compare_checkpoints() {
        Checkpoints::None | Checkpoints::Agree(..) => {}
        Checkpoints::Lack(unheld) => {
            let (heads, charter) = (unheld.heads.len(), Some(unheld.charter.to_string()));
            let vouched = endorsed(&unheld.charter);
            let own =
                |membership: &aronde_protocol::authority::Membership| vouched.contains(&membership.workshop);
            if replica.authority().memberships_of(member).any(|(_, membership)| own(membership)) {
                let what = format!(
                    "this workshop vouched for it, and {heads} of the heads that it names are not held here any more: this home was set back, or lost them; sync with a peer that holds them: aronde sync"
                );
                report.fault("set-back", charter, &what);
            } else {
                let what = format!(
                    "{heads} of the heads that it names are not held here, and {} workshops vouch that they held them: sync with each of them; see aronde checkpoint show",
                    vouched.len()
                );
                report.note("unseen", charter, what);
            }
        }
        Checkpoints::Differ(charters) => {
            for charter in charters {
                let what = format!(
                    "it says other of what it covers than comes out here, and {} workshops endorsed it; see aronde checkpoint show",
                    endorsed(&charter).len()
                );
                report.note("wrong-seal", Some(charter.to_string()), what);
            }
        }
    }
}
