//! Scrubs secrets and control characters from any text that is stored or published.
