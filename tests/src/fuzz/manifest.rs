//! Open Know-How manifests, in YAML, TOML and JSON.

use aronde_protocol::document::authoring;
use aronde_protocol::document::draft::{DesignDraft, Draft};
use aronde_protocol::document::edit;
use aronde_protocol::interchange::okh::write;
use aronde_protocol::interchange::{Finding, Given, okh};
use aronde_protocol::licence;
use aronde_protocol::limits::{
    AUTHORS_MAX, BOM_LINES_MAX, DRAFT_TEXT_MAX, FINDINGS_MAX, MANIFEST_MAX, TITLE_MAX,
};

/// What is read fits into the entries of a document, and everything said about it fits on a screen.
pub fn body(bytes: &[u8]) {
    match okh::read(bytes, &Given::default()) {
        Ok(manifest) => {
            assert!(bytes.len() <= MANIFEST_MAX);
            fits(&manifest.draft);
            // What is written again is a manifest, or too long to be one.
            for version in [write::Version::One, write::Version::Two] {
                let text = write::manifest(&Draft::from(&manifest.draft), version);
                let again = okh::read(text.as_bytes(), &Given::default());
                assert!(again.is_ok() || text.len() > MANIFEST_MAX / 8, "{again:?}\n{text}");
            }
            told(&manifest.findings);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A draft that an importer made can be written.
pub fn fits(draft: &DesignDraft) {
    assert!(!draft.title.trim().is_empty() && draft.title.len() <= TITLE_MAX, "the title {:?}", draft.title);
    assert!(draft.description.len() <= DRAFT_TEXT_MAX || !draft.description.is_empty());
    assert!(draft.authors.len() <= AUTHORS_MAX && draft.bom.len() <= BOM_LINES_MAX);
    assert!(draft.licence.as_deref().is_none_or(|text| licence::parse(text).is_ok()));
    for batch in authoring::create_design(draft).expect("a draft can be written") {
        let written: Vec<edit::Written> = batch.edits.iter().cloned().map(edit::Written::Known).collect();
        assert_eq!(edit::check(&written), Ok(()));
    }
}

/// Findings are bounded.
pub fn told(findings: &[Finding]) {
    assert!(findings.len() <= FINDINGS_MAX + 1);
    assert!(findings.iter().all(|finding| !finding.what.is_empty()));
}

/// A manifest of each version and format, with what people write into them.
pub fn seeds() -> Vec<Vec<u8>> {
    let yaml = "# Open Know-How 1\ntitle: Hand pump\ndescription: |\n  Moves water.\n  Slowly.\nintended-use: irrigation\n\
                keywords: [pump, water]\nproject-link: https://example.org/north/pump.git\nversion: 1.2.0\n\
                license:\n  hardware: CERN-OHL-S-2.0\n  documentation: CC BY-SA 4.0\n\
                licensor:\n  name: Maker A\n  email: a@example.org\n  affiliation: &w Workshop North\n\
                contributors:\n  - name: Maker B\n    affiliation: *w\n\
                bom: bom.csv\nmaking-instructions:\n  - path: docs/assembly.md\n    title: Assembly\n\
                health-and-safety-notice: wear gloves\nmade: yes\n";
    let toml = "okhv = \"OKH-LOSHv1.0\"\nname = \"Tool wall bracket\"\nrepo = \"https://example.org/north/bracket\"\n\
                version = \"2.1\"\nlicense = \"CERN-OHL-P-2.0\"\nlicensor = [\"Maker A <a@example.org>\"]\n\
                function = \"holds tools\"\nreadme = \"README.md\"\nimage = [\"a.png\", \"b.png\"]\n\
                [[part]]\nname = \"bracket\"\nsource = \"bracket.scad\"\nexport = [\"bracket.stl\"]\n\
                [part.outer-dimensions]\nwidth = 10.5\nheight = 3\n";
    let json = "{\"title\": \"Frame\", \"version\": 3, \"license\": {\"hardware\": \"MIT\"}, \"function\": null,\n\
                \"bom\": [{\"part\": \"bolt\", \"quantity\": \"4\"}, {\"name\": \"nut\", \"qty\": 4.0}],\n\
                \"weird\": {\"deep\": [[1, -2.50e3], {\"a\": true}]}, \"licensor\": \"Maker A\"}";
    let odd = "title: \u{e9}\r\nlicense: All rights reserved\r\ndescription: >-\r\n  \u{202e}x\r\ntitle: twice\r\n? [a, b]\r\n: 1\r\n";
    let aliases = "title: x\na: &a [1, 2, 3]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n--- \ntitle: y\n";
    let mut seeds: Vec<Vec<u8>> =
        [yaml, toml, json, odd, aliases].map(|text| text.as_bytes().to_vec()).to_vec();
    seeds.push([0xff, 0xfe].into_iter().chain(toml.encode_utf16().flat_map(u16::to_le_bytes)).collect());
    seeds.push([b"\xef\xbb\xbf", yaml.as_bytes()].concat());
    seeds
}
