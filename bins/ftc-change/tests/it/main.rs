//! Tests of the program `ftc-change`.
