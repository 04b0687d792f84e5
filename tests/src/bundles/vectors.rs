//! The test vectors of `docs/format.md`: small bundles from fixed seeds, sound and broken, each with what a verifier
//! must say.
