//! The local HTTP interface: how the `aronde` command, and later the pages, talk to a running node.
//!
//! ```text
//! POST /api/<command>     Host: 127.0.0.1:PORT
//! Authorization: Bearer <token>      Content-Type: application/json
//! {"request": {…}, "signer": {…}?}   →   200 the answer, or {"error": {kind, message, hints}}
//! POST /api/ping          →   {"version", "process"}
//! ```
//!
//! Invariants: it listens on loopback only. A request is refused before it is routed, and before
//! its body is read, unless it is a POST whose `Host` is exactly ours with its port, whose `Origin`
//! is ours or absent, and whose token is right (compared in constant time). The token is drawn at
//! every start and lies in `HOME/http.token`, mode 0600. No request changes anything but by POST,
//! and no other origin is ever allowed (no CORS).

pub mod client;
mod guard;
mod server;

pub use server::{HttpServer, read_request, serve};

use zeroize::Zeroizing;

use crate::api::Signer;

/// The longest body of a request, in bytes. The longest honest one is a few long fields of text;
/// files are named by their path, not sent.
pub const MAX_REQUEST: usize = 1 << 20;

/// The longest answer that is read, in bytes: a list of 100,000 designs.
pub const MAX_ANSWER: u64 = 64 << 20;

/// A question as it is sent: what is asked, and who signs.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// The fields of the request named by the path.
    #[serde(default)]
    request: serde_json::Value,
    /// Whose key signs; the home's, when absent.
    #[serde(default)]
    signer: Signer,
}

/// The word that opens the interface: 32 random bytes in hex.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// Draws a token.
    pub fn draw() -> std::io::Result<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(std::io::Error::other)?;
        Ok(Self(Zeroizing::new(hex::encode(*bytes))))
    }

    /// Compares in constant time, whatever the lengths: equality of BLAKE3 hashes is.
    fn is(&self, said: &[u8]) -> bool {
        blake3::hash(self.0.as_bytes()) == blake3::hash(said)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests;
