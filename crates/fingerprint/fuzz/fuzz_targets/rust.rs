//! The output of cargo test, nextest and rustc.
#![no_main]

use ftc_fingerprint_fuzz::laws;

libfuzzer_sys::fuzz_target!(|input: &[u8]| laws::scan(input));
