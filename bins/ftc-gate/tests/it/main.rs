//! Tests of the program `ftc-gate`.
