//! Messages and a project's masks.
#![no_main]

use ftc_fingerprint_fuzz::laws;

libfuzzer_sys::fuzz_target!(|input: &[u8]| laws::normalise(input));
