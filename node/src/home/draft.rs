//! Making a home: whole, or not at all.
//!
//! A home is built in a folder beside its place and renamed into it at the end. Whatever fails
//! before leaves nothing behind: no half home, no keys without an owner.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use aronde_protocol::key::SecretKey;
use libp2p::Multiaddr;

use super::{Config, Home, HomeError, MEMBER_KEY, NEXT_KEY, ports};
use crate::api::Passphrase;
use crate::key_file::{self, Purpose};
use crate::store::disk;
use crate::{node_key, secret_file};

/// What a new home is made from.
#[derive(Debug, Clone)]
pub struct NewHome {
    /// What the member is called.
    pub name: String,
    /// What the workshop is called.
    pub workshop: String,
    /// What the federation is called.
    pub federation: String,
    /// The member's key; drawn, when absent.
    pub member: Option<SecretKey>,
    /// Whether a next key is drawn. It is not for a further node of a member who has one.
    pub next: bool,
    /// Encrypts both.
    pub passphrase: Option<Passphrase>,
    /// Where the node listens; every address on a port that is drawn, when empty.
    pub listen: Vec<Multiaddr>,
    /// Where the local interface listens; a port that is drawn, when absent.
    pub http: Option<SocketAddr>,
    /// Whether to look for peers on the local network.
    pub mdns: bool,
}

/// A home under construction. Dropping it removes it.
#[derive(Debug)]
pub struct HomeDraft {
    home: Home,
    place: PathBuf,
    /// Keys that were restored to the place before the home was made.
    adopted: Vec<&'static str>,
}

impl HomeDraft {
    /// Begins a home for `place`, which must not exist, be empty, or hold nothing but keys that
    /// `key restore` put there; such keys become the keys of the home.
    pub fn begin(place: &Path, new: &NewHome) -> Result<Self, HomeError> {
        let adopted = look_at(place)?;
        let parent = place.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(parent).map_err(io_at("create", parent))?;
        let aside = secret_file::beside(place, "new").map_err(io_at("create", place))?;
        // The name aside is our own business; the message tells of the place.
        disk::create_private_folder(&aside).map_err(io_at("create", place))?;
        // From here on a failure drops the draft, and with it the folder.
        let draft = Self { home: Home { path: aside }, place: place.into(), adopted };
        draft.fill(new)?;
        Ok(draft)
    }

    fn fill(&self, new: &NewHome) -> Result<(), HomeError> {
        for name in &self.adopted {
            secret_file::create(&self.home.path.join(name), &secret_file::read(&self.place.join(name))?)?;
        }
        let passphrase = new.passphrase.as_ref();
        if !self.adopted.contains(&MEMBER_KEY) {
            let member = new.member.clone().map_or_else(key_file::draw, Ok)?;
            key_file::create(&self.home.member_key(), Purpose::Member, &member, passphrase)?;
        }
        if new.next && !self.adopted.contains(&NEXT_KEY) {
            key_file::create(&self.home.next_key(), Purpose::Next, &key_file::draw()?, passphrase)?;
        }
        node_key::create(&self.home.node_key())?;
        let config = Config {
            name: new.name.clone(),
            workshop: new.workshop.clone(),
            federation: new.federation.clone(),
            listen: if new.listen.is_empty() { every_address(ports::draw()?) } else { new.listen.clone() },
            http: match new.http {
                Some(http) => http,
                None => (Ipv4Addr::LOCALHOST, ports::draw()?).into(),
            },
            peers: vec![],
            mdns: new.mdns,
            endorse: super::Endorsing::default(),
        };
        Ok(config.create(&self.home.config_file())?)
    }

    /// The home under construction, to fill its store.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Puts the home in its place. Nothing in it may be open.
    pub fn finish(self) -> Result<Home, HomeError> {
        disk::sync_folder(&self.home.path).map_err(io_at("write", &self.home.path))?;
        look_at(&self.place)?;
        // The place may hold restored keys, which the draft holds too: they go once it is in place.
        let before = self.home.path.with_extension("before");
        let had = self.place.symlink_metadata().is_ok();
        if had {
            fs::rename(&self.place, &before).map_err(io_at("rename", &self.place))?;
        }
        if let Err(source) = fs::rename(&self.home.path, &self.place) {
            if had {
                let _ = fs::rename(&before, &self.place);
            }
            return Err(HomeError::Io { doing: "create", path: self.place.clone(), source });
        }
        if had {
            let _ = fs::remove_dir_all(&before);
        }
        disk::sync_name(&self.place).map_err(io_at("write", &self.place))?;
        Home::open(&self.place)
    }
}

impl Drop for HomeDraft {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.home.path);
    }
}

/// Makes the folder of a home that will hold nothing but restored keys until the home is made.
pub fn prepare(place: &Path) -> Result<(), HomeError> {
    look_at(place)?;
    if place.symlink_metadata().is_ok() {
        let metadata = place.metadata().map_err(io_at("open", place))?;
        return Ok(secret_file::check_owner_only(place, &metadata, "700")?);
    }
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent).map_err(io_at("create", parent))?;
    }
    create_folder(place)
}

/// Which keys wait at the place; refuses a place that holds anything else.
fn look_at(place: &Path) -> Result<Vec<&'static str>, HomeError> {
    let mut keys = vec![];
    let entries = match fs::read_dir(place) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(keys),
        // A file in its place; one above it is another fault.
        Err(e) if e.kind() == io::ErrorKind::NotADirectory && place.symlink_metadata().is_ok() => {
            return Err(HomeError::Occupied(place.into()));
        }
        Err(source) => return Err(HomeError::Io { doing: "open", path: place.into(), source }),
    };
    if Home::exists(place) {
        return Err(HomeError::Exists(place.into()));
    }
    for entry in entries {
        let name = entry.map_err(io_at("read", place))?.file_name();
        match [MEMBER_KEY, NEXT_KEY].into_iter().find(|key| name == *key) {
            Some(key) => keys.push(key),
            None => return Err(HomeError::Occupied(place.into())),
        }
    }
    Ok(keys)
}

/// Creates a folder that only its owner can open.
pub(super) fn create_folder(path: &Path) -> Result<(), HomeError> {
    disk::create_private_folder(path).map_err(io_at("create", path))
}

/// TCP and QUIC on every address of the machine.
fn every_address(port: u16) -> Vec<Multiaddr> {
    use libp2p::multiaddr::Protocol::{Ip4, Ip6, QuicV1, Tcp, Udp};
    use std::net::Ipv6Addr;
    [Ip4(Ipv4Addr::UNSPECIFIED), Ip6(Ipv6Addr::UNSPECIFIED)]
        .into_iter()
        .flat_map(|ip| {
            let base = Multiaddr::empty().with(ip);
            [base.clone().with(Tcp(port)), base.with(Udp(port)).with(QuicV1)]
        })
        .collect()
}

fn io_at(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> HomeError + use<> {
    let path = path.to_owned();
    move |source| HomeError::Io { doing, path: path.clone(), source }
}
