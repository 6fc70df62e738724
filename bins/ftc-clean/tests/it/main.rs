//! Tests of the program `ftc-clean`.
