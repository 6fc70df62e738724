use super::distance_within;

/// The whole table, as a textbook fills it.
fn plain(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = line + 1;
        for (column, y) in b.iter().enumerate() {
            let value = (corner + usize::from(x != y))
                .min(row[column] + 1)
                .min(row[column + 1] + 1);
            corner = row[column + 1];
            row[column + 1] = value;
        }
    }
    row[b.len()]
}

#[test]
fn known_distances() {
    for (a, b, distance) in [
        ("kitten", "sitting", 3),
        ("saturday", "sunday", 3),
        ("", "abc", 3),
        ("abc", "abc", 0),
        ("intention", "execution", 5),
    ] {
        assert_eq!(plain(a.as_bytes(), b.as_bytes()), distance);
        assert_eq!(
            distance_within(a.as_bytes(), b.as_bytes(), 10),
            Some(distance)
        );
        assert_eq!(
            distance_within(b.as_bytes(), a.as_bytes(), distance),
            Some(distance)
        );
        if distance > 0 {
            assert_eq!(
                distance_within(a.as_bytes(), b.as_bytes(), distance - 1),
                None
            );
        }
    }
}

proptest::proptest! {
    #[test]
    fn the_band_is_the_whole_table_up_to_the_limit(
        a in "[ab ]{0,24}",
        b in "[ab ]{0,24}",
        most in 0_usize..26,
    ) {
        let distance = plain(a.as_bytes(), b.as_bytes());
        let expected = (distance <= most).then_some(distance);
        proptest::prop_assert_eq!(distance_within(a.as_bytes(), b.as_bytes(), most), expected);
    }
}
