//! "Did you mean ...?".

/// The candidate that `word` is most likely a slip of, if any is close enough to be worth saying.
///
/// ```
/// assert_eq!(ftc_cli::nearest("scna", ["scan", "doctor"]), Some("scan"));
/// assert_eq!(ftc_cli::nearest("merge", ["scan", "doctor"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        // Three letters of ten may be wrong; in a short word one.
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() * 3 / 10).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
