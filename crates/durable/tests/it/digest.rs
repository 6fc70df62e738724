use ftc_durable::{Digest, DomainHash};
use proptest::prelude::*;

fn hash(domain: &str, fields: &[Vec<u8>]) -> Digest {
    fields
        .iter()
        .fold(DomainHash::new(domain), |hash, field| hash.field(field))
        .finish()
}

#[test]
fn the_input_is_what_the_specification_says() {
    // Made apart from this crate: `printf '\0\0\0\0\0\0\0\4test\0\0\0\0\0\0\0\2ab\0\0\0\0\0\0\0\0' | sha256sum`.
    assert_eq!(
        DomainHash::new("test")
            .field(b"ab")
            .field(b"")
            .finish()
            .to_string(),
        "d30c23b777fea44f7d4faf190b014958534df256904582ff31bc978fa12c4254"
    );
    // FIPS 180-2, appendix B.1.
    assert_eq!(
        Digest::of_content(b"abc").to_string(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn only_one_spelling_is_read() {
    let digest = Digest::of_content(b"abc");
    let text = digest.to_string();
    assert_eq!(text.parse::<Digest>().unwrap(), digest);
    assert_eq!(Digest::from_bytes(*digest.as_bytes()), digest);
    for wrong in [
        text.to_uppercase(),
        text[1..].to_owned(),
        format!("{text}0"),
        format!(" {}", &text[1..]),
        "+".repeat(64),
        "é".repeat(32),
        String::new(),
    ] {
        let error = wrong.parse::<Digest>().unwrap_err();
        assert!(error.to_string().contains("is not a digest"), "{wrong}");
    }
}

#[test]
fn serde_uses_the_text() {
    let digest = Digest::of_content(b"abc");
    let json = serde_json::to_string(&digest).unwrap();
    assert_eq!(json, format!("\"{digest}\""));
    assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
    assert!(serde_json::from_str::<Digest>("\"abc\"").is_err());
}

proptest! {
    /// Two different lists of fields with the same concatenation: only the lengths tell them apart.
    #[test]
    fn field_boundaries_matter(bytes in prop::collection::vec(any::<u8>(), 0..12), cuts in prop::array::uniform2(prop::collection::vec(0usize..12, 0..4))) {
        let fields = cuts.map(|cuts| split(&bytes, cuts));
        prop_assert_eq!(
            hash("test/1", &fields[0]) == hash("test/1", &fields[1]),
            fields[0] == fields[1]
        );
    }

    #[test]
    fn domains_matter(fields in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..3)) {
        prop_assert_ne!(hash("a/1", &fields), hash("a/2", &fields));
        // The domain is no field of another hash.
        let mut shifted = fields.clone();
        shifted.insert(0, b"b".to_vec());
        prop_assert_ne!(hash("a", &shifted), hash("ab", &fields));
    }

    #[test]
    fn text_goes_round(bytes in any::<[u8; 32]>()) {
        let digest = Digest::from_bytes(bytes);
        prop_assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
    }
}

fn split(bytes: &[u8], mut cuts: Vec<usize>) -> Vec<Vec<u8>> {
    cuts.sort_unstable();
    let mut fields = Vec::new();
    let mut start = 0;
    for cut in cuts.into_iter().map(|cut| cut.min(bytes.len())) {
        fields.push(bytes[start..cut].to_vec());
        start = cut;
    }
    fields.push(bytes[start..].to_vec());
    fields
}
