//! Forms: what comes back from an editor.

use aronde_protocol::document::materialise::Document;
use aronde_protocol::document::update::update;
use aronde_protocol::interchange::form;

use super::edits::{DOCUMENT, base};

fn document() -> Document {
    Document::of(DOCUMENT, &[base()]).expect("a draft makes a document")
}

/// What is read can be written, and what a form of a document says changes nothing of it.
pub fn body(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let document = document();
    let _ = form::heads(text);
    match form::read(&document, text) {
        Ok(draft) => drop(update(&document, &draft)),
        Err(error) => assert!(error.to_string().len() < 2_000),
    }
}

/// Forms as people leave them.
pub fn seeds() -> Vec<Vec<u8>> {
    let whole = form::write(&document(), "design\nsave to change");
    let texts = [
        whole.as_str(),
        "title: Pump 2\ndescription: |\n  Two lines,\n\n  and a third.\nkeywords: [pump, \"hand; made\"]\n",
        "bom:\n  - part: bolt\n    quantity: 4 {piece}\n  - {part: nut, quantity: 8 {piece}}\nsteps: []\n",
        "manifest/x: {\"a\": [1, 2.50, null, true]}\nversion: 1.10\n",
        "# written from 0101\ntitle: &a x\nfunction: *a\n",
        "bom: 3\n",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
