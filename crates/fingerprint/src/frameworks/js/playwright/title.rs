//! Titles: `[project] › file:1:2 › suite › test`.

const SEPARATOR: &str = " › ";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Title {
    project: Option<String>,
    pub(in super::super) file: Option<String>,
    place: String,
    titles: String,
}

impl Title {
    /// `  1) [project] › file:1:2 › suite › test ─────`.
    pub(super) fn of_heading(text: &str) -> Option<Self> {
        let (number, rest) = text.strip_prefix("  ")?.trim_start().split_once(") ")?;
        number.parse::<u64>().ok()?;
        Self::parse(rest)
    }

    /// `    [project] › file:1:2 › suite › test ─────`.
    pub(super) fn of_list(text: &str) -> Option<Self> {
        Self::parse(text.strip_prefix("    ")?)
    }

    /// The same behind blanks, as reports hold it.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches(['─', '=']).trim_end();
        let (project, rest) = match text.strip_prefix('[') {
            Some(rest) => {
                let (project, rest) = rest.split_once("] › ")?;
                (Some(project.to_owned()), rest)
            }
            None => (None, text),
        };
        let (place, titles) = rest.split_once(SEPARATOR)?;
        let mut parts = place.rsplitn(3, ':');
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let has_place = parts.next().is_some_and(is_number) && parts.next().is_some_and(is_number);
        let file = parts.next().filter(|_| has_place)?;
        Some(Self {
            project,
            file: Some(file.to_owned()),
            place: place.to_owned(),
            titles: titles.to_owned(),
        })
    }

    /// Whether this is the heading of a failure of `test`, in one of its steps perhaps.
    pub(super) fn is_of(&self, test: &Self) -> bool {
        self.project == test.project
            && self.place == test.place
            && self
                .titles
                .strip_prefix(test.titles.as_str())
                .is_some_and(|step| step.is_empty() || step.starts_with(SEPARATOR))
    }

    pub(in super::super) fn name(&self) -> String {
        match &self.project {
            Some(project) => format!("[{project}]{SEPARATOR}{}", self.titles),
            None => self.titles.clone(),
        }
    }

    pub(in super::super) fn project(&self) -> Option<&str> {
        self.project.as_deref()
    }
}
