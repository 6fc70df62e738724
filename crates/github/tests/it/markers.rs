//! Markers.

use ftc_github::Marker;
use proptest::prelude::*;

#[test]
fn a_marker_is_one_invisible_line() {
    let marker = Marker::new("issue", "acme/widget:1f2e");
    assert_eq!(
        marker.to_string(),
        "<!-- ftc:v1 kind=issue key=acme/widget:1f2e -->"
    );
    assert!(marker.is_in("text\n<!-- ftc:v1 kind=issue key=acme/widget:1f2e -->\ntext"));
    assert!(!marker.is_in("<!-- ftc:v1 kind=issue key=acme/widget:1f2e0 -->"));
}

#[test]
fn what_could_end_the_comment_is_encoded() {
    assert_eq!(
        Marker::new("a b", "-->--x é").to_string(),
        "<!-- ftc:v1 kind=a%20b key=-%2D%3E-%2Dx%20%C3%A9 -->"
    );
}

#[test]
fn only_the_one_spelling_is_a_marker() {
    for text in [
        "<!-- ftc:v1 kind=a key=b-->",
        "<!-- FTC:v1 kind=a key=b -->",
        "<!-- ftc:v1 kind=a key=%62 -->",
        "<!-- ftc:v1 kind=a key=b c -->",
        "<!-- ftc:v1 kind=a key=%zz -->",
        "<!-- ftc:v1 kind=a key=%+1 -->",
        "<!-- ftc:v1 kind=a -->",
        "",
    ] {
        assert!(text.parse::<Marker>().is_err(), "{text}");
        assert_eq!(Marker::find_all(text), [], "{text}");
    }
}

#[test]
fn all_markers_are_found() {
    let (first, second) = (Marker::new("a", "1"), Marker::new("b", "2"));
    let text = format!("x {first} <!-- ftc:v1 kind= {second}");
    assert_eq!(Marker::find_all(&text), [first, second]);
}

proptest! {
    #[test]
    fn markers_come_back(kind: String, key: String, before in "[a-z\n<!-]{0,8}") {
        let marker = Marker::new(kind, key);
        let text = marker.to_string();
        prop_assert_eq!(text.parse::<Marker>(), Ok(marker.clone()));
        prop_assert!(!text.contains('\n'));
        // One comment for every reader of HTML.
        prop_assert_eq!(text.matches("--").count(), 2);
        prop_assert_eq!(Marker::find_all(&format!("{before}{text}")), vec![marker]);
    }

    #[test]
    fn no_text_makes_it_panic(text: String) {
        let _ = Marker::find_all(&text);
        let _ = text.parse::<Marker>();
    }
}
