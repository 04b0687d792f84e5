//! Names of fields as people type them: a slip is told from a field of a newer schema.

use super::register;
use super::schema::{self, Kind};
use crate::slip::slips;

/// A longer name is no slip of a known one.
const COMPARED_MAX: usize = 32;

/// A name that no field of a document of this kind has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a {kind} has no field \"{field}\"{}", meant.as_ref().map_or(String::new(), |m| format!("; did you mean \"{m}\"?")))]
pub struct NoSuchField {
    /// The kind of document.
    pub kind: &'static str,
    /// The name as it was given, shortened.
    pub field: String,
    /// The known name that is nearest, if one is near.
    pub meant: Option<String>,
    /// The names there are: of the document, or of an item of the list that was named.
    pub known: Vec<String>,
}

/// Whether a field may be set: the schema knows it, it lies below what the kind keeps from elsewhere, or the document `shows` it.
/// `field` is the whole name as it was given, `names` its parts within the document or within an item of `list`.
///
/// # Errors
/// It may not.
pub fn check(
    kind: &Kind,
    list: Option<&str>,
    field: &str,
    names: &[String],
    shows: impl Fn(&str) -> bool,
) -> Result<(), NoSuchField> {
    let kept = list.is_none() && names.len() > 1 && names.first().is_some_and(|name| name == kind.kept);
    if kept || schema::field(kind.name, list, names).is_known() || shows(&register::join(names)) {
        return Ok(());
    }
    let known: Vec<&'static str> = kind.names(list).collect();
    let before = field.rsplit_once('/').filter(|_| list.is_some()).map(|(item, _)| item);
    let whole = |name: &str| before.map_or_else(|| name.to_owned(), |item| format!("{item}/{name}"));
    let given = names.last().map(String::as_str).unwrap_or_default().to_lowercase();
    Err(NoSuchField {
        kind: kind.name,
        field: field.chars().take(120).collect(),
        meant: nearest(&given, &known).map(whole),
        known: known.iter().copied().map(whole).collect(),
    })
}

/// The name that takes the fewest slips to become the given one, when these are few for its length.
fn nearest<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    if given.chars().nth(COMPARED_MAX).is_some() {
        return None;
    }
    // Not a slip, but what other tools and tongues call it.
    let other = [("license", "licence"), ("name", "title"), ("qty", "quantity"), ("ref", "reference")];
    if let Some((_, name)) = other.iter().find(|(word, _)| *word == given) {
        return known.iter().copied().find(|k| k == name);
    }
    let near = known.iter().map(|name| (slips(given, name), *name)).min()?;
    (near.0 <= 1 + near.1.len() / 4).then_some(near.1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn refused(list: Option<&str>, field: &str) -> NoSuchField {
        let names = register::split(field);
        let names = if list.is_some() { &names[2..] } else { &names[..] };
        check(&schema::design::KIND, list, field, names, |_| false).unwrap_err()
    }

    #[test]
    fn a_slip_is_answered_with_the_name_that_was_meant() {
        for (given, meant) in [
            ("titel", "title"),
            ("Title", "title"),
            ("licens", "licence"),
            ("license", "licence"),
            ("verison", "version"),
            ("desription", "description"),
            ("name", "title"),
        ] {
            assert_eq!(refused(None, given).meant.as_deref(), Some(meant), "{given}");
        }
        assert_eq!(refused(Some("bom"), "bom/3/qty").meant.as_deref(), Some("bom/3/quantity"));
        let far = refused(None, "colour");
        assert_eq!((far.meant.clone(), far.known.len()), (None, schema::design::KIND.fields.len()));
        assert_eq!(far.to_string(), "a design has no field \"colour\"");
        assert_eq!(
            refused(None, "titel").to_string(),
            "a design has no field \"titel\"; did you mean \"title\"?"
        );
        assert_eq!(refused(None, &"x".repeat(9_000)).field.len(), 120);
    }

    #[test]
    fn what_the_design_shows_already_and_what_a_manifest_may_hold_is_a_field() {
        let names = |field: &str| register::split(field);
        assert!(
            check(&schema::design::KIND, None, "tolerance", &names("tolerance"), |shown| shown
                == "tolerance")
            .is_ok()
        );
        assert!(
            check(&schema::design::KIND, Some("bom"), "bom/1/Supplier", &["Supplier".into()], |shown| shown
                == "Supplier")
            .is_ok()
        );
        assert!(
            check(&schema::design::KIND, None, "manifest/okhv", &names("manifest/okhv"), |_| false).is_ok()
        );
        assert!(check(&schema::design::KIND, None, "manifest", &names("manifest"), |_| false).is_err());
    }

    #[test]
    fn slips_are_counted() {
        for (a, b, n) in
            [("", "", 0), ("a", "", 1), ("titel", "title", 1), ("abc", "ca", 3), ("kitten", "sitting", 3)]
        {
            assert_eq!(slips(a, b), n, "{a} {b}");
        }
    }
}
