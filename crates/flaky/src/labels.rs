//! The labels of the cleaner, as the original named them.

use ftc_github::PlannedWrite;

/// What every label begins with.
pub const LABEL_PREFIX: &str = "flaky-test-cleaner/";

const COLOR: &str = "ededed";

/// A label of the cleaner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    AiManaged,
    FlakyTest,
    NeedsTriage,
    AiFixApproved,
    FixInProgress,
    Blocked,
    AiPrOpen,
}

impl Label {
    pub(crate) fn name(self) -> String {
        let word = match self {
            Self::AiManaged => "ai-managed",
            Self::FlakyTest => "flaky-test",
            Self::NeedsTriage => "needs-triage",
            Self::AiFixApproved => "ai-fix-approved",
            Self::FixInProgress => "fix-in-progress",
            Self::Blocked => "blocked",
            Self::AiPrOpen => "ai-pr-open",
        };
        format!("{LABEL_PREFIX}{word}")
    }

    fn description(self) -> &'static str {
        match self {
            Self::AiManaged => "Kept up to date by the flaky-test cleaner",
            Self::FlakyTest => "A test that fails and passes on the same code",
            Self::NeedsTriage => "Nobody has decided yet what to do",
            Self::AiFixApproved => "A maintainer allows an automatic fix",
            Self::FixInProgress => "An automatic fix is being made",
            Self::Blocked => "An automatic fix was tried and needs a person",
            Self::AiPrOpen => "An automatic fix is proposed",
        }
    }

    /// The writes that make sure that the repository has `labels`.
    pub(crate) fn ensure(labels: &[Self]) -> Vec<PlannedWrite> {
        labels
            .iter()
            .map(|label| PlannedWrite::EnsureLabel {
                name: label.name(),
                color: COLOR.to_owned(),
                description: label.description().to_owned(),
            })
            .collect()
    }

    pub(crate) fn names(labels: &[Self]) -> Vec<String> {
        labels.iter().map(|label| label.name()).collect()
    }
}
