//! Sizes as people write them: `512MiB`, `4GiB`.

/// Takes one whole number and one of the units `B`, `KiB`, `MiB`, `GiB` and `TiB`. Zero is no limit that anybody means.
pub(super) fn parse(text: &str) -> Result<u64, String> {
    let complaint = || format!("`{text}` is not a size such as `512MiB` or `4GiB`");
    let unit_at = text
        .find(|character: char| !character.is_ascii_digit())
        .ok_or_else(complaint)?;
    let (number, unit) = text.split_at(unit_at);
    let unit_bytes = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1_u64 << 40,
        _ => return Err(complaint()),
    };
    let number: u64 = number.parse().map_err(|_| complaint())?;
    match number.checked_mul(unit_bytes) {
        None => Err(complaint()),
        Some(0) => Err("nothing can run within no bytes at all".to_owned()),
        Some(bytes) => Ok(bytes),
    }
}
