//! Logs as CI systems wrap them, and what the machine and the runner say in them.
#![no_main]

use ftc_fingerprint_fuzz::laws;

libfuzzer_sys::fuzz_target!(|input: &[u8]| laws::scan(input));
