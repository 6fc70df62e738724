#![doc = include_str!("../README.md")]

pub mod junit;

mod limits;
mod position;
mod text;
mod xml;

pub use position::Position;
pub use text::Text;
