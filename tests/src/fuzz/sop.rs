//! Pages of procedures in Markdown.

use aronde_protocol::document::authoring;
use aronde_protocol::document::edit;
use aronde_protocol::document::schema::procedure;
use aronde_protocol::interchange::{Given, sop};
use aronde_protocol::limits::{SOP_ITEMS_MAX, SOP_MAX, SOP_SECTIONS_MAX};

use super::manifest::told;

/// What is read is within its limits, fits into the entries of a document, is written as a page that is read as the
/// same, and printed without anything that runs.
pub fn body(bytes: &[u8]) {
    let Ok(page) = sop::read("page", bytes, &Given::default()) else { return };
    assert!(bytes.len() <= SOP_MAX);
    told(&page.findings);
    let len = |list: &str| page.draft.lists.get(list).map_or(0, Vec::len);
    assert!(len(procedure::SECTIONS) <= SOP_SECTIONS_MAX + 1);
    assert!(procedure::HELD_LISTS.iter().map(|list| len(list)).sum::<usize>() <= SOP_ITEMS_MAX);
    for batch in authoring::create(&procedure::KIND, &page.draft).expect("a page can be written") {
        let written: Vec<edit::Written> = batch.edits.iter().cloned().map(edit::Written::Known).collect();
        assert_eq!(edit::check(&written), Ok(()));
    }
    let text = sop::write(&page.draft);
    if text.len() <= SOP_MAX {
        let again = sop::read("page", text.as_bytes(), &Given::default()).expect("what is written is read");
        assert_eq!(again.draft, page.draft, "{text}");
    }
    let html = sop::html(&page.draft, &|_| None, &[], "").to_lowercase();
    assert!(!html.contains("<script") && !html.contains("<iframe") && !html.contains("href=\"javascript"));
}

/// Pages as people write them.
pub fn seeds() -> Vec<Vec<u8>> {
    [
        "---\ntitle: Drill\nlicense: CC BY-SA\nauthors: [Maker A]\n---\n# Drill\n\n## Safety\n- eyes\n- hair\n\n## Steps\n1. **Clamp**\n   the part\n2. Drill\n   - duration: 2 min\n",
        "# Découpe\n\n## Sécurité\n\n| Danger | Précaution |\n|---|---|\n| feu | rester |\n\n## Outils\n\n* laser\n\n## Étapes\n\n1) poser\n2) couper\n\n![a](img/a.png)\n",
        "# Nazicht\n\n## Controlepunten\n\n- [ ] maat\n  - methode: schuifmaat\n- [x] rand\n\n## Materialen\n\n+ plaat\n  - hoeveelheid: 2 m2\n",
        "Title\n=====\n\ntext\n\nSteps\n-----\n\n3. a\n\n   b\n\n4. c\n\n[^1]: note\n[r]: https://example.org\n",
        "<div class=\"x\">\n\n# A **b** `c` #\n\n</div>\n\n```\n# no\n",
        "## Steps\n1. a\n![x](y.png)\n2. b\n\n> # quoted\n> - c\n\n## Steps\n- d\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
