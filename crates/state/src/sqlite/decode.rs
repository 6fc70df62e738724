//! Rows of SQLite as values.

use std::error::Error;
use std::str::FromStr;

use ftc_durable::Digest;
use ftc_fingerprint::Sketch;
use jiff::Timestamp;
use rusqlite::types::{FromSql, Type};
use rusqlite::{Result, Row};

use crate::alias::Alias;
use crate::audit::{AuditEntry, AuditEvent};
use crate::known::{KnownFingerprint, Run};
use crate::record::FailureRecord;
use crate::repository::RepositoryName;
use crate::rows::{FingerprintRow, OccurrenceRow, Rank, RunRow};
use crate::source::{OccurrenceSource, Origin, SourceKey};

/// Takes the columns of a row from left to right.
pub(super) struct Columns<'a> {
    row: &'a Row<'a>,
    next: usize,
}

impl Columns<'_> {
    pub(super) fn take<T: FromSql>(&mut self) -> Result<T> {
        self.next += 1;
        self.row.get(self.next - 1)
    }

    /// Makes a value from the next column; what cannot be made is an error that names the column.
    pub(super) fn map<T: FromSql, U, E: Into<Box<dyn Error + Send + Sync>>>(
        &mut self,
        make: impl FnOnce(T) -> std::result::Result<U, E>,
    ) -> Result<U> {
        let value = self.take()?;
        make(value).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(self.next - 1, Type::Text, error.into())
        })
    }

    pub(super) fn parse<T: FromStr<Err: Error + Send + Sync + 'static>>(&mut self) -> Result<T> {
        self.map(|text: String| text.parse())
    }

    fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T> {
        self.map(|text: String| serde_json::from_str(&text))
    }

    pub(super) fn count(&mut self) -> Result<u64> {
        self.map(|value: i64| u64::try_from(value))
    }

    pub(super) fn time(&mut self) -> Result<Timestamp> {
        self.map(Timestamp::from_microsecond)
    }

    pub(super) fn optional_time(&mut self) -> Result<Option<Timestamp>> {
        self.map(|value: Option<i64>| value.map(Timestamp::from_microsecond).transpose())
    }

    pub(super) fn repository(&mut self) -> Result<RepositoryName> {
        Ok(RepositoryName::stored(self.take()?))
    }

    fn source(&mut self) -> Result<SourceKey> {
        Ok(SourceKey::stored(self.parse::<Digest>()?))
    }

    fn sketch(&mut self) -> Result<Sketch> {
        Ok(Sketch(self.take::<i64>()?.cast_unsigned()))
    }

    /// Nothing is stored as an empty name, since a key may not be NULL.
    fn test(&mut self) -> Result<Option<String>> {
        let test: String = self.take()?;
        Ok(Some(test).filter(|test| !test.is_empty()))
    }
}

pub(super) fn columns<'a>(row: &'a Row<'a>) -> Columns<'a> {
    Columns { row, next: 0 }
}

/// A row of `runs`.
pub(super) fn run(row: &Row<'_>) -> Result<RunRow> {
    let mut from = columns(row);
    let repository = from.repository()?;
    let key = from.source()?;
    let origin = origin(&mut from)?;
    let (class, confidence) = (from.parse()?, from.take()?);
    let (evidence, frameworks) = (from.json()?, from.json()?);
    let (commit, commit_scanned) = (from.take()?, from.optional_time()?);
    let (platform, platform_scanned) = (from.take()?, from.optional_time()?);
    let time = from.optional_time()?.zip(from.optional_time()?);
    Ok(RunRow {
        run: Run {
            repository,
            source: OccurrenceSource::stored(key, origin),
            commit,
            platform,
            class,
            confidence,
            evidence,
            frameworks,
            time,
            failed: from.count()?,
            passed_on_retry: from.count()?,
            lines: from.count()?,
            bytes: from.count()?,
            first_scanned: from.time()?,
            last_scanned: from.time()?,
        },
        commit_scanned,
        platform_scanned,
    })
}

fn origin(from: &mut Columns<'_>) -> Result<Origin> {
    let (url, attempt, file) = (from.take()?, from.take()?, from.take()?);
    from.map(|sha256: Option<String>| match (url, attempt, sha256) {
        (Some(url), Some(attempt), None) => Ok(Origin::Run { url, attempt, file }),
        (None, None, Some(sha256)) => match sha256.parse() {
            Ok(sha256) => Ok(Origin::File { path: file, sha256 }),
            Err(error) => Err(Box::<dyn Error + Send + Sync>::from(error)),
        },
        _ => Err("a source is a run with an attempt or a file with a sha256".into()),
    })
}

/// A row of `fingerprints`.
pub(super) fn fingerprint(row: &Row<'_>) -> Result<FingerprintRow> {
    let mut from = columns(row);
    let known = KnownFingerprint {
        repository: from.repository()?,
        fingerprint: from.parse()?,
        fingerprint_version: from.take()?,
        test: from.test()?,
        suite: from.take()?,
        kind: from.parse()?,
        detail: from.take()?,
        framework: from.take()?,
        framework_family: from.take()?,
        cause: from.parse()?,
        sketch: from.sketch()?,
        message: from.take()?,
        class: from.parse()?,
        confidence: from.take()?,
        evidence: from.json()?,
        times_seen: from.count()?,
        first_seen: from.optional_time()?,
        last_seen: from.optional_time()?,
        first_scanned: from.time()?,
        last_scanned: from.time()?,
    };
    // The latest occurrence is the one with the greatest time, so that time is `last_seen`.
    let latest = Rank {
        occurred_at: known.last_seen,
        source: from.source()?,
        test: from.take()?,
    };
    let decided = Rank {
        occurred_at: from.optional_time()?,
        source: from.source()?,
        test: from.take()?,
    };
    Ok(FingerprintRow {
        known,
        latest,
        decided,
    })
}

/// A row of `occurrences`.
pub(super) fn occurrence(row: &Row<'_>) -> Result<OccurrenceRow> {
    let mut from = columns(row);
    let (repository, source) = (from.repository()?, from.source()?);
    let mut failure = FailureRecord {
        fingerprint_version: String::new(),
        ..FailureRecord::new(from.parse()?, ftc_fingerprint::Kind::Infra)
    };
    failure.fingerprint_version = from.take()?;
    failure.cause = from.parse()?;
    failure.sketch = from.sketch()?;
    failure.test = from.test()?;
    failure.suite = from.take()?;
    failure.kind = from.parse()?;
    failure.detail = from.take()?;
    failure.framework = from.take()?;
    failure.framework_family = from.take()?;
    failure.class = from.parse()?;
    failure.confidence = from.take()?;
    failure.evidence = from.json()?;
    failure.passed_on_retry = from.take()?;
    failure.attempts = from.take()?;
    failure.first_line = from.count()?;
    failure.last_line = from.count()?;
    failure.occurred_at = from.optional_time()?;
    let (first_scanned, last_scanned) = (from.time()?, from.time()?);
    failure.message = from.take()?;
    failure.excerpt = from.take()?;
    failure.function = from.take()?;
    Ok(OccurrenceRow {
        repository,
        source,
        failure,
        first_scanned,
        last_scanned,
    })
}

/// A row of `fingerprint_aliases`.
pub(super) fn alias(row: &Row<'_>) -> Result<Alias> {
    let mut from = columns(row);
    Ok(Alias {
        repository: from.repository()?,
        alias: from.parse()?,
        fingerprint: from.parse()?,
        from_version: from.take()?,
        to_version: from.take()?,
        created_at: from.time()?,
    })
}

/// A row of `audit_log`.
pub(super) fn audit(row: &Row<'_>) -> Result<AuditEntry> {
    let mut from = columns(row);
    let (sequence, at) = (from.count()?, from.time()?);
    let (action, target): (String, String) = (from.take()?, from.take()?);
    let result = from.parse()?;
    let detail: String = from.take()?;
    Ok(AuditEntry {
        sequence,
        at,
        event: AuditEvent::new(action, target, result).with_detail(detail),
        previous: from.parse()?,
        hash: from.parse()?,
    })
}
