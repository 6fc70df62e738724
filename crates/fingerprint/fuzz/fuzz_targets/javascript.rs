//! The output of the test runners and compilers for JavaScript and TypeScript.
#![no_main]

use ftc_fingerprint_fuzz::laws;

libfuzzer_sys::fuzz_target!(|input: &[u8]| laws::scan(input));
