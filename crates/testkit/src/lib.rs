#![doc = include_str!("../README.md")]

pub mod corpus;
pub mod faults;
pub mod pipe;
pub mod shim;
pub mod signals;
