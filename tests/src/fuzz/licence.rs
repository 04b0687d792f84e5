//! Licences as people write them.

use aronde_protocol::licence;

/// What is taken is a valid expression, and a proposal is one too.
pub fn body(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if text.len() > 4_096 {
        return;
    }
    if let Ok(expression) = licence::parse(text) {
        assert_eq!(licence::parse(&expression), Ok(expression.clone()));
        let _ = licence::closed(&expression);
    }
    let reading = licence::read(text);
    if let Some(expression) = &reading.expression {
        assert!(licence::parse(expression).is_ok(), "{expression:?} is proposed and refused");
    }
    assert!(reading.expression.is_some() || !reading.remarks.is_empty(), "nothing is said of {text:?}");
}

/// Expressions, names, and addresses.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "CERN-OHL-S-2.0",
        "MIT OR Apache-2.0 WITH LLVM-exception",
        "(CC-BY-SA-4.0 AND GPL-3.0-or-later)",
        "LicenseRef-Workshop-North",
        "CC BY-SA 4.0",
        "cern ohl v2 strongly reciprocal",
        "GPLv3+",
        "Creative Commons Attribution-NonCommercial 4.0 International",
        "https://creativecommons.org/licenses/by/4.0/",
        "All rights reserved",
        "TAPR Open Hardware License",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
