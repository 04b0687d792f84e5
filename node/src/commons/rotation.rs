//! `member rotate`: the home's member key gives way to its next key.
//!
//! Invariant: at no moment is a key lost that the federation needs. The new files are written aside first,
//! then the rotation is kept, then the files are swapped. What a crash leaves half done is finished at the
//! next start if the rotation is held, and else undone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use aronde_protocol::authority::operation::{Operation, Rotate};
use aronde_protocol::id::MembershipId;
use aronde_protocol::replica::Replica;

use super::{Commons, Log, operation};
use crate::api::{MemberChanged, MemberRotate, ServiceError, Signer};
use crate::home::{Home, HomeError};
use crate::key_file::{self, Purpose};
use crate::secret_file;
use crate::store::disk;

impl Commons {
    /// `member rotate`.
    pub(super) fn member_rotate(
        &self,
        rotate: &MemberRotate,
        signer: &Signer,
    ) -> Result<MemberChanged, ServiceError> {
        if matches!(signer, Signer::File { .. }) {
            return Err(ServiceError::user(
                "only the home's own key is rotated here, and --key names another",
            )
            .hint("leave --key away, in the home whose key it is"));
        }
        let path = rotate.next.clone().unwrap_or_else(|| self.home.next_key());
        if path.symlink_metadata().is_err() {
            return Err(ServiceError::user(format!("the next key is not there: {}", path.display()))
                .hint("bring it back from its words: aronde key restore --next")
                .hint("if they are lost too, a steward of your workshop can help: aronde member replace"));
        }
        let read = |path: &Path, purpose, passphrase: Option<&_>| {
            key_file::read(path, purpose, passphrase).map_err(HomeError::from)
        };
        let old = read(&self.home.member_key(), Purpose::Member, rotate.passphrase.as_ref())?;
        let new = read(&path, Purpose::Next, rotate.next_passphrase.as_ref())?;
        let fresh = key_file::draw().map_err(HomeError::from)?;
        let mut entries = self.entries();
        entries.check_writable()?;
        self.acting(&entries, old.member(), |_| true, "a member")?;
        let replica = entries.replica();
        let shown = new.member().commitment();
        let (mine, others): (Vec<_>, Vec<_>) =
            replica.authority().memberships_of(old.member()).partition(|(_, m)| m.next == shown);
        let Some((_, first)) = mine.first() else {
            return Err(ServiceError::user(format!(
                "the key in {} is not the one that was named as your next key",
                path.display()
            ))
            .hint("bring the right one back from its words: aronde key restore --next")
            .hint("a steward of your workshop can replace a key too: aronde member replace"));
        };
        let workshop = first.workshop;
        let role = Some(first.role);
        let mut notes: Vec<String> = Self::named(&entries, others.iter().map(|(_, m)| &m.workshop))
            .into_iter()
            .map(|w| {
                let name = w.name.unwrap_or_else(|| w.id.short());
                format!(
                    "in {name} another next key was named: a steward there must replace yours (aronde member replace)"
                )
            })
            .collect();
        let cut = replica.cut(&[old.member()].into());
        let drafts: Result<Vec<_>, ServiceError> = mine
            .iter()
            .map(|(id, _)| {
                let membership: MembershipId = **id;
                let next = fresh.member().commitment();
                let mut facts =
                    Rotate { membership, key: new.member(), next, cut: cut.clone(), proof: [0; 64] };
                facts.proof = new.sign(&facts.statement(replica.federation(), old.member()));
                operation(&Operation::Rotate(facts), None)
            })
            .collect();
        let drafts = drafts?;

        settle(&self.home, replica)?;
        let [next_aside, member_aside] = asides(&self.home);
        let passphrase = rotate.passphrase.as_ref();
        key_file::create(&next_aside, Purpose::Next, &fresh, passphrase).map_err(HomeError::from)?;
        let put = key_file::create(&member_aside, Purpose::Member, &new, passphrase);
        let written = put.map_err(|e| HomeError::from(e).into()).and_then(|()| {
            self.write(&mut entries, &old, Log::Operations, |burst| {
                let ids: Result<Vec<_>, _> = drafts.into_iter().map(|draft| burst.add(draft)).collect();
                Ok(ids?)
            })
        });
        let ids = match written {
            Ok(ids) => ids,
            Err(error) => {
                settle(&self.home, entries.replica())?;
                return Err(error);
            }
        };
        let kept = swap(&self.home)?;
        *self.member.write().unwrap_or_else(PoisonError::into_inner) = new.member();
        let mut open = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        if open.is_some() {
            *open = Some(new.clone());
        }
        drop(open);
        self.look(&mut entries);
        notes.push(format!("the old key is of no more use; its file is kept as {}", kept.display()));
        notes.push("both keys are new: write them down with aronde key backup".to_owned());
        Ok(MemberChanged {
            id: ids.first().copied(),
            did: new.member(),
            name: Self::name_of(&entries, new.member()),
            workshop,
            workshop_name: Self::workshop_name(&entries, &workshop),
            role,
            charter: None,
            notes,
        })
    }
}

/// Where the next key and the member key wait until the rotation is kept.
fn asides(home: &Home) -> [PathBuf; 2] {
    [home.next_key(), home.member_key()].map(|path| path.with_extension("key.rotating"))
}

/// Finishes what a crash left half done if the rotation is held, and undoes it else.
pub(super) fn settle(home: &Home, replica: &Replica) -> Result<(), ServiceError> {
    let [next_aside, member_aside] = asides(home);
    let there = |path: &Path| path.symlink_metadata().is_ok();
    if !there(&next_aside) && !there(&member_aside) {
        return Ok(());
    }
    let rotated = key_file::inspect(&member_aside).is_ok_and(|state| {
        replica.operations().any(
            |held| matches!(held.gist.operation(), Some(Operation::Rotate(said)) if said.key == state.public),
        )
    });
    if rotated {
        tracing::info!("a rotation that was interrupted is finished");
        swap(home)?;
        return Ok(());
    }
    tracing::info!("a rotation that was interrupted is undone");
    for aside in [&member_aside, &next_aside].into_iter().filter(|path| there(path)) {
        fs::remove_file(aside).map_err(io_at("remove", aside))?;
    }
    Ok(())
}

/// Puts the new keys in their place, the next key first, and answers where the old member key is kept.
fn swap(home: &Home) -> Result<PathBuf, ServiceError> {
    let [next_aside, member_aside] = asides(home);
    if next_aside.symlink_metadata().is_ok() {
        fs::rename(&next_aside, home.next_key()).map_err(io_at("rename", &next_aside))?;
    }
    let member = home.member_key();
    let kept = secret_file::beside(&member, "old").map_err(io_at("rename", &member))?;
    fs::hard_link(&member, &kept).map_err(io_at("keep", &member))?;
    fs::rename(&member_aside, &member).map_err(io_at("rename", &member_aside))?;
    disk::sync_name(&member).map_err(io_at("write", &member))?;
    Ok(kept)
}

fn io_at(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> ServiceError + use<> {
    let path = path.to_owned();
    move |source| HomeError::Io { doing, path: path.clone(), source }.into()
}
