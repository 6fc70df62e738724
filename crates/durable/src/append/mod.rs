//! Append-only logs of byte records.
//!
//! # Format, version 1
//!
//! The file begins with the line `ftc-log 1`. Each record follows as one frame:
//!
//! ```text
//! SSSSSSSSSSSSSSSS LLLLLLLL CCCCCCCCCCCCCCCC payload LF
//! ```
//!
//! `S` is the record's number, counted from 1; `L` the length of the payload in bytes; `C` the first eight bytes of
//! the sha256 of everything in the frame before `C` followed by the payload. All three are lower-case hex of fixed width, so
//! a log of text records can be read and searched with ordinary tools.
//!
//! # What a reader makes of damage
//!
//! Reading stops at the first frame that is incomplete or whose checksum is wrong. If no intact frame follows anywhere, that
//! is the torn tail of an interrupted append: it is reported, and cut off by the next writer. If an intact frame does follow,
//! or a number is missing, records that were once whole have been harmed, and that is an error. (A torn record that itself
//! contains a line shaped like an intact frame is taken for the latter: an error too many, never a record too few.)
//!
//! # Compatibility
//!
//! A reader accepts versions up to its own; a newer version is an error that names it. There is no earlier version.

mod frame;
mod read;
mod write;

pub use read::{LogReader, ReadError, Record, TornTail};
pub use write::{AppendError, AppendLog, SyncPolicy};
