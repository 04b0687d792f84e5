#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::client::Client;
use super::{MAX_REQUEST, serve};
use crate::api::{
    Answer, Audit, AuditAnswer, Checked, ErrorKind, LedgerList, Passphrase, Request, Service, ServiceError,
    Signer,
};
use crate::home::{Home, HomeDraft, NewHome};
use crate::store::Lock;

/// Notes what it is asked, answers audits, and fails everything else.
#[derive(Default)]
struct Fake(Mutex<Vec<(Request, Signer)>>);

impl Service for Fake {
    fn call(&self, request: Request, signer: Signer) -> Result<Answer, ServiceError> {
        self.0.lock().unwrap().push((request.clone(), signer));
        match request {
            Request::Audit(_) => Ok(Answer::Audit(AuditAnswer {
                ok: true,
                checked: Checked::default(),
                findings: vec![],
                since: None,
            })),
            Request::Status(_) => panic!("a fault in the service"),
            _ => Err(ServiceError::user("no id begins with \"ab\"").hint("see: aronde design list")),
        }
    }
}

struct Stand {
    _folder: tempfile::TempDir,
    home: Home,
    lock: Option<Lock>,
    address: SocketAddr,
    token: String,
    fake: Arc<Fake>,
    server: Option<super::HttpServer>,
    runtime: tokio::runtime::Runtime,
}

impl Stand {
    fn up() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewHome {
            name: "Maker A".into(),
            workshop: "Workshop North".into(),
            federation: "Commons".into(),
            member: None,
            next: false,
            passphrase: None,
            listen: vec![],
            http: None,
            mdns: false,
        };
        let home = HomeDraft::begin(&folder.path().join("home"), &new).unwrap().finish().unwrap();
        let mut lock = Lock::take(home.path()).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let fake = Arc::new(Fake::default());
        let server = runtime.block_on(serve(&home, "127.0.0.1:0".parse().unwrap(), fake.clone())).unwrap();
        lock.tell(Some(&server.address().to_string())).unwrap();
        let token = std::fs::read_to_string(home.http_token()).unwrap();
        Self {
            _folder: folder,
            lock: Some(lock),
            address: server.address(),
            token,
            fake,
            server: Some(server),
            runtime,
            home,
        }
    }

    /// The head of an honest request with `body` bytes to come, in lines that a test can change.
    fn head(&self, body: usize) -> Vec<String> {
        vec![
            "POST /api/audit HTTP/1.1".to_owned(),
            format!("Host: {}", self.address),
            format!("Authorization: Bearer {}", self.token),
            "Content-Type: application/json".to_owned(),
            format!("Content-Length: {body}"),
            "Connection: close".to_owned(),
        ]
    }

    fn send(&self, head: &[String], body: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(format!("{}\r\n\r\n{body}", head.join("\r\n")).as_bytes()).unwrap();
        let mut answer = vec![];
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    /// Sends the honest request with each line that begins with `name` replaced by `lines`, to a
    /// command and to a route that does not exist: a guard that stands before the routes refuses
    /// both alike.
    fn refuses(&self, name: &str, lines: &[&str], status: &str) {
        for route in ["/api/audit", "/nowhere"] {
            let mut head = self.head(2);
            head.retain(|line| !line.starts_with(name));
            head.extend(lines.iter().map(|line| (*line).to_owned()));
            if let Some(at) = head.iter().position(|line| line.ends_with("HTTP/1.1")) {
                let first = head.remove(at).replace("/api/audit", route);
                head.insert(0, first);
            }
            let answer = self.send(&head, "{}");
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{head:?}\n{answer}");
        }
        assert!(self.fake.0.lock().unwrap().is_empty(), "nothing that is refused reaches the service");
    }
}

#[test]
fn an_honest_request_is_answered_in_the_published_shape() {
    let stand = Stand::up();
    let answer = stand.send(&stand.head(2), "{}");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#"{"ok":true,"checked":{"entries":0,"#), "{answer}");
    assert!(!answer.to_lowercase().contains("access-control"), "no other origin is allowed");
}

#[test]
fn another_host_is_refused_before_routing() {
    let stand = Stand::up();
    let port = stand.address.port();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{}", port ^ 1),
        format!("localhost:{port}"),
        format!("127.0.0.1.:{port}"),
        format!("[::1]:{port}"),
        format!("user@127.0.0.1:{port}"),
        String::new(),
    ] {
        stand.refuses("Host", &[&format!("Host: {host}")], "403");
    }
    stand.refuses("Host", &[&format!("Host: 127.0.0.1:{port}"), "Host: evil.example"], "403");
    stand.refuses("POST", &["POST http://evil.example/api/audit HTTP/1.1"], "403");
}

#[test]
fn another_origin_is_refused_before_routing() {
    let stand = Stand::up();
    for origin in ["http://evil.example", "null", "https://127.0.0.1", "", "http://127.0.0.1"] {
        stand.refuses("Origin", &[&format!("Origin: {origin}")], "403");
    }
    let ours = format!("Origin: http://{}", stand.address);
    stand.refuses("Origin", &[&ours, "Origin: http://evil.example"], "403");
    let mut head = stand.head(2);
    head.push(ours);
    assert!(stand.send(&head, "{}").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_missing_or_wrong_token_is_refused_before_routing() {
    let stand = Stand::up();
    stand.refuses("Authorization", &[], "401");
    let (short, other) = (&stand.token[1..], "0".repeat(64));
    for said in [short, &other, "", &format!("{0}{0}", stand.token)] {
        stand.refuses("Authorization", &[&format!("Authorization: Bearer {said}")], "401");
    }
    stand.refuses("Authorization", &[&format!("Authorization: Basic {}", stand.token)], "401");
    let line = format!("Authorization: Bearer {}", stand.token);
    stand.refuses("Authorization", &[&line, &line], "401");
}

#[test]
fn another_method_or_form_is_refused_before_routing() {
    let stand = Stand::up();
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        stand.refuses("POST", &[&format!("{method} /api/audit HTTP/1.1")], "405");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        stand.refuses("Content-Type", &[&format!("Content-Type: {kind}")], "415");
    }
    stand.refuses("Content-Type", &[], "415");
}

#[test]
fn a_body_that_is_too_long_is_refused_before_it_is_read() {
    let stand = Stand::up();
    // Nothing of the body is ever sent: an answer shows that it was not waited for.
    stand.refuses("Content-Length", &[&format!("Content-Length: {}", MAX_REQUEST + 1)], "413");
    stand.refuses("Content-Length", &["Content-Length: 99999999999999999999"], "4");
    stand.refuses("Content-Length", &["Transfer-Encoding: chunked"], "411");
}

#[test]
fn what_does_not_fit_is_named() {
    let stand = Stand::up();
    let body = r#"{"request":{"subjekt":"ab"}}"#;
    let mut head = stand.head(body.len());
    head[0] = "POST /api/ledger-list HTTP/1.1".to_owned();
    let answer = stand.send(&head, body);
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("unknown field `subjekt`"), "{answer}");
    head[0] = "POST /api/format-disk HTTP/1.1".to_owned();
    let answer = stand.send(&head, body);
    assert!(answer.starts_with("HTTP/1.1 404") && answer.contains("there is no such command"), "{answer}");
}

#[test]
fn a_command_finds_the_node_and_gets_answers_and_errors_as_they_are() {
    let stand = Stand::up();
    let client = Client::find(&stand.home, Duration::ZERO).unwrap().unwrap();
    client.ping().unwrap();
    let signer =
        Signer::File { path: "/keys/other.key".into(), passphrase: Some(Passphrase::new("ash".to_owned())) };
    let answer = client.call(Request::Audit(Audit::default()), signer.clone()).unwrap();
    assert!(matches!(answer, Answer::Audit(AuditAnswer { ok: true, .. })));
    let list = Request::LedgerList(LedgerList { subject: Some("ab".into()), ..LedgerList::default() });
    let error = client.call(list.clone(), Signer::default()).unwrap_err();
    assert_eq!(error, ServiceError::user("no id begins with \"ab\"").hint("see: aronde design list"));
    let asked = stand.fake.0.lock().unwrap().clone();
    assert_eq!(asked, [(Request::Audit(Audit::default()), signer), (list, Signer::default())]);
}

#[test]
fn a_fault_in_the_service_is_an_answer_and_the_node_goes_on() {
    let stand = Stand::up();
    let client = Client::find(&stand.home, Duration::ZERO).unwrap().unwrap();
    let error = client.call(Request::Status(crate::api::Status {}), Signer::default()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Internal);
    client.ping().unwrap();
}

#[test]
fn a_node_that_died_gets_nothing_and_a_home_in_use_is_no_hang() {
    let mut stand = Stand::up();
    stand.runtime.block_on(stand.server.take().unwrap().stop());
    assert!(!stand.home.http_token().exists());
    // Whoever holds the home now, it does not answer.
    let error = Client::find(&stand.home, Duration::from_millis(100)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Config);
    assert!(error.message.contains(&format!("in use by process {}", std::process::id())), "{error}");

    // A node that was killed leaves its token and its words in the lock file, but not its lock.
    crate::secret_file::replace(&stand.home.http_token(), stand.token.as_bytes()).unwrap();
    drop(stand.lock.take());
    assert!(Client::find(&stand.home, Duration::ZERO).unwrap().is_none());
    let _lock = Lock::take(stand.home.path()).unwrap();
    assert!(Client::find(&stand.home, Duration::ZERO).is_err(), "the next holder is not taken for it");
}

#[test]
fn a_port_in_use_and_an_open_address_say_what_to_do() {
    let stand = Stand::up();
    let said = stand.runtime.block_on(serve(&stand.home, stand.address, stand.fake.clone())).unwrap_err();
    assert_eq!(said.kind, ErrorKind::Config);
    assert!(said.hints[0].contains("--http"), "{said:?}");
    let open = "0.0.0.0:0".parse().unwrap();
    let said = stand.runtime.block_on(serve(&stand.home, open, stand.fake.clone())).unwrap_err();
    assert_eq!(said.message, "0.0.0.0:0 can be reached by others");
}
