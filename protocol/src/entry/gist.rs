//! The gist of an entry: the part of its facts that authority and acceptance read.
//!
//! It is read once, at the door, and kept with what is known of the entry, so that judging needs
//! neither the facts nor the store.

use serde::{Deserialize, Serialize};

use super::{Entry, EntryError, Kind};
use crate::authority::operation::Operation;
use crate::canonical;
use crate::document::edit::{CreateFacts, EditFacts};
use crate::id::{EntryId, MembershipId};
use crate::limits;
use crate::record::agent::{AgentClaimFacts, AgentFacts};
use crate::record::attestation::{AttestationFacts, Verdict};
use crate::record::booking::BookingFacts;
use crate::record::citation::CitationFacts;
use crate::record::contribution::ContributionFacts;
use crate::record::decline::DeclineFacts;
use crate::record::fork_healed::ForkHealedFacts;
use crate::record::procedure::{AdoptionFacts, ApprovalFacts, RunFacts};
use crate::record::release::ReleaseFacts;
use crate::record::retraction::RetractionFacts;
use crate::record::settlement::SettlementFacts;

/// What an entry says, as far as rights go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gist {
    /// An operation.
    Operation(Operation),
    /// Begins a document, under a membership whose workshop will keep it.
    Create {
        /// That membership.
        under: MembershipId,
    },
    /// Changes a document.
    Edit,
    /// Says who did what, in another contribution's place or not.
    Contribution,
    /// Speaks in the ledger otherwise: a retraction, a settlement, a citation, an agent or a claim on one.
    Ledger,
    /// Speaks of a record.
    Attestation {
        /// Whether it confirms; it disputes or withdraws otherwise.
        confirms: bool,
    },
    /// Books a machine of the capacity sheet that is its subject.
    Booking,
    /// Declines the proposal that is its subject.
    Decline,
    /// Speaks of the procedure that is its subject: an approval, an adoption or a run.
    Procedure,
    /// Says that a log of its author forked, and is left.
    ForkHealed {
        /// That log.
        log: u64,
        /// The last entries of its branches, sorted.
        heads: Vec<EntryId>,
    },
    /// Says what the document that is its subject was under a version.
    Release,
    /// Says where a node is reached.
    Addresses {
        /// Its libp2p peer id, as the bytes of its multihash.
        #[serde(with = "serde_bytes")]
        peer: Vec<u8>,
    },
    /// A kind or rules level that this version doesn't know.
    Unknown,
}

/// Where a node is reached: the facts of `node/addresses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addresses {
    /// The node's libp2p peer id, as the bytes of its multihash.
    pub peer: serde_bytes::ByteBuf,
    /// Multiaddrs, as bytes. Claims: who dials them checks who answers.
    pub addresses: Vec<serde_bytes::ByteBuf>,
}

impl Gist {
    /// Reads an entry's facts.
    ///
    /// # Errors
    /// Facts of a kind that is known at this level, which are not of its form or are over a limit.
    pub fn of(entry: &Entry) -> Result<Self, EntryError> {
        let (kind, facts) = (&entry.header().kind, entry.facts());
        if entry.header().v > limits::RULES_LEVEL {
            return Ok(Gist::Unknown);
        }
        let refused = |error| EntryError::Canonical { part: "facts", error };
        if let Some(operation) = Operation::from_facts(kind, facts)? {
            if let Operation::Rotate(rotate) = &operation
                && !rotate.is_proved(entry.federation(), entry.author())
            {
                return Err(EntryError::Unfit("rotation is not signed by the next key"));
            }
            return Ok(Gist::Operation(operation));
        }
        Ok(match kind.as_str() {
            Kind::ADDRESSES => {
                let said: Addresses = canonical::decode(facts).map_err(refused)?;
                let fits = (1..=limits::PEER_ID_MAX).contains(&said.peer.len())
                    && said.addresses.len() <= limits::ADDRESSES_MAX
                    && said.addresses.iter().all(|a| a.len() <= limits::ADDRESS_MAX);
                if !fits {
                    return Err(EntryError::Unfit("peer id or addresses are over a limit"));
                }
                Gist::Addresses { peer: said.peer.into_vec() }
            }
            Kind::CREATE => Gist::Create { under: CreateFacts::decode(facts)?.under },
            Kind::EDIT => {
                EditFacts::decode(facts)?;
                Gist::Edit
            }
            Kind::CONTRIBUTION => {
                if ContributionFacts::read(facts)?.corrects.is_some() {
                    return Err(EntryError::Unfit("contribution corrects another and is no correction"));
                }
                Gist::Contribution
            }
            Kind::CORRECTION => {
                if ContributionFacts::read(facts)?.corrects.is_none() {
                    return Err(EntryError::Unfit("correction doesn't say what it corrects"));
                }
                Gist::Contribution
            }
            Kind::RETRACTION => {
                RetractionFacts::read(facts)?;
                Gist::Ledger
            }
            Kind::SETTLEMENT => {
                SettlementFacts::read(facts)?;
                Gist::Ledger
            }
            Kind::CITATION => {
                CitationFacts::read(facts)?;
                Gist::Ledger
            }
            Kind::AGENT => {
                AgentFacts::read(facts)?;
                Gist::Ledger
            }
            Kind::AGENT_CLAIM => {
                AgentClaimFacts::read(facts)?;
                Gist::Ledger
            }
            Kind::ATTESTATION => {
                Gist::Attestation { confirms: AttestationFacts::read(facts)?.verdict == Verdict::Confirm }
            }
            Kind::BOOKING => {
                BookingFacts::read(facts)?;
                Gist::Booking
            }
            Kind::DECLINE => {
                DeclineFacts::read(facts)?;
                Gist::Decline
            }
            Kind::PROCEDURE_APPROVAL => {
                ApprovalFacts::read(facts)?;
                Gist::Procedure
            }
            Kind::PROCEDURE_ADOPTION => {
                AdoptionFacts::read(facts)?;
                Gist::Procedure
            }
            Kind::PROCEDURE_RUN => {
                RunFacts::read(facts)?;
                Gist::Procedure
            }
            Kind::FORK_HEALED => {
                let ForkHealedFacts { log, heads } = ForkHealedFacts::read(facts)?;
                Gist::ForkHealed { log, heads }
            }
            Kind::RELEASE => {
                ReleaseFacts::read(facts)?;
                Gist::Release
            }
            _ => Gist::Unknown,
        })
    }

    /// Whether it is an operation that this version knows.
    pub fn operation(&self) -> Option<&Operation> {
        if let Gist::Operation(operation) = self { Some(operation) } else { None }
    }
}
