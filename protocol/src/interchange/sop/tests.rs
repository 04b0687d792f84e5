#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;
use crate::document::schema::procedure;

fn page(text: &str) -> Sop {
    read("page", text.as_bytes(), &Given::default()).unwrap()
}

fn items<'a>(sop: &'a Sop, list: &str) -> Vec<&'a Wanted> {
    sop.draft.lists.get(list).into_iter().flatten().map(|item| &item.fields).collect()
}

fn said(item: &Wanted, field: &str) -> String {
    item.get(field).map(ToString::to_string).unwrap_or_default()
}

/// Reads, writes, reads and writes again.
fn again(sop: &Sop) -> String {
    let written = write(&sop.draft);
    let twice =
        read("page", written.as_bytes(), &Given::default()).unwrap_or_else(|e| panic!("{e}\n{written}"));
    assert_eq!(twice.draft, sop.draft, "{written}");
    assert_eq!(write(&twice.draft), written);
    written
}

const PAGE: &str = "\
---
title: Cutting plywood
licence: CC-BY-SA-4.0
language: en
room: B005 # kept
---
# Cutting plywood

[[Splash|back]]

## Purpose

Even edges.

## Safety

- Fire
  - precaution: stay beside the machine
- Fumes

### Personal protective equipment

Goggles for **everyone**.

## Tools

| Tool | Process | Quantity |
|:-----|:-------:|---|
| Laser | laser cutting | 1 {piece} |

## Materials

* birch plywood
  - quantity: 2 m2

## Steps

Do it in this order.

1. **Lay the sheet**

   flat, the good side up

   ![sheet](img/sheet.jpg)
2. Close the lid
   - duration: 2 min
3. Cut

Then wait.

## Checks

- [ ] Edges are brown
  - acceptance: no black
- [x] Filter is new

## Nested | odd

- a
  - b

```sh
# no heading
```
<div class=\"x\">

text

</div>
";

#[test]
fn a_page_is_taken_apart_by_its_headings_and_written_with_the_same_meaning() {
    let sop = page(PAGE);
    assert_eq!(sop.findings, []);
    let field = |name: &str| sop.draft.fields[name].to_string();
    assert_eq!(
        [field("title"), field("licence"), field("language")],
        ["Cutting plywood", "CC-BY-SA-4.0", "en"]
    );
    assert_eq!(
        (field("purpose").as_str(), field("front-matter").as_str()),
        ("Even edges.", "room: B005 # kept")
    );
    assert_eq!(field("protective-equipment"), "Goggles for **everyone**.");
    let hazards = items(&sop, procedure::HAZARDS);
    assert_eq!(
        (said(hazards[0], "hazard"), said(hazards[0], "precaution")),
        ("Fire".into(), "stay beside the machine".into())
    );
    let tools = items(&sop, procedure::TOOLS);
    assert_eq!(
        (said(tools[0], "process"), said(tools[0], "quantity")),
        ("laser cutting".into(), "1 {piece}".into())
    );
    assert_eq!(said(items(&sop, procedure::MATERIALS)[0], "quantity"), "2 m2");
    let steps = items(&sop, procedure::STEPS);
    assert_eq!(steps.len(), 3);
    assert_eq!(
        (said(steps[0], "title"), said(steps[0], "picture")),
        ("Lay the sheet".into(), "img/sheet.jpg".into())
    );
    assert_eq!(
        (said(steps[1], "text"), said(steps[1], "duration")),
        ("Close the lid".into(), "2 min".into())
    );
    let controls = items(&sop, procedure::CONTROLS);
    assert_eq!(
        (said(controls[0], "what"), said(controls[0], "acceptance")),
        ("Edges are brown".into(), "no black".into())
    );
    assert_eq!(said(controls[1], "checked"), "yes");
    assert_eq!(sop.files.iter().map(|(p, _)| p.as_str()).collect::<Vec<_>>(), ["img/sheet.jpg"]);
    let written = again(&sop);
    let body = |page: &str| front::split(page).1.to_owned();
    assert!(outline::same_meaning(&body(PAGE), &body(&written)), "{written}");
}

#[test]
fn the_headings_of_three_languages_mean_the_same() {
    for (headings, code) in [
        (["Objectif", "Sécurité", "Outils", "Matériaux", "Étapes", "Points de contrôle"], "fr"),
        (["Doel", "Veiligheid", "Gereedschap", "Materialen", "Stappen", "Controlepunten"], "nl"),
        (["Purpose", "Safety", "Tools", "Materials", "Steps", "Control points"], "en"),
    ] {
        let mut text = "# X\n".to_owned();
        for heading in headings {
            text += &format!("\n## ⚠️ {heading}\n\n- one\n- two\n");
        }
        let sop = page(&text);
        for list in procedure::HELD_LISTS {
            assert_eq!(items(&sop, list).len(), 2, "{list} in {code}");
        }
        assert_eq!(sop.draft.fields["language"].to_string(), code);
        again(&sop);
    }
}

#[test]
fn what_is_no_procedure_is_refused_with_line_and_reason() {
    for (bytes, line, why) in [
        (&b""[..], 1, "empty"),
        (b"\n \n", 1, "empty"),
        (b"PK\x03\x04\0\0", 1, "not text"),
        (b"Name,Qty\nnut,4\nbolt,5\n", 1, "CSV"),
        (b"\n\nName;Qty\nnut;4\nbolt;5\n", 3, "CSV"),
        (b"title: x\nfunction: y\nlicense:\n  hardware: MIT\n", 1, "settings"),
        (b"{\"a\": [1]}", 1, "JSON"),
        (b"<!doctype html>\n<h1>x</h1>", 1, "HTML"),
        (b"ISO-10303-21;\nHEADER;\n", 1, "STEP"),
        (b"---\ntitle: x\n---\n\n", 4, "front matter"),
        (b"Wear gloves. Then cut.\n", 1, "no heading"),
    ] {
        let error = read("x.md", bytes, &Given::default()).unwrap_err();
        assert!(error.line == line && error.what.contains(why), "{error}");
    }
    assert!(read("x", &vec![b'a'; SOP_MAX + 1], &Given::default()).is_err());
    let long = format!("# A\n\ntext\n\n## B\n\n{}", "word ".repeat(20_000));
    assert_eq!(read("x", long.as_bytes(), &Given::default()).unwrap_err().line, 5);
}

#[test]
fn a_page_without_a_title_is_called_by_its_name_and_gets_a_heading() {
    let sop = read("drill", b"Before.\n\n## Steps\n1. a\n2. b\n", &Given::default()).unwrap();
    assert_eq!(sop.draft.fields["title"].to_string(), "drill");
    assert!(sop.findings.iter().any(|f| f.what.contains("no title")));
    assert!(
        again(&sop).starts_with("---\nlanguage: en\n---\n\n# drill\n\nBefore.\n\n## Steps\n\n1. a\n2. b\n")
    );
}

#[test]
fn steps_right_below_the_title_are_steps() {
    let sop = page("# Stool\n\nYou need glue.\n\n1. Cut\n   twice\n2. Glue\n\nWait.\n");
    assert_eq!(items(&sop, "steps").len(), 2);
    again(&sop);
    let sop = page("Before.\n\n- [ ] a\n- [ ] b\n");
    assert_eq!(items(&sop, "controls").len(), 2);
    again(&sop);
}

#[test]
fn names_of_authors_are_items_and_not_text_of_the_page() {
    let sop = page("---\nauthors: [Maker A, \"Maker B\"]\nlicense: mit\n---\n# A\n\n1. a\n2. b\n");
    assert_eq!(items(&sop, "authors").len(), 2);
    assert_eq!(sop.draft.fields["licence"].to_string(), "MIT");
    assert_eq!(sop.draft.fields["front-matter"].to_string(), "license: mit");
    again(&sop);
}

#[test]
fn what_cannot_be_written_again_the_same_way_stays_a_text() {
    // A list that is broken by a picture, and one that goes on.
    let sop = page("# A\n\n## Steps\n\n1. a\n\n![x](y.png)\n\n2. b\n");
    assert!(items(&sop, "steps").is_empty());
    again(&sop);
    // Two sections of one heading: items could not say in which they stand.
    let sop = page("# A\n\n## Steps\n\n1. a\n2. b\n\n## Steps\n\n1. c\n2. d\n");
    assert_eq!(items(&sop, "steps").len(), 2);
    again(&sop);
}

#[test]
fn a_page_for_printing_holds_nothing_that_runs_or_is_fetched() {
    let text = "# A <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[x](javascript:alert(1)) [y](https://example.org)\n\n\
        ## Steps\n\n1. see ![p](p.png) ![q](https://example.org/q.png)\n2. b\n\n## Checks\n\n- [ ] even\n";
    let sop = page(text);
    let html = html(
        &sop.draft,
        &|path| (path == "p.png").then(|| ("image/png", vec![1, 2, 3])),
        &[("revision".into(), "ab<cd".into())],
        "",
    );
    for never in ["<script", "<img src=x", "href=\"javascript", "src=\"https://", "ab<cd"] {
        assert!(!html.contains(never), "{never} in {html}");
    }
    for there in [
        "data:image/png;base64,AQID",
        "https://example.org/q.png",
        "&lt;script&gt;",
        "class=\"box\"",
        "<ol class=\"steps\"",
    ] {
        assert!(html.contains(there), "{there} in {html}");
    }
}

/// The real pages, and what is found in them. Run with `--nocapture` for the figures.
#[test]
fn every_real_page_is_read_and_written_without_loss() {
    let data = std::env::var("ARONDE_DATA")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    let Ok(folder) = std::fs::read_dir(std::path::Path::new(&data).join("sops")) else {
        eprintln!("SKIPPED: no real pages in {data}/sops; set ARONDE_DATA");
        return;
    };
    let (mut read_in, mut refused, mut findings, mut same) = (0, 0, 0, 0);
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for file in folder {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        match read(name, &bytes, &Given::default()) {
            Err(error) => {
                refused += 1;
                eprintln!("refused {name}: {error}");
                assert_eq!(name, "INDEX", "{error}");
            }
            Ok(sop) => {
                read_in += 1;
                findings += sop.findings.len();
                for (list, items) in &sop.draft.lists {
                    *counts.entry(list.clone()).or_default() += items.len();
                }
                let written = again(&sop);
                let text = String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
                let (old, new) = (front::split(&text).1, front::split(&written).1);
                if outline::same_meaning(old, new) {
                    same += 1;
                } else {
                    // Only a title may have come.
                    let titled = format!("# {}\n\n{old}", sop.draft.fields["title"]);
                    assert!(outline::same_meaning(&titled, new), "{name}");
                }
                html(&sop.draft, &|_| None, &[], "");
            }
        }
    }
    eprintln!(
        "{read_in} pages read with {findings} findings, {refused} refused, {same} written with the same meaning: {counts:?}"
    );
    assert!(read_in >= 60, "the pages are {read_in}");
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader_and_none_changes_when_it_is_read_again(
        lines in proptest::collection::vec(
            "(#{1,7} (Steps|Sécurité|Tools|X)|---|title: x|- \\[[ x]\\] a|[0-9]{1,3}[.)] \\*\\*b\\*\\*:? c|[-*+] d|  - method: e|\\| Tool \\| Qty \\||\\|---\\|---\\||\\| a \\| 2 \\||> q|```|<div>|</div>|    code|\\[a\\]: b|!\\[p\\]\\(q.png\\)|  f|)", 0..24)) {
        let text = lines.join("\n");
        if let Ok(sop) = read("page", text.as_bytes(), &Given::default()) {
            let written = write(&sop.draft);
            let twice = read("page", written.as_bytes(), &Given::default());
            proptest::prop_assert_eq!(twice.map(|s| s.draft), Ok(sop.draft), "{}\n---->\n{}", text, written);
        }
    }
}
