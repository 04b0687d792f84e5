//! `agent list | claim`: people and groups who are no members, and who of the members says that one is them.

use std::collections::HashMap;

use aronde_protocol::authority::Role;
use aronde_protocol::entry::Kind;
use aronde_protocol::id::EntryId;
use aronde_protocol::record::agent::{AgentClaimFacts, AgentKind, AgentWord};

use super::super::entries::Entries;
use super::super::resolve::resolve;
use super::super::{Commons, Log};
use super::draft;
use crate::api::{AgentClaim, AgentClaimed, AgentRow, ServiceError, Signer};

impl Commons {
    /// `agent list`.
    pub(in crate::commons) fn agent_list(&self) -> Result<Vec<AgentRow>, ServiceError> {
        let entries = self.entries();
        self.agent_rows(&entries)
    }

    fn agent_rows(&self, entries: &Entries) -> Result<Vec<AgentRow>, ServiceError> {
        let mut rows = self.with_ledger(entries, |ledger, view| {
            let mut records: HashMap<EntryId, u64> = HashMap::new();
            for agent in view.lines().filter_map(|line| line.agent) {
                *records.entry(agent).or_default() += 1;
            }
            let rows = ledger.agents().map(|(id, agent)| AgentRow {
                id,
                kind: match agent.kind {
                    AgentKind::Person => "person".to_owned(),
                    AgentKind::Group => "group".to_owned(),
                },
                name: Self::agent_name(entries, &id),
                author: agent.author,
                claimed_by: view.claimants(&id).collect(),
                records: records.get(&id).copied().unwrap_or(0),
            });
            Ok(rows.collect::<Vec<_>>())
        })?;
        rows.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| (&a.name, a.id).cmp(&(&b.name, b.id))));
        Ok(rows)
    }

    /// The agents that are called so: one by its id, or all of a name.
    pub(super) fn agents_called(&self, entries: &Entries, text: &str) -> Result<Vec<EntryId>, ServiceError> {
        let agents: Vec<EntryId> = self.table(entries)?.ledger.agents().map(|(id, _)| id).collect();
        let mut called: Vec<EntryId> = agents
            .iter()
            .filter(|id| Self::agent_name(entries, id).is_some_and(|name| name == text.trim()))
            .copied()
            .collect();
        if called.is_empty() {
            called.extend(resolve(text, "an agent", agents.into_iter()).ok());
        }
        Ok(called)
    }

    /// `agent claim`.
    pub(in crate::commons) fn agent_claim(
        &self,
        said: AgentClaim,
        signer: &Signer,
    ) -> Result<AgentClaimed, ServiceError> {
        let key = self.key(signer)?;
        let mut entries = self.entries();
        self.acting(&entries, key.member(), Role::writes, "a maker or a steward")?;
        let shown: String = said.agent.chars().take(80).collect();
        let agent = match self.agents_called(&entries, &said.agent)?.as_slice() {
            [one] => *one,
            [] => {
                return Err(ServiceError::user(format!("no agent is called \"{shown}\""))
                    .hint("see who was found: aronde agent list"));
            }
            many => {
                let ids: Vec<String> = many.iter().take(5).map(EntryId::short).collect();
                return Err(ServiceError::user(format!("{} agents are called \"{shown}\"", many.len()))
                    .hint(format!("claim one after the other by id: {}", ids.join(", "))));
            }
        };
        let kind = self.table(&entries)?.ledger.agent(&agent).map(|agent| agent.kind);
        if kind == Some(AgentKind::Group) {
            return Err(ServiceError::user(format!("\"{shown}\" is a group, and no one member is a group")));
        }
        let word = if said.withdraw { AgentWord::Withdraw } else { AgentWord::Claim };
        let draft = draft(Kind::AGENT_CLAIM, Some(agent), AgentClaimFacts { word }.encode()?, said.note)?;
        let id = self.write(&mut entries, &key, Log::Work, |burst| Ok(burst.add(draft)?))?;
        let rows = self.agent_rows(&entries)?.into_iter();
        let agent = rows.into_iter().find(|row| row.id == agent);
        Ok(AgentClaimed {
            id,
            agent: agent.ok_or_else(|| ServiceError::internal("an agent that is held is not listed"))?,
        })
    }
}
