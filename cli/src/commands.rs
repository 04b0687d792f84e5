//! The commands, one file each.

mod agent;
mod attest;
mod audit;
mod book;
mod capacity;
mod charter;
mod checkpoint;
mod cite;
mod completions;
mod conflict;
mod contribute;
mod correct;
mod credential;
mod demo;
mod design;
mod forks;
mod init;
mod invite;
mod join;
mod key;
mod ledger;
mod member;
mod node;
mod parked;
mod policy;
mod proposal;
mod redact;
mod retract;
mod search;
mod settle;
mod shares;
mod sop;
mod status;
mod sync;
mod up;
mod verify;
mod why;
mod workshop;

use aronde_node::api::ServiceError;

use crate::context::Context;
use crate::error::Outcome;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Run the node; the first time, found a federation with your workshop
    Up(up::Up),
    /// Found a federation with your workshop, without running the node
    Init(init::Init),
    /// Join a federation with a ticket
    Join(join::Join),
    /// Print one ticket, for a workshop, a member or a node
    Invite(invite::Invite),
    /// The members of your workshop: admit, change, remove; rotate your key
    Member(member::Member),
    /// The workshops, and the motions that they decide together
    Workshop(workshop::Workshop),
    /// The machines that speak for your workshop
    Node(node::Node),
    /// What the federation agreed on, and by whom
    Charter(charter::Charter),
    /// What workshops vouch that they held at a moment, and what comes of that here
    Checkpoint(checkpoint::Checkpoint),
    /// What the federation set for itself
    Policy(policy::Policy),
    /// Your keys: show them, write them down, bring them back
    Key(key::Key),
    /// Designs: make, import, edit, list, show, their parts, files and history
    Design(design::Design),
    /// Fields that were set differently at the same time: list, show, decide
    Conflict(conflict::Conflict),
    /// What workshops can make and with what: sheets, lists of places, finding a machine, booking it
    Capacity(capacity::Capacity),
    /// Procedures (SOPs): make, import, edit, show, approve, adopt, follow, write out
    Sop(sop::Sop),
    /// Changes to designs and procedures that wait for those who keep them: see, take in, decline
    Proposal(proposal::Proposal),
    /// Write down what you did at a machine, in one line
    Book(book::Book),
    /// Search designs, procedures, capacity sheets and machines, in French, Dutch and English
    Search(search::Search),
    /// Say what was done, for which design, and how much
    Contribute(Box<contribute::Contribute>),
    /// Confirm or dispute a record
    Attest(attest::Attest),
    /// Write a contribution anew, in the place of one that was wrong
    Correct(correct::Correct),
    /// Take a record back
    Retract(retract::Retract),
    /// Say how a contribution was settled
    Settle(settle::Settle),
    /// Say what something was made on the ground of
    Cite(cite::Cite),
    /// People and groups in the ledger who are no members: list, claim
    Agent(agent::Agent),
    /// The records of contributions
    Ledger(ledger::Ledger),
    /// Contributions as documents for others: issue, cosign, check
    Credential(credential::Credential),
    /// Who gets what of an amount, by a rule, and why
    Shares(shares::Shares),
    /// What is held and doesn't count: why, and what would help
    Parked(parked::Parked),
    /// By what right an entry counts, back to the founding entry
    Why(why::Why),
    /// Have what is personal in an entry forgotten, everywhere
    Redact(redact::Redact),
    /// Check everything held again, from raw bytes
    Audit(audit::Audit),
    /// Places where one log has two hands, or one hand that forgot: list, show, prove, heal
    Forks(forks::Forks),
    /// Check a proof in a file, with no node and nobody to believe
    Verify(verify::Verify),
    /// Exchange with every peer that can be reached
    Sync(sync::Sync),
    /// Who you are, what is held, who is connected
    Status(status::Status),
    /// Show a federation of three workshops on this machine, and leave nothing behind
    Demo(demo::Demo),
    /// Print completions for your shell
    Completions(completions::Completions),
}

impl Command {
    /// Does it.
    pub fn run(self, context: &Context) -> Result<Outcome, ServiceError> {
        let done = match self {
            Self::Audit(command) => return command.run(context),
            Self::Verify(command) => return command.run(context),
            Self::Credential(command) => return command.run(context),
            Self::Up(command) => command.run(context),
            Self::Init(command) => command.run(context),
            Self::Join(command) => command.run(context),
            Self::Invite(command) => command.run(context),
            Self::Member(command) => command.run(context),
            Self::Workshop(command) => command.run(context),
            Self::Node(command) => command.run(context),
            Self::Charter(command) => command.run(context),
            Self::Checkpoint(command) => command.run(context),
            Self::Policy(command) => command.run(context),
            Self::Key(command) => command.run(context),
            Self::Design(command) => command.run(context),
            Self::Conflict(command) => command.run(context),
            Self::Capacity(command) => command.run(context),
            Self::Sop(command) => command.run(context),
            Self::Proposal(command) => command.run(context),
            Self::Book(command) => command.run(context),
            Self::Search(command) => command.run(context),
            Self::Contribute(command) => command.run(context),
            Self::Attest(command) => command.run(context),
            Self::Correct(command) => command.run(context),
            Self::Retract(command) => command.run(context),
            Self::Settle(command) => command.run(context),
            Self::Cite(command) => command.run(context),
            Self::Agent(command) => command.run(context),
            Self::Ledger(command) => command.run(context),
            Self::Shares(command) => command.run(context),
            Self::Parked(command) => command.run(context),
            Self::Why(command) => command.run(context),
            Self::Redact(command) => command.run(context),
            Self::Forks(command) => command.run(context),
            Self::Sync(command) => command.run(context),
            Self::Status(command) => command.run(context),
            Self::Demo(command) => command.run(context),
            Self::Completions(command) => command.run(),
        };
        done.map(|()| Outcome::Done)
    }
}
