//! Members who are none now: those whose workshop waits to be admitted, and those who were removed.
//!
//! Nobody talks commons with their nodes. They are told the authority, which says where they stand, and may hand
//! in what they wrote: it passes the ordinary door, and the rules say whether it counts.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use aronde_protocol::authority::operation::Operation;
use aronde_protocol::id::EntryId;
use aronde_protocol::join::{self, Claim, News};
use aronde_protocol::key::MemberKey;
use aronde_protocol::limits::{CLAIM_HEADS_MAX, PROOF_MAX};
use aronde_protocol::replica::{Held, Replica};
use libp2p::PeerId;

use super::Commons;
use super::entries::Entries;

impl Commons {
    /// A claim to be told the authority; none when the member's key is locked.
    pub(super) fn make_claim(&self, to: &PeerId) -> Option<Claim> {
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let entries = self.entries();
        let mut heads = entries.replica().authority_heads();
        heads.truncate(CLAIM_HEADS_MAX);
        let mut claim = Claim { member: *key.member().as_bytes(), heads: heads.into(), signature: [0; 64] };
        let greeting = Self::name(&entries).greeting(&self.peer.to_bytes(), &to.to_bytes());
        claim.signature = key.sign(&claim.signed_bytes(&greeting));
        Some(claim)
    }

    /// Answers a claim.
    pub(super) fn answer_claim(&self, from: &PeerId, claim: &Claim) -> Result<News, String> {
        let entries = self.entries();
        let replica = entries.replica();
        let greeting = Self::name(&entries).greeting(&from.to_bytes(), &self.peer.to_bytes());
        if !claim.proves_possession(&greeting) {
            return Err("the claim does not prove that it holds its member key".into());
        }
        let member = MemberKey::from_bytes(claim.member).map_err(|error| error.to_string())?;
        let admits = |op: &Held| match op.gist.operation() {
            Some(Operation::Rotate(rotate)) => rotate.key == member,
            Some(said) => said.admits(op.author) == Some(member),
            None => false,
        };
        if !replica.operations().any(admits) {
            return Err("nobody has admitted this key, or moved to".into());
        }
        let known: BTreeSet<EntryId> = entries.with_past(&claim.heads.0).into_iter().collect();
        let lacking: Vec<EntryId> =
            replica.operations().map(|op| op.id).filter(|id| !known.contains(id)).collect();
        let (runs, _) = if lacking.is_empty() { <_>::default() } else { entries.runs(&lacking, PROOF_MAX) };
        let mut held = own_heads(replica, member);
        held.truncate(CLAIM_HEADS_MAX);
        Ok(News { operations: join::proof(runs), held: held.into() })
    }

    /// Takes what follows from the authority that was told: see [`crate::network::Replicated::told`].
    pub(super) fn was_told(&self, held: &[EntryId]) -> (Vec<Vec<u8>>, bool) {
        let mut entries = self.entries();
        // While nothing is written yet, the node binds itself a little later: see `tend`.
        if !self.is_held_back()
            && let Err(error) = self.bind_when_admitted(&mut entries)
        {
            tracing::warn!(%error, "this node could not be bound to its workshop");
        }
        let waits = self.installation.lock().unwrap_or_else(PoisonError::into_inner).waits();
        let there: BTreeSet<EntryId> = entries.with_past(held).into_iter().collect();
        let member = self.member();
        let mine: Vec<EntryId> = entries
            .replica()
            .held()
            .filter(|held| held.author == member && !there.contains(&held.id))
            .map(|held| held.id)
            .collect();
        let runs = if mine.is_empty() { Vec::new() } else { entries.runs(&mine, PROOF_MAX).0 };
        (runs, waits)
    }

    fn name(entries: &Entries) -> aronde_protocol::federation::FederationName {
        aronde_protocol::federation::FederationName::founded(entries.replica().federation())
    }
}

/// The last entries of a member's logs.
fn own_heads(replica: &Replica, member: MemberKey) -> Vec<EntryId> {
    let logs = replica.logs().filter(|(author, ..)| *author == member);
    logs.filter_map(|(author, log, _)| replica.log_head(author, log).map(|head| head.id)).collect()
}
