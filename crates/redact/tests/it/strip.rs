use std::borrow::Cow;

use ftc_redact::strip_controls;

#[test]
fn what_a_terminal_would_obey_is_removed() {
    for (text, expected) in [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;2;1;2;3m\x1b[1;4mx", "x"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        (
            "\x1bPdata\x1b\\x\x1b_apc\x1b\\y\x1b^pm\x1b\\z\x1bXsos\x1b\\",
            "xyz",
        ),
        ("\x1b(Ba\x1bMb\x1b7c\x1b=d", "abcd"),
        ("\u{9b}31mred\u{9d}0;t\u{9c}x", "redx"),
        ("a\rb\x08c\x07d\0e\x7ff\u{85}g", "abcdefg"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("a\r\nb", "a\nb"),
        (
            "\u{202e}abc\u{202c} \u{2066}x\u{2069}\u{200e}\u{200f}\u{61c}",
            "abc x",
        ),
        (
            "joined \u{200d}\u{200c} stays, so does \u{feff}",
            "joined \u{200d}\u{200c} stays, so does \u{feff}",
        ),
        // Unfinished codes end with their line, or where they are broken off.
        ("\x1b]0;title\nnext", "\nnext"),
        ("\x1b[31\nnext", "\nnext"),
        ("\x1b[3é", "é"),
        ("\x1b", ""),
        ("\x1b\x1b[1mx", "x"),
        ("\x1b]a\x1b[1mx", "x"),
        ("\x1b[1\x1b[2mx", "x"),
    ] {
        assert_eq!(strip_controls(text), expected, "{text:?}");
        assert_eq!(strip_controls(expected), expected);
    }
}

#[test]
fn clean_text_is_borrowed() {
    for text in ["", "plain\n\ttext", "ünïcödé – ✓ 日本語 👩\u{200d}💻"] {
        assert!(
            matches!(strip_controls(text), Cow::Borrowed(same) if same == text),
            "{text}"
        );
    }
}
