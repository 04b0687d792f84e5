//! Short texts with one spelling: ids, kinds, order keys, paths of files.

use aronde_protocol::document::order::OrderKey;
use aronde_protocol::entry::Kind;
use aronde_protocol::file_path::{FilePath, check_collisions};
use aronde_protocol::id::{EntryId, FileHash};
use aronde_protocol::limits::{FILE_NAME_MAX, FILE_PATH_DEPTH_MAX, FILE_PATH_MAX, KIND_MAX, ORDER_KEY_MAX};
use aronde_protocol::printable;

/// What is read is written as it was, and is within the limits.
pub fn body(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(id) = text.parse::<EntryId>() {
        assert_eq!(id.to_string(), text);
        assert_eq!(text.parse::<FileHash>().unwrap().as_bytes(), id.as_bytes());
    }
    if let Ok(kind) = Kind::new(text) {
        assert_eq!(kind.as_str(), text);
        assert!(text.len() <= KIND_MAX);
        assert_eq!(kind.class().is_operation(), text.starts_with("operation/"));
    }
    if let Ok(key) = OrderKey::parse(text) {
        order(&key, text);
    }
    if let Ok(path) = FilePath::from_disk(text) {
        file(&path);
        let parts: Vec<&str> = text.split('/').collect();
        let twin = FilePath::parse(&parts.join("/").to_uppercase());
        let _ = check_collisions([&path].into_iter().chain(&twin));
    }
    assert!(!FilePath::parse(text).is_ok_and(|path| path.as_str() != text));
    assert!(!printable::one_line(text).contains(['\n', '\r']));
    assert!(!printable::shown(text).chars().any(printable::is_hidden));
}

fn order(key: &OrderKey, text: &str) {
    assert_eq!(key.to_string(), text);
    assert!(text.len() <= ORDER_KEY_MAX);
    let after = OrderKey::between(Some(key), None);
    let before = OrderKey::between(None, Some(key));
    if let Ok(after) = &after {
        assert!(key < after);
        assert_eq!(OrderKey::parse(&after.to_string()).as_ref(), Ok(after));
    }
    if let Ok(before) = &before {
        assert!(before < key);
        assert_eq!(OrderKey::parse(&before.to_string()).as_ref(), Ok(before));
    }
    if let (Ok(before), Ok(after)) = (before, after) {
        let middle = OrderKey::between(Some(&before), Some(&after)).expect("two in order have one between");
        assert!(before < middle && middle < after);
    }
}

fn file(path: &FilePath) {
    let text = path.as_str();
    assert_eq!(FilePath::parse(text).as_ref(), Ok(path), "what a disk gives is fit for the wire");
    let names: Vec<&str> = text.split('/').collect();
    assert!(text.len() <= FILE_PATH_MAX && names.len() <= FILE_PATH_DEPTH_MAX);
    for name in names {
        assert!(!["", ".", ".."].contains(&name) && name.len() <= FILE_NAME_MAX);
        assert!(!name.contains(['\\', '\0', ':']), "{text:?} leads elsewhere on some system");
    }
    assert!(text.ends_with(path.name()) && text.starts_with(path.folder()));
    let _ = path.extension();
}

/// One of each.
pub fn seeds() -> Vec<Vec<u8>> {
    let id = EntryId::of(b"joint").to_string();
    let deep = ["a"; 16].join("/");
    let texts = [
        id.as_str(),
        Kind::FOUND,
        Kind::EDIT,
        "record/weather-report",
        "a0",
        "a1V",
        "Zz",
        "zzzzzzzzzzzzzzzzzzzzzzzzzzz",
        "A00000000000000000000000001",
        "okh.yml",
        "cad/frame v2.scad",
        "images/fa\u{e7}ade.png",
        "images/fac\u{327}ade.png",
        "com1.txt",
        "../../etc/passwd",
        "a/.git/config",
        deep.as_str(),
        "two\nlines\u{202e}",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
