//! Drawing ports for a new home.

use std::io;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::RangeInclusive;

use super::HomeError;

/// Below the ports that systems hand out to outgoing connections, so that a drawn port is free
/// again at the next start.
pub const RANGE: RangeInclusive<u16> = 10_000..=32_000;

/// How many ports are tried.
const TRIES: usize = 200;

/// Draws a port on which both TCP and UDP can be had on every address now.
pub fn draw() -> Result<u16, HomeError> {
    for _ in 0..TRIES {
        let mut bytes = [0; 2];
        getrandom::fill(&mut bytes).map_err(|_| HomeError::NoPort)?;
        let port = RANGE.start() + u16::from_le_bytes(bytes) % (RANGE.end() - RANGE.start());
        if free(port).is_ok() {
            return Ok(port);
        }
    }
    Err(HomeError::NoPort)
}

fn free(port: u16) -> io::Result<()> {
    TcpListener::bind((Ipv4Addr::UNSPECIFIED, port))?;
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port))?;
    Ok(())
}
