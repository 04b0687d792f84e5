//! What a page or another program asks of a node over its local interface.

use aronde_node::api::Request;
use aronde_node::http::read_request;
use serde_json::json;

/// A command, a zero byte, and the body of the request: what is read is that command, and is read again from
/// what it is written as.
pub fn body(bytes: &[u8]) {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    let Ok(command) = std::str::from_utf8(&bytes[..end]) else { return };
    let Ok((request, signer)) = read_request(command, bytes.get(end + 1..).unwrap_or_default()) else {
        return;
    };
    assert_eq!(request.command(), command, "another command is read than the one that was asked");
    assert!(Request::COMMANDS.contains(&command));
    let written = serde_json::to_value(&request).expect("a request can be written");
    let again = json!({ "request": written[command], "signer": signer }).to_string();
    assert_eq!(read_request(command, again.as_bytes()).expect("and read"), (request, signer));
}

/// Some commands with what they take.
pub fn seeds() -> Vec<Vec<u8>> {
    let seeds = [
        ("status", "{}"),
        (
            "design-new",
            r#"{"request":{"title":"Pump","version":"1"},"signer":{"home":{"passphrase":"joint"}}}"#,
        ),
        (
            "design-edit",
            r#"{"request":{"id":"0b0b","set":[["title","Hand pump"],["bom/1/quantity","4 h"]]}}"#,
        ),
        (
            "design-import",
            r#"{"request":{"path":"designs/pump"},"signer":{"file":{"path":"keys/a","passphrase":null}}}"#,
        ),
    ];
    seeds.map(|(command, body)| [command, "\0", body].concat().into_bytes()).to_vec()
}
