use std::collections::{BTreeMap, HashMap};

use ftc_durable::{CanonicalError, canonical_json};
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    String::from_utf8(canonical_json(value).expect("the value is canonical"))
        .expect("JSON is UTF-8")
}

#[test]
fn the_example_of_the_standard() {
    // RFC 8785, section 3.2.2: input and output. `333333333.33333329` and `1E30` are doubles there too.
    let input: Value = serde_json::from_str(
        r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
            "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals":[null,true,false]}"#,
    )
    .unwrap();
    assert_eq!(
        text(&input),
        "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
         \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
    );
}

#[test]
fn keys_are_sorted_by_utf_16_units() {
    // U+FB33 sorts after U+1F600 in UTF-16 (D83D DE00) and before it in UTF-8.
    assert_eq!(
        text(&json!({"\u{fb33}": 1, "\u{1f600}": 2})),
        "{\"😀\":2,\"\u{fb33}\":1}"
    );
    let unordered: HashMap<&str, i32> = [("b", 1), ("a", 2), ("aa", 3)].into();
    assert_eq!(
        canonical_json(&unordered).unwrap(),
        br#"{"a":2,"aa":3,"b":1}"#
    );
}

#[test]
fn integers_that_would_be_rounded_are_refused() {
    let largest = 9_007_199_254_740_991_i64;
    assert_eq!(
        text(&json!([largest, -largest])),
        "[9007199254740991,-9007199254740991]"
    );
    for number in [
        json!(largest + 1),
        json!(-largest - 1),
        json!(u64::MAX),
        json!(i64::MIN),
    ] {
        let error = canonical_json(&json!({"deep": [number]})).unwrap_err();
        assert!(
            matches!(error, CanonicalError::UnsafeInteger { .. }),
            "{number}"
        );
        assert!(error.to_string().contains(&format!("`{number}`")));
    }
}

#[test]
fn a_value_without_json_is_an_error() {
    let keys_are_no_strings: BTreeMap<Vec<u8>, u8> = [(vec![1], 1)].into();
    let error = canonical_json(&keys_are_no_strings).unwrap_err();
    assert!(matches!(error, CanonicalError::Serialize(_)), "{error:?}");
}
