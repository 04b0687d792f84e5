//! Who may ask at all; decided before anything of a request but its head is looked at.

use std::net::SocketAddr;

use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};

use super::{MAX_REQUEST, Token};

/// What a request has to show.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    /// `127.0.0.1:PORT`: a page of another site that has its name point here cannot say this.
    authority: String,
    /// The only origin that pages may come from.
    origin: String,
    token: Token,
}

/// Why a request is refused.
pub(super) type Refusal = (StatusCode, &'static str);

impl Guard {
    pub fn new(address: SocketAddr, token: Token) -> Self {
        Self { authority: address.to_string(), origin: format!("http://{address}"), token }
    }

    /// Refuses a request that may not be routed.
    pub fn check(&self, head: &Parts) -> Result<(), Refusal> {
        let other_host = (StatusCode::FORBIDDEN, "this is not the host you asked for");
        if only(head, &HOST) != Some(self.authority.as_bytes()) {
            return Err(other_host);
        }
        // The absolute form of a request names a host too.
        if head.uri.authority().is_some_and(|named| named.as_str() != self.authority) {
            return Err(other_host);
        }
        if head.headers.contains_key(ORIGIN) && only(head, &ORIGIN) != Some(self.origin.as_bytes()) {
            return Err((StatusCode::FORBIDDEN, "pages of other origins may not ask"));
        }
        let token = only(head, &AUTHORIZATION).and_then(|said| said.strip_prefix(b"Bearer "));
        if !token.is_some_and(|said| self.token.is(said)) {
            return Err((
                StatusCode::UNAUTHORIZED,
                "the token is missing or wrong; it is in HOME/http.token",
            ));
        }
        if head.method != Method::POST {
            return Err((StatusCode::METHOD_NOT_ALLOWED, "every command is a POST"));
        }
        if only(head, &CONTENT_TYPE) != Some(b"application/json") {
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json"));
        }
        let length = head.headers.get(CONTENT_LENGTH).and_then(|said| said.to_str().ok());
        match length.map(str::parse::<usize>) {
            None => Err((StatusCode::LENGTH_REQUIRED, "the length of the body must be said")),
            Some(Ok(length)) if length <= MAX_REQUEST => Ok(()),
            Some(_) => Err((StatusCode::PAYLOAD_TOO_LARGE, "the body is longer than 1 MiB")),
        }
    }
}

/// The value of a header that is there exactly once.
fn only<'a>(head: &'a Parts, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = head.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}
