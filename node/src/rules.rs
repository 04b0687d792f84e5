//! Rules of shares that ship: examples of the field's known models, to be copied and agreed on.

/// A rule that ships.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// Its name, as `--rule` takes it.
    pub name: &'static str,
    /// The rule, in TOML.
    pub text: &'static str,
}

/// All of them, sorted by name.
pub const EXAMPLES: [Example; 3] = [
    Example { name: "buckets", text: include_str!("rules/buckets.toml") },
    Example { name: "budget", text: include_str!("rules/budget.toml") },
    Example { name: "pie", text: include_str!("rules/pie.toml") },
];

/// The example of this name.
pub fn by_name(name: &str) -> Option<Example> {
    EXAMPLES.into_iter().find(|example| example.name == name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use aronde_protocol::shares::Rule;

    use super::EXAMPLES;

    #[test]
    fn every_example_is_a_rule_of_its_name() {
        for example in EXAMPLES {
            let rule = Rule::read(example.text).unwrap();
            assert_eq!((rule.name.0.as_str(), rule.about.is_some()), (example.name, true));
        }
    }
}
