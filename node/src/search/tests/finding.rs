//! What is found by which words.

use aronde_protocol::document::schema::capacity::{KIND as CAPACITY, MODEL};
use aronde_protocol::document::schema::procedure::KIND as PROCEDURE;

use super::*;

#[test]
fn a_word_is_found_in_all_its_forms_in_the_language_of_its_document() {
    let (index, _folder) = index_of(&[
        Made::design(
            1,
            "Étagère",
            &[("language", "fr"), ("description", "Coupez les planches à la découpe laser.")],
        )
        .content(),
        Made::design(2, "Boekenplank", &[("language", "nl"), ("description", "Voor elke lasersnijder.")])
            .content(),
        Made::design(3, "Shelf", &[("language", "en"), ("description", "Cutting takes an hour.")]).content(),
    ]);
    for (query, found) in [
        ("planche", "Étagère"),
        ("PLANCHES", "Étagère"),
        ("decoupe", "Étagère"),
        ("découper", "Étagère"),
        ("etagères", "Étagère"),
        ("lasersnijders", "Boekenplank"),
        ("boekenplanken", "Boekenplank"),
        ("cut", "Shelf"),
        ("hours", "Shelf"),
    ] {
        assert_eq!(titles(&index, query), [found], "{query}");
    }
}

#[test]
fn without_a_language_a_text_is_of_all_three() {
    let description = "planches en hout, lasersnijders, cutting";
    let (index, _folder) = index_of(&[Made::design(1, "Mixed", &[("description", description)]).content()]);
    for query in ["planche", "houten", "lasersnijder", "cut", "planche lasersnijder cuts"] {
        assert_eq!(titles(&index, query), ["Mixed"], "{query}");
    }
}

#[test]
fn a_translation_is_of_its_own_language() {
    let translations =
        vec![item(&[("language", "nl"), ("title", "Wandbeugels"), ("description", "Met schroeven.")])];
    let fields = [("title", Value::from("Wall bracket")), ("language", Value::from("en"))];
    let made = Made::new(1, &schema::design::KIND, &fields, &[("translations", translations)]);
    let (index, _folder) = index_of(&[made.content()]);
    for query in ["wandbeugel", "schroef", "brackets"] {
        assert_eq!(titles(&index, query), ["Wall bracket"], "{query}");
    }
}

#[test]
fn codes_and_numbers_are_found_whole() {
    let bom = vec![item(&[("part", "Bolt M8x40, ISO 2768-1")]), item(&[("part", "sheet 3 mm")])];
    let made = Made::new(1, &schema::design::KIND, &[("title", Value::from("Vice"))], &[("bom", bom)]);
    let (index, _folder) = index_of(&[made.content()]);
    for query in ["m8x40", "ISO 2768", "\"iso 2768\"", "3mm", "3 mm", "M8*"] {
        assert_eq!(titles(&index, query), ["Vice"], "{query}");
    }
    for query in ["M8", "2768x", "m8x4"] {
        assert_eq!(titles(&index, query), [""; 0], "{query}");
    }
}

#[test]
fn phrases_what_is_left_out_and_beginnings() {
    let (index, _folder) = index_of(&[
        Made::design(1, "One", &[("description", "laser cut plywood")]).content(),
        Made::design(2, "Two", &[("description", "plywood, cut by laser")]).content(),
        Made::design(3, "Three", &[("description", "plywood and glue")]).content(),
    ]);
    assert_eq!(titles(&index, "\"laser cut\""), ["One"]);
    assert_eq!(titles(&index, "plywood -\"laser cut\" -glue"), ["Two"]);
    assert_eq!(titles(&index, "plywood -lasers"), ["Three"]);
    assert_eq!(titles(&index, "plyw* gl*"), ["Three"]);
    assert_eq!(titles(&index, "\"lasers\""), [""; 0], "a word in quotes is that word");
    let query = Query::read("plywood").without("laser");
    assert_eq!(titles_of(index.find(&query, 9).unwrap()), ["Three"]);
}

#[test]
fn a_title_goes_before_the_rest_and_what_is_withdrawn_comes_last() {
    let (index, _folder) = index_of(&[
        Made::design(1, "Rack", &[("description", "holds a bracket, the bracket, any bracket")]).content(),
        Made::design(2, "Bracket", &[("description", "for a wall")]).content(),
        Made::design(3, "Bracket, first try", &[("withdrawn", "breaks")]).content(),
    ]);
    assert_eq!(titles(&index, "bracket"), ["Bracket", "Rack", "Bracket, first try"]);
    let found = index.find(&Query::read("bracket"), 2).unwrap();
    assert_eq!((found.total, found.hits.len(), found.hits[0].withdrawn), (3, 2, false));
}

#[test]
fn all_values_of_a_conflict_are_found_and_shown() {
    let made = Made::design(1, "Stool", &[("function", "Sits one")]);
    let made = made.set_apart("title", "Tabouret").set_apart("title", "Kruk");
    let (index, _folder) = index_of(&[made.content()]);
    assert_eq!(titles(&index, "kruk"), titles(&index, "tabourets"));
    let shown = &titles(&index, "kruk")[0];
    assert!(shown.contains("Tabouret") && shown.contains(" / ") && shown.contains("Kruk"), "{shown}");
}

#[test]
fn steps_machines_skills_places_and_processes_are_found() {
    let steps = vec![item(&[("title", "Ponçage"), ("text", "Poncer au grain 120.")])];
    let procedure = Made::new(
        1,
        &PROCEDURE,
        &[("title", Value::from("Finition")), ("language", Value::from("fr"))],
        &[("steps", steps)],
    );
    let lists = [
        ("machines", vec![item(&[("name", "Trotec Speedy 300"), ("process", "laser-cutting")])]),
        ("skills", vec![item(&[("skill", "Welding")])]),
    ];
    let sheet = Made::new(
        2,
        &CAPACITY,
        &[("title", Value::from("Atelier Sud")), ("city", Value::from("Liège"))],
        &lists,
    );
    let model = Made::new(
        3,
        &MODEL,
        &[("title", Value::from("Prusa MK4")), ("process", Value::from("fdm-printing"))],
        &[],
    );
    let (index, _folder) = index_of(&[procedure.content(), sheet.content(), model.content()]);
    for (query, found) in [
        ("poncer", "Finition"),
        ("trotec", "Atelier Sud"),
        ("welding liege", "Atelier Sud"),
        ("découpe laser", "Atelier Sud"),
        ("lasersnijden", "Atelier Sud"),
        ("impression 3d", "Prusa MK4"),
    ] {
        assert_eq!(titles(&index, query), [found], "{query}");
    }
}

#[test]
fn what_is_personal_is_not_in_the_index() {
    let authors = vec![item(&[("name", "Quelqu'un Unique"), ("contact", "unique@example.org")])];
    let made =
        Made::new(1, &schema::design::KIND, &[("title", Value::from("Vice"))], &[("authors", authors)]);
    let (index, folder) = index_of(&[made.content()]);
    assert_eq!(titles(&index, "unique"), [""; 0]);
    let files = std::fs::read_dir(folder.path().join("search")).unwrap();
    let bytes: Vec<u8> = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    let has = |word: &[u8]| bytes.to_ascii_lowercase().windows(word.len()).any(|window| window == word);
    assert!(has(b"vice") && !has(b"unique"));
}

#[test]
fn answers_are_counted_and_narrowed_by_facets() {
    let (north, south) = (EntryId([1; 32]), EntryId([2; 32]));
    let keepers = [(north, "Workshop North".to_owned()), (south, "Atelier Sud".to_owned())];
    let bom = |material: &str| vec![("bom", vec![item(&[("part", "plank"), ("material", material)])])];
    let design = |number, title, licence, process, material| {
        let fields = [
            ("title", Value::from(title)),
            ("licence", Value::from(licence)),
            ("processes", texts(&[process])),
        ];
        Made::new(number, &schema::design::KIND, &fields, &bom(material))
    };
    let (index, _folder) = index_of(&[
        design(1, "Stool", "MIT OR CERN-OHL-S-2.0", "laser-cutting", "Birch plywood").kept_by(&keepers[..1]),
        design(2, "Bench", "MIT", "Resin printing", "Acier").kept_by(&keepers),
        design(3, "Shelf", "MIT", "basket weaving under water", "plywood, oak").content(),
    ]);
    let filtered = |filters: Filters| {
        let mut all = titles_of(index.find(&Query { filters, ..Query::read("plank") }, 10).unwrap());
        all.sort();
        all
    };
    let one = |text: &str| vec![text.to_owned()];
    assert_eq!(filtered(Filters { kind: Some("design".into()), ..Filters::default() }).len(), 3);
    assert_eq!(filtered(Filters { kind: Some("procedure".into()), ..Filters::default() }).len(), 0);
    assert_eq!(filtered(Filters { licences: one("CERN-OHL-S-2.0"), ..Filters::default() }), ["Stool"]);
    // A wider process finds its kinds.
    assert_eq!(filtered(Filters { process: Some("3d-printing".into()), ..Filters::default() }), ["Bench"]);
    assert_eq!(
        filtered(Filters { process: Some("basket weaving under water".into()), ..Filters::default() }),
        ["Shelf"]
    );
    assert_eq!(filtered(Filters { materials: one("plywood"), ..Filters::default() }), ["Shelf", "Stool"]);
    assert_eq!(filtered(Filters { materials: one("wood"), ..Filters::default() }), ["Shelf", "Stool"]);
    assert_eq!(filtered(Filters { workshops: vec![south], ..Filters::default() }), ["Bench"]);
    assert_eq!(filtered(Filters { workshops: vec![north, south], ..Filters::default() }), ["Bench", "Stool"]);

    let found = index.find(&Query::read("plank"), 1).unwrap();
    let counts = |facet: Facet| -> Vec<(String, u64)> {
        let (_, counts) = found.facets.iter().find(|(of, _)| *of == facet).unwrap();
        counts.iter().map(|count| (count.value.clone(), count.count)).collect()
    };
    assert_eq!(counts(Facet::Kind), [("design".to_owned(), 3)]);
    assert_eq!(counts(Facet::Licence), [("MIT".to_owned(), 3), ("CERN-OHL-S-2.0".to_owned(), 1)]);
    assert_eq!(counts(Facet::Workshop), [(north.to_string(), 2), (south.to_string(), 1)]);
    assert!(counts(Facet::Process).contains(&("3d-printing".to_owned(), 1)));
    assert!(counts(Facet::Material).contains(&("birch plywood".to_owned(), 1)));
    // By the name of a workshop that keeps it too.
    assert_eq!(titles(&index, "sud"), ["Bench"]);
}

#[test]
fn a_listed_sheet_gives_way_to_the_workshops_own() {
    let north = EntryId([1; 32]);
    let keepers = [(north, "Workshop North".to_owned())];
    let listed = Made::new(1, &CAPACITY, &[("title", Value::from("Atelier Nord, listed"))], &[]);
    let mut fields = vec![
        ("title", Value::from("Atelier Nord")),
        ("workshop", Value::from(north.to_string().as_str())),
        ("claims", Value::from(listed.id().to_string().as_str())),
    ];
    let own = Made::new(2, &CAPACITY, &fields, &[]);
    fields[1].1 = Value::from(EntryId([5; 32]).to_string().as_str());
    let liar = Made::new(3, &CAPACITY, &fields, &[]);
    let (index, folder) = index_of(&[listed.content(), own.kept_by(&keepers)]);
    assert_eq!(titles(&index, "atelier"), ["Atelier Nord"]);
    drop(index);
    let index = Index::open(&folder.path().join("search")).unwrap();
    assert_eq!(titles(&index, "atelier"), ["Atelier Nord"], "also after a start");
    // Who claims for a workshop that doesn't keep the sheet takes no place.
    let (index, _folder) = index_of(&[listed.content(), liar.kept_by(&keepers)]);
    assert_eq!(titles(&index, "listed"), ["Atelier Nord, listed"]);
}

#[test]
fn a_word_that_nothing_has_is_named_with_the_nearest() {
    let (index, _folder) =
        index_of(&[Made::design(1, "Étagère", &[("description", "planches, contreplaqué")]).content()]);
    let unknown = |query: &str| {
        let found = index.find(&Query::read(query), 10).unwrap();
        assert_eq!(found.total, 0);
        found.unknown.into_iter().map(|u| (u.word, u.nearest)).collect::<Vec<_>>()
    };
    let named = |word: &str, nearest: Option<&str>| (word.to_owned(), nearest.map(str::to_owned));
    assert_eq!(unknown("contreplqué etagere"), [named("contreplque", Some("contreplaque"))]);
    assert_eq!(unknown("zzz"), [named("zzz", None)]);
    assert_eq!(unknown("etagere -planches"), []);
}

#[test]
fn no_text_is_too_long_and_no_query_is_an_error() {
    let long = format!("{} hidden", "plank ".repeat(20_000));
    let (index, _folder) = index_of(&[
        Made::design(1, "Long", &[("function", long.get(..60_000).unwrap()), ("finishing", &long[..50_000])])
            .content(),
        Made::design(2, "", &[("description", "\u{0} \u{202e} … \u{fdfa} 木材")]).content(),
    ]);
    assert_eq!(titles(&index, "plank"), ["Long"]);
    let nasty = [
        "\"",
        "-",
        "*",
        "a:b",
        "(((",
        "\\",
        "\u{0}",
        "-\"",
        "木材",
        "~2",
        "plank^9",
        "[a TO b]",
        "+plank",
        "--plank",
        "NOT",
        "\u{202e}knalp",
        "“”",
        "-*",
        "''",
        "%",
        "plank OR",
        "AND",
        "🪵",
        "de",
        "-de",
        "\"de\"",
        "d'",
        "3.",
        "..",
        "1.2.3",
    ];
    for query in nasty.iter().map(|q| (*q).to_owned()).chain([
        "plank ".repeat(5_000),
        "\"".repeat(5_000),
        "a*".repeat(900),
    ]) {
        index.find(&Query::read(&query), 10).unwrap();
    }
    assert_eq!(index.find(&Query::read(""), 0).unwrap().total, 2);
}
