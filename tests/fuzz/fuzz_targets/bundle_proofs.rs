#![no_main]
#![forbid(unsafe_code)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| aronde_tests::fuzz::bundle_proofs::body(bytes));
