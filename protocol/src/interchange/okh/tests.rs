//! Manifests written for the point they show.

use super::*;
use crate::limits::DRAFT_TEXT_MAX;

fn plain(text: &str) -> Manifest {
    read(text.as_bytes(), &Given::default()).unwrap()
}

fn refused(text: &str) -> OkhError {
    read(text.as_bytes(), &Given::default()).unwrap_err()
}

fn told<'a>(manifest: &'a Manifest, field: &str) -> Vec<&'a str> {
    manifest.findings.iter().filter(|f| f.field == field).map(|f| f.what.as_str()).collect()
}

const FIRST: &str = "%Open Know-How Manifest 1.0\n---\ntitle: Desk lamp\ndescription: |\n  A lamp.\nintended-use: Gives light\n\
    project-link: https://example.org/lamp\nversion: 1.10\nlicense:\n  hardware: CERN-OHL-S-2.0\n  documentation: CC-BY-4.0\n\
    licensor:\n  name: Maker A\n  email: a@example.org\ncontributors:\n  - name: Maker B\n  - name: Maker A\n\
    bom: bom.csv\ndesign-files:\n  - path: cad/lamp.FCStd\n    title: Body\nx-colour: red\n";

const SECOND: &str = "okhv = \"OKH-LOSHv1.0\"\nname = \"Desk lamp\"\nrepo = \"https://example.org/lamp\"\nversion = \"1.10\"\n\
    license = \"CERN-OHL-S-2.0\"\nlicensor = \"Maker A <a@example.org>\"\nfunction = \"Gives light\"\nbom = \"bom.csv\"\n\
    source = [\"cad/lamp.FCStd\"]\nmass = 200.0\nx-colour = \"red\"\n";

#[test]
fn version_1_is_read_under_its_illegal_first_line() {
    let manifest = plain(FIRST);
    assert_eq!(manifest.format, Format::Yaml);
    assert_eq!(manifest.findings, []);
    let draft = manifest.draft;
    assert_eq!((draft.title.as_str(), draft.description.as_str()), ("Desk lamp", "A lamp."));
    assert_eq!(draft.version.as_deref(), Some("1.10"));
    assert_eq!(draft.licence.as_deref(), Some("CERN-OHL-S-2.0"));
    assert_eq!(draft.function.as_deref(), Some("Gives light"));
    let authors: Vec<_> = draft.authors.iter().map(|a| (a.name.as_str(), a.contact.as_deref())).collect();
    assert_eq!(authors, [("Maker A", Some("a@example.org")), ("Maker B", None)]);
    let unknown: Vec<&String> = draft.unknown.keys().collect();
    assert_eq!(unknown, ["bom", "design-files", "license", "project-link", "x-colour"]);
    let references: Vec<_> =
        manifest.references.iter().map(|r| (&*r.field, r.role, &*r.target, r.whole)).collect();
    assert_eq!(
        references,
        [("bom", "bom", "bom.csv", true), ("design-files[0].path", "source", "cad/lamp.FCStd", false)]
    );
}

#[test]
fn version_2_is_read_and_its_decimals_keep_their_digits() {
    let manifest = plain(SECOND);
    assert_eq!(manifest.format, Format::Toml);
    assert_eq!(manifest.findings, []);
    assert_eq!(manifest.draft.function.as_deref(), Some("Gives light"));
    assert_eq!(manifest.draft.unknown["mass"], Value::Decimal("200.0".parse().unwrap()));
    assert!(!manifest.draft.unknown.contains_key("license"));
}

#[test]
fn the_same_manifest_in_json_is_the_same_draft() {
    let json = "{\"okhv\": \"OKH-LOSHv1.0\", \"name\": \"Desk lamp\", \"repo\": \"https://example.org/lamp\", \
        \"version\": \"1.10\", \"license\": \"CERN-OHL-S-2.0\", \"licensor\": \"Maker A <a@example.org>\", \
        \"function\": \"Gives light\", \"bom\": \"bom.csv\", \"source\": [\"cad/lamp.FCStd\"], \"mass\": 200.0, \
        \"x-colour\": \"red\"}";
    let manifest = plain(json);
    assert_eq!(manifest.format, Format::Json);
    assert_eq!(manifest.draft, plain(SECOND).draft);
}

#[test]
fn the_format_is_told_by_content() {
    for (text, format) in [
        ("# a = b\ntitle: a = b\n", Format::Yaml),
        ("# a: b\nname = \"a: b\"\n", Format::Toml),
        ("\u{feff}name = 'x'\n", Format::Toml),
        ("---\ntitle: x\n", Format::Yaml),
        ("{title: x}", Format::Yaml),
        ("[a]\nb = 1\n[project]\nname = 'x'\n", Format::Toml),
    ] {
        assert_eq!(plain(text).format, format, "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_line_and_column() {
    for (text, format, line) in [
        ("title: x\n  foo: y\n", Format::Yaml, 2),
        ("name = \"x\"\nversion = \n", Format::Toml, 2),
        ("name = \"x\"\nname = \"y\"\n", Format::Toml, 2),
        ("{\"name\": \"x\",\n \"version\": ", Format::Json, 2),
        ("{\"name\": \"x\",\n \"text\": \"\\ud800\"}", Format::Json, 2),
        ("title: x\n? [a, b]\n: c\n", Format::Yaml, 2),
        ("title: *nowhere\n", Format::Yaml, 1),
    ] {
        let OkhError::Syntax { format: f, line: l, column, reason } = refused(text) else { panic!("{text}") };
        assert_eq!((f, l), (format, line), "{text}: {reason}");
        assert!(column >= 1 && !reason.is_empty() && !reason.contains('\n'), "{text}: {reason}");
    }
    assert_eq!(refused(""), OkhError::NotAMap("nothing"));
    assert_eq!(refused("- a\n- b\n"), OkhError::NotAMap("a list"));
    assert_eq!(refused("hello"), OkhError::NotAMap("a single value"));
    assert_eq!(refused("foo: bar\n"), OkhError::NoTitle);
    assert_eq!(refused("title: '[value]'\n"), OkhError::NoTitle);
    assert_eq!(read(b"PK\x03\x04\0\0", &Given::default()), Err(OkhError::NotText));
    assert_eq!(
        read(&vec![b' '; MANIFEST_MAX + 1], &Given::default()),
        Err(OkhError::TooLong(MANIFEST_MAX + 1))
    );
}

#[test]
fn json_that_is_only_nearly_json_is_read_as_yaml_and_told() {
    let manifest = plain("{\"name\": \"x\",\n}");
    assert_eq!((manifest.format, manifest.draft.title.as_str()), (Format::Yaml, "x"));
    assert!(told(&manifest, "")[0].contains("looks like JSON"));
}

#[test]
fn a_manifest_cut_off_in_the_middle_is_refused_or_read_but_never_breaks() {
    for text in [FIRST, SECOND] {
        for end in 0..text.len() {
            match read(&text.as_bytes()[..end], &Given::default()) {
                Ok(manifest) => assert!(!manifest.draft.title.is_empty()),
                Err(why) => assert!(!why.to_string().is_empty()),
            }
        }
    }
}

#[test]
fn hostile_manifests_end_quickly() {
    let bomb: String = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
        format!("{text}a{n}: &a{n} [*a{0}, *a{0}, *a{0}]\n", n - 1)
    });
    assert!(matches!(refused(&bomb), OkhError::Syntax { format: Format::Yaml, .. }));
    assert!(matches!(refused("a: &a [*a]\n"), OkhError::Syntax { .. }));
    for text in [
        format!("title: {}{}", "[".repeat(50_000), "]".repeat(50_000)),
        format!("name = {}{}", "[".repeat(50_000), "]".repeat(50_000)),
        format!("name = {}", "{a=".repeat(50_000)),
        format!("{}.b = 1", vec!["a"; 50_000].join(".")),
        format!("{{\"name\": {}{}}}", "[".repeat(50_000), "]".repeat(50_000)),
        (0..1_000).fold(String::new(), |text, n| text + &" ".repeat(n) + "a:\n"),
        "? ".repeat(100_000),
        "- ".repeat(100_000),
        format!("title: {}", "!!a ".repeat(50_000)),
    ] {
        assert!(read(text.as_bytes(), &Given::default()).is_err(), "{}", &text[..40]);
    }
    let many = (0..60_000).fold("title: x\n".to_owned(), |text, n| format!("{n}: {n}\n") + &text);
    assert!(matches!(refused(&many), OkhError::Syntax { .. }));
}

#[test]
fn a_licence_is_proposed_and_what_was_written_is_kept() {
    let manifest = plain("title: x\nlicense: CC-BY-SA v4.0\n");
    assert_eq!(manifest.draft.licence.as_deref(), Some("CC-BY-SA-4.0"));
    assert_eq!(manifest.draft.unknown["license"], "CC-BY-SA v4.0".into());
    assert!(told(&manifest, "license")[0].contains("probably meant"));

    let manifest = plain("title: x\nlicense:\n  documentation: CC-BY-NC-4.0\n");
    assert_eq!(manifest.draft.licence.as_deref(), Some("CC-BY-NC-4.0"));
    assert_eq!(told(&manifest, "license.documentation").len(), 2);

    let manifest = plain("title: x\nlicense: ask us\n");
    assert_eq!(manifest.draft.licence, None);
    assert_eq!(manifest.draft.unknown["license"], "ask us".into());
    assert!(told(&plain("title: x\n"), "license")[0].contains("missing"));
}

#[test]
fn what_is_odd_is_told_and_kept() {
    let manifest = plain(
        "title: x\nversion: [1, 2]\ndescription: {a: b}\nokhv: 2.0\nouter-dimensions: {openSCAD: cube, unit: mm}\n\
         technologyReadinessLevel: Ideation\ndocumentation-language: English-UK\nname: y\nx: 1\nx: 2\n",
    );
    for field in [
        "version",
        "description",
        "okhv",
        "outer-dimensions",
        "technologyReadinessLevel",
        "documentation-language",
        "x",
    ] {
        assert_eq!(told(&manifest, field).len(), 1, "{field}: {:?}", manifest.findings);
        assert!(manifest.draft.unknown.contains_key(field), "{field}");
    }
    assert_eq!(manifest.draft.title, "x");
    assert_eq!(manifest.draft.unknown["name"], "y".into());
    assert_eq!(manifest.draft.unknown["x"], Value::Integer(2));
}

#[test]
fn persons_are_authors_and_never_lie_among_unknown_fields() {
    let manifest = plain(
        "title: x\nmanifest-author: {name: Writer, email: w@example.org}\ncontact: {name: Asked, social: [{platform: p}]}\n\
         contributors:\n  - {name: Maker B, affiliation: Workshop North, email: b@example.org}\n  -\n",
    );
    assert_eq!(manifest.draft.authors.len(), 1);
    assert!(told(&manifest, "contributors")[0].contains("affiliation of Maker B"));
    assert!(told(&manifest, "manifest-author")[0].contains("manifest file only"));
    assert!(!format!("{:?}", manifest.draft.unknown).contains("example.org"));

    let manifest = plain("title: x\nmanifest-author: {name: Writer}\n");
    assert_eq!(manifest.draft.authors[0].name, "Writer");
    assert!(told(&manifest, "manifest-author")[0].contains("taken as the author"));

    for (text, name, contact) in [
        ("Maker A <a@example.org>", "Maker A", Some("a@example.org")),
        ("a@example.org", "a@example.org", Some("a@example.org")),
        ("Maker A", "Maker A", None),
    ] {
        let manifest = plain(&format!("okhv = '2.4'\nname = 'x'\nlicensor = ['{text}']\n"));
        assert_eq!(
            (manifest.draft.authors[0].name.as_str(), manifest.draft.authors[0].contact.as_deref()),
            (name, contact)
        );
    }
}

#[test]
fn a_bom_in_the_manifest_is_read_and_a_list_of_tables_is_not_taken_for_one() {
    let manifest = plain(
        "title: x\nbom:\n  - {part: M3 nut, quantity: 4, colour: red}\n  - {name: glue, qty: 2.50 g}\n  - wood screw\n",
    );
    let lines: Vec<_> = manifest
        .draft
        .bom
        .iter()
        .map(|p| (p.part.as_str(), p.quantity.as_ref().map(ToString::to_string)))
        .collect();
    let quantity = |text: &str| Some(text.to_owned());
    assert_eq!(
        lines,
        [("M3 nut", quantity("4 {piece}")), ("glue", quantity("2.50 g")), ("wood screw", None)]
    );
    assert_eq!(manifest.draft.bom[0].unknown["colour"], "red".into());
    assert!(!manifest.draft.unknown.contains_key("bom"));

    let manifest = plain("title: x\nbom:\n  - {name: Board, path: a/bom.csv}\n  - b/bom.csv\n");
    assert_eq!(manifest.draft.bom, []);
    let targets: Vec<_> = manifest.references.iter().map(|r| r.target.as_str()).collect();
    assert_eq!(targets, ["a/bom.csv", "b/bom.csv"]);
}

#[test]
fn a_title_is_found_where_people_put_it() {
    assert_eq!(plain("project:\n  name: Bike\n  version: 1\n").draft.title, "Bike");
    let manifest = plain("project-link: https://example.org/maker/cargo-bike/\n");
    assert_eq!(manifest.draft.title, "cargo-bike");
    assert_eq!(told(&manifest, "title").len(), 1);
    assert_eq!(plain("title: \"a\\n  \u{202e}b\"\n").draft.title, "a b");
    let given = Given { title: Some("Mine".into()), ..Given::default() };
    assert_eq!(read(b"title: Theirs\n", &given).unwrap().draft.title, "Mine");
    assert_eq!(read(b"foo: bar\n", &given).unwrap().draft.title, "Mine");
}

#[test]
fn a_field_too_large_for_an_entry_stays_in_the_file_and_is_told() {
    let manifest = plain(&format!("title: x\nbig: {}\nsmall: y\n", "a".repeat(UNKNOWN_FIELD_MAX)));
    assert_eq!(manifest.draft.unknown.keys().collect::<Vec<_>>(), ["small"]);
    assert_eq!(told(&manifest, "big").len(), 1);
}

#[test]
fn a_text_too_large_for_an_entry_is_not_taken_and_told() {
    let long = "a".repeat(DRAFT_TEXT_MAX + 1);
    let manifest = plain(&format!("title: x\ndescription: {long}\nfunction: {long}\nlicensor: {long}\n"));
    assert_eq!(manifest.draft.description, long, "a description is written in pieces");
    assert_eq!((manifest.draft.function.as_deref(), manifest.draft.authors.len()), (None, 0));
    assert_eq!((told(&manifest, "function").len(), told(&manifest, "licensor").len()), (1, 1));
    assert!(!manifest.draft.unknown.contains_key("function"));
}

#[test]
fn aliases_merges_and_exact_numbers_of_yaml_are_read() {
    let manifest = plain(
        "base: &b {mass: 1.50, size: 0x10}\ntitle: x\nthing:\n  <<: *b\n  extra: 1e2\nsame: *b\ndate: 2020-01-02\nno: yes\n",
    );
    let decimal = |text: &str| Value::Decimal(text.parse().unwrap());
    let Value::Map(thing) = &manifest.draft.unknown["thing"] else { panic!() };
    assert_eq!(thing["mass"], decimal("1.50"));
    assert_eq!(thing["size"], Value::Integer(16));
    assert_eq!(thing["extra"], decimal("100"));
    assert_eq!(manifest.draft.unknown["same"], manifest.draft.unknown["base"]);
    assert_eq!(manifest.draft.unknown["date"], "2020-01-02".into());
    assert_eq!(manifest.draft.unknown["no"], "yes".into());
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
                                 head in "(title: |name = |\\{|\\[|\"|- |\\? |&a |\\*a|\n|  |: |#|%|'|\\||>|<<){0,20}") {
        let _ = read(&[head.as_bytes(), &bytes].concat(), &Given::default());
    }

    #[test]
    fn a_changed_byte_never_breaks_the_reader(at in 0_usize..400, byte: u8, second: bool) {
        let mut bytes = if second { SECOND } else { FIRST }.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(manifest) = read(&bytes, &Given::default()) {
            proptest::prop_assert!(!manifest.draft.title.is_empty());
        }
    }
}

#[test]
fn a_field_that_no_document_can_name_stays_in_the_manifest_file() {
    let manifest = plain("title: x\n\"\": 1\n");
    assert_eq!(manifest.draft.unknown.len(), 0);
    assert!(told(&manifest, "")[0].contains("without a name"));

    // Both names are short enough; put together they are not.
    let (own, inner) = ("project", "n".repeat(FIELD_NAME_MAX));
    let manifest = plain(&format!("{inner}: 1\n{own}:\n  title: x\n  {inner}: 2\n"));
    assert_eq!(manifest.draft.unknown[&inner], Value::Integer(1));
    assert_eq!(manifest.draft.unknown.len(), 1);
    assert!(manifest.findings.iter().any(|finding| finding.what.contains("too long a name")));
}
