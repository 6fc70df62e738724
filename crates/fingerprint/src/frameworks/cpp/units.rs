//! Small frameworks of C and C++: cmocka, Check, `CppUnit`, Unity.

mod check;
mod cmocka;
mod cppunit;
mod unity;

use crate::recognizer::Recognizer;

pub(super) fn all() -> [Box<dyn Recognizer>; 4] {
    [
        Box::new(check::Check::default()),
        Box::new(cmocka::Cmocka),
        Box::new(cppunit::CppUnit::default()),
        Box::new(unity::Unity),
    ]
}

/// Whether `text` can be the name of a C function.
fn is_function(text: &str) -> bool {
    !text.is_empty()
        && text.len() < 200
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
