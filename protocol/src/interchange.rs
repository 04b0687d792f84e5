//! Interchange.
