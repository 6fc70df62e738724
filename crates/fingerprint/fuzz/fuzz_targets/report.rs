//! Reports in JUnit XML.
#![no_main]

use ftc_fingerprint_fuzz::laws;

libfuzzer_sys::fuzz_target!(|input: &[u8]| laws::scan(input));
