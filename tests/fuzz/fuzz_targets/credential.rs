#![no_main]
#![forbid(unsafe_code)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| aronde_tests::fuzz::credential::body(bytes));
