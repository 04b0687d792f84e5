//! `aronde up`: run the node; the first time, make the home.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use aronde_node::api::{Passphrase, ServiceError, StatusAnswer};
use aronde_node::home::Home;
use aronde_node::run::{self, Founding};
use aronde_protocol::limits::NAME_MAX;
use aronde_protocol::wire::Text;
use libp2p::Multiaddr;

use super::init;
use crate::context::Context;
use crate::output::{clean, or_dash};
use crate::progress::OnStderr;
use crate::{passphrase, values};

/// `aronde up`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  aronde up
  aronde up --name \"Maker A\" --workshop \"Workshop North\" --federation \"Commons of the North\"
  aronde up --listen /ip4/0.0.0.0/tcp/20114 --listen /ip4/0.0.0.0/udp/20114/quic-v1

The node ends with Ctrl-C or SIGTERM.")]
pub struct Up {
    /// Listen for peers at this address instead of those in config.toml (may be repeated)
    #[arg(long, value_name = "ADDR")]
    listen: Vec<Multiaddr>,
    /// Offer the local interface at this address of this machine instead of the one in config.toml
    #[arg(long, value_name = "ADDR", value_parser = loopback)]
    http: Option<SocketAddr>,
    /// Do not look for peers on the local network
    #[arg(long)]
    no_mdns: bool,
    /// The first time: what you are called
    #[arg(long, value_parser = values::name)]
    name: Option<String>,
    /// The first time: what your workshop is called
    #[arg(long, value_parser = values::name)]
    workshop: Option<String>,
    /// The first time: what the new federation is called
    #[arg(long, value_parser = values::name)]
    federation: Option<String>,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        _ => Err("an address of this machine only is expected, as 127.0.0.1:20115".to_owned()),
    }
}

impl Up {
    pub fn run(self, context: &Context) -> Result<(), ServiceError> {
        let place = context.place()?;
        let progress = OnStderr::default();
        let passphrase = if Home::exists(&place) {
            if self.name.is_some() || self.workshop.is_some() || self.federation.is_some() {
                eprintln!("The home {} exists; the names are left as they are.", place.display());
            }
            None
        } else {
            Some(self.first_run(context, &place)?)
        };
        let home = Home::open(&place)?;
        let passphrase = match passphrase {
            Some(just_chosen) => just_chosen,
            None => context.passphrase_for(&home.member_key())?,
        };
        let up = run::Up { listen: self.listen, http: self.http, no_mdns: self.no_mdns, passphrase };
        // A failure to say that the node is up is no reason to end it.
        let ready = |status: &StatusAnswer| {
            let _ = context.show(status, || running(status));
        };
        run::up(&home, &up, &ready, &progress)
    }

    /// Asks on a terminal for what was not said, and takes what login and host say otherwise.
    fn first_run(&self, context: &Context, place: &Path) -> Result<Option<Passphrase>, ServiceError> {
        let key = init::key_source(context, place)?;
        let asking = passphrase::can_ask();
        if asking {
            eprintln!("There is no home in {} yet; this makes one.", place.display());
            eprintln!("To join a federation that exists, end this with Ctrl-C and use: aronde join TICKET\n");
        }
        let host = host_name();
        let name = choose(self.name.as_ref(), asking, "Your name", &login_name())?;
        let workshop = choose(self.workshop.as_ref(), asking, "Your workshop", &format!("Workshop {host}"))?;
        let federation =
            choose(self.federation.as_ref(), asking, "The federation", &format!("Commons of {workshop}"))?;
        let founding = Founding {
            name,
            workshop,
            federation,
            passphrase: init::passphrase(context, place)?,
            key,
            // What is chosen the first time is kept in config.toml.
            listen: self.listen.clone(),
            http: self.http,
            mdns: !self.no_mdns,
        };
        let joined = run::init(place, &founding)?;
        eprintln!("{}", init::welcome(&joined));
        Ok(founding.passphrase)
    }
}

/// The value that was given, or typed, or else the one proposed, which is then said.
fn choose(given: Option<&String>, asking: bool, what: &str, proposed: &str) -> Result<String, ServiceError> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    // What is made up from other names can be longer than a name may be.
    let proposed = Text::<NAME_MAX>::cut(proposed);
    let proposed = proposed.as_str().trim_end();
    if !asking {
        eprintln!("{what}: {proposed} (choose another with --name, --workshop, --federation)");
        return Ok(proposed.to_owned());
    }
    loop {
        eprint!("{what} [{proposed}]: ");
        let _ = std::io::stderr().flush();
        let mut line = String::new();
        let read = std::io::stdin()
            .read_line(&mut line)
            .map_err(|e| ServiceError::user(format!("the answer cannot be read: {e}")))?;
        if read == 0 {
            return Err(ServiceError::user("nothing was made, since the questions were not answered")
                .hint("answer them, or give --name, --workshop and --federation"));
        }
        if line.trim().is_empty() {
            return Ok(proposed.to_owned());
        }
        match values::name(&line) {
            Ok(name) => return Ok(name),
            Err(why) => eprintln!("{why}"),
        }
    }
}

fn login_name() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .filter_map(|variable| std::env::var(variable).ok())
        .find_map(|login| values::name(&login).ok())
        .unwrap_or_else(|| "maker".to_owned())
}

#[cfg(unix)]
fn host_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    // Only the machine's own name, without its domain.
    let own = name.split('.').next().unwrap_or_default();
    values::name(own).unwrap_or_else(|_| "one".to_owned())
}

#[cfg(not(unix))]
fn host_name() -> String {
    std::env::var("COMPUTERNAME").ok().and_then(|n| values::name(&n).ok()).unwrap_or_else(|| "one".to_owned())
}

fn running(status: &StatusAnswer) -> String {
    let mut text = format!(
        "{} of {} is up in {}\n",
        or_dash(status.member.name.as_deref()),
        or_dash(status.workshop.name.as_deref()),
        or_dash(status.federation.name.as_deref()),
    );
    // Those that only this machine or its own wire knows are in `status`.
    let near =
        |address: &str| ["/ip4/127.", "/ip6/::1/", "/ip6/fe80:"].iter().any(|n| address.starts_with(n));
    let (near, far): (Vec<_>, Vec<_>) = status.node.addresses.iter().partition(|address| near(address));
    for address in if far.is_empty() { near } else { far } {
        text += &format!("  peers   {}\n", clean(address));
    }
    if let Some(http) = &status.node.http {
        text += &format!("  local   {}\n", clean(http));
    }
    for warning in &status.warnings {
        text += &format!("! {}\n", clean(warning));
    }
    text + "Invite another workshop with: aronde invite --workshop NAME\nEnd with Ctrl-C.\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_and_host_give_names_that_can_be_used() {
        assert!(values::name(&login_name()).is_ok());
        assert!(values::name(&host_name()).is_ok());
    }

    #[test]
    fn a_proposed_name_is_never_too_long_to_be_used() {
        let proposed = choose(None, false, "The federation", &format!("Commons of {}", "é".repeat(32)));
        assert!(proposed.is_ok_and(|name| values::name(&name).is_ok()));
    }

    #[test]
    fn the_local_interface_is_for_this_machine_only() {
        assert!(loopback("127.0.0.1:20115").is_ok() && loopback("[::1]:20115").is_ok());
        assert!(loopback("0.0.0.0:20115").is_err() && loopback("127.0.0.1").is_err());
    }
}
