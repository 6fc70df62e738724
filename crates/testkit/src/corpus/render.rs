//! A score as tables.

use std::fmt;

use super::counts::{ClassCounts, Counts, KindCounts, PairCounts, Table, ratio};
use super::score::Score;

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} files, {} without a prediction",
            self.files, self.without_prediction
        )?;
        counts(f, "test names", &self.names)?;
        counts(f, "failures without a test", &self.nameless)?;
        kinds(f, &self.kinds)?;
        for (basis, table) in &self.classes {
            classes(f, basis, table)?;
        }
        if !self.class_counts.is_empty() {
            writeln!(
                f,
                "\nclasses that the log proves: macro F1 {:.4}",
                self.class_macro_f1()
            )?;
        }
        writeln!(
            f,
            "\npassing logs with nothing reported: {} of {}",
            self.passing.clean, self.passing.files
        )?;
        pairs(f, &self.pairs)
    }
}

/// The rows of a table, that of all last.
fn rows<T>(table: &Table<T>) -> impl Iterator<Item = (&str, &T)> {
    let by_framework = table.by_framework.iter();
    by_framework
        .map(|(name, row)| (name.as_str(), row))
        .chain([("all", &table.all)])
}

fn counts(f: &mut fmt::Formatter<'_>, title: &str, table: &Table<Counts>) -> fmt::Result {
    if table.all == Counts::default() {
        return Ok(());
    }
    writeln!(
        f,
        "\n{title:<28} {:>6} {:>6} {:>6} {:>9} {:>9} {:>9}",
        "right", "wrong", "missed", "precision", "recall", "F1"
    )?;
    for (name, row) in rows(table).filter(|(_, row)| row.tp + row.fp + row.r#fn > 0) {
        writeln!(
            f,
            "  {name:<26} {:>6} {:>6} {:>6} {:>9.4} {:>9.4} {:>9.4}",
            row.tp,
            row.fp,
            row.r#fn,
            row.precision(),
            row.recall(),
            row.f1()
        )?;
    }
    Ok(())
}

fn kinds(f: &mut fmt::Formatter<'_>, table: &Table<KindCounts>) -> fmt::Result {
    writeln!(
        f,
        "\n{:<28} {:>6} {:>9} {:>9}",
        "kinds", "found", "strict", "accepted"
    )?;
    for (name, row) in rows(table).filter(|(_, row)| row.found > 0) {
        writeln!(
            f,
            "  {name:<26} {:>6} {:>9.4} {:>9.4}",
            row.found,
            ratio(row.strict, row.found),
            ratio(row.accepted, row.found)
        )?;
    }
    Ok(())
}

fn classes(f: &mut fmt::Formatter<'_>, basis: &str, table: &Table<ClassCounts>) -> fmt::Result {
    writeln!(
        f,
        "\n{:<28} {:>6} {:>6} {:>9} {:>6}",
        format!("classes, proof: {basis}"),
        "files",
        "right",
        "abstained",
        "wrong"
    )?;
    for (name, row) in rows(table) {
        writeln!(
            f,
            "  {name:<26} {:>6} {:>6} {:>9} {:>6}",
            row.files,
            row.right,
            row.abstained,
            row.wrong()
        )?;
    }
    Ok(())
}

fn pairs(f: &mut fmt::Formatter<'_>, table: &Table<PairCounts>) -> fmt::Result {
    writeln!(
        f,
        "\n{:<28} {:>6} {:>6} {:>6} {:>9} {:>9} {:>11} {:>11}",
        "fingerprint pairs",
        "right",
        "joined",
        "split",
        "precision",
        "recall",
        "hard apart",
        "cross equal"
    )?;
    for (name, row) in rows(table) {
        let counts = &row.counts;
        writeln!(
            f,
            "  {name:<26} {:>6} {:>6} {:>6} {:>9.4} {:>9.4} {:>11} {:>11}",
            counts.tp,
            counts.fp,
            counts.r#fn,
            counts.precision(),
            counts.recall(),
            format!("{}/{}", row.hard - row.hard_joined, row.hard),
            format!("{}/{}", row.cross_joined, row.cross)
        )?;
    }
    Ok(())
}
