//! Edit distance up to a limit.

/// The Levenshtein distance of two texts in bytes, or `None` when it is larger than `most`.
///
/// Only the diagonals within a limit are computed, and the limit is doubled until the distance fits (Ukkonen, "Algorithms for
/// approximate string matching", 1985): texts that hardly differ cost hardly more than reading them.
pub(crate) fn distance_within(a: &[u8], b: &[u8], most: usize) -> Option<usize> {
    let (a, b) = without_common_ends(a, b);
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut limit = 4.min(most);
    loop {
        if let Some(distance) = in_band(a, b, limit) {
            return Some(distance);
        }
        if limit >= most {
            return None;
        }
        limit = (limit * 2).min(most);
    }
}

fn without_common_ends<'a>(a: &'a [u8], b: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let front = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[front..], &b[front..]);
    let back = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    (&a[..a.len() - back], &b[..b.len() - back])
}

/// The distance if it is at most `limit`, by rows of the usual table of which only the cells near the diagonal are filled.
fn in_band(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let out = limit + 1;
    let mut row: Vec<usize> = (0..=b.len()).map(|cell| cell.min(out)).collect();
    for (line, byte) in a.iter().enumerate() {
        let from = line.saturating_sub(limit);
        let to = b.len().min(line + 1 + limit);
        // Left of the band everything is out of reach, but for the first column.
        let mut corner = row[from];
        let mut left = out;
        if from == 0 {
            left = (line + 1).min(out);
            row[0] = left;
        } else {
            row[from] = out;
        }
        let mut best = left;
        for (column, other) in b[from..to].iter().enumerate() {
            let cell = from + column + 1;
            let above = row[cell];
            let changed = corner + usize::from(byte != other);
            let value = changed.min(above + 1).min(left + 1).min(out);
            corner = above;
            row[cell] = value;
            left = value;
            best = best.min(value);
        }
        if best >= out {
            return None;
        }
    }
    let distance = row[b.len()];
    (distance <= limit).then_some(distance)
}

#[cfg(test)]
mod tests;
