//! The output of the test runners for Ruby, PHP and Elixir.
#![no_main]

use ftc_fingerprint_fuzz::laws;

libfuzzer_sys::fuzz_target!(|input: &[u8]| laws::scan(input));
