//! The output of Go's test runners.
#![no_main]

use ftc_fingerprint_fuzz::laws;

libfuzzer_sys::fuzz_target!(|input: &[u8]| laws::scan(input));
