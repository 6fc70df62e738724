//! What the policy of the base branch says about writes to the forge: its section `forge:`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ftc_changeset::{Facts, ForgeWrite, GateVerdict, POLICY_FILE, Policy, WriteGate};
use ftc_github::PlannedWrite;
use ftc_state::{OutboxFilter, StoreError};
use ftc_vcs::ReadError;
use jiff::Timestamp;

use crate::base::FetchBaseError;
use crate::cleaner::Cx;
use crate::discover::all;
use crate::outbox::chain;

/// The rules of one pass. Besides them, [`guard`](crate::guard) always holds.
pub(crate) struct ForgeRules {
    rules: Rules,
    /// When writes were made, as far as a policy wants to know.
    made: Mutex<Vec<Timestamp>>,
}

enum Rules {
    /// The policy has no such section.
    None,
    Policy(Box<Policy>),
    /// The policy cannot be read, and may have such a section. Then nothing is allowed.
    Unreadable(String),
}

/// Why it is not known what may be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ForgeRulesError {
    /// The base branch is not known.
    #[error("failed to fetch the base branch, whose policy says what may be written")]
    Base(#[from] FetchBaseError),
    /// The policy could not be read.
    #[error("failed to read `{POLICY_FILE}` of the base branch")]
    Read(#[from] ReadError),
    /// Earlier writes could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ForgeRulesError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Base(error) => error.is_retryable(),
            Self::Read(_) => false,
            Self::Store(error) => error.is_retryable(),
        }
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Base(error) => error.hints(),
            Self::Read(_) => Vec::new(),
            Self::Store(error) => error.hints(),
        }
    }
}

impl Cx {
    /// The rules of this pass: those at the tip of the base branch when they were first asked for.
    pub(crate) fn forge_rules(&self) -> Result<Arc<ForgeRules>, ForgeRulesError> {
        if let Some(known) = self.known_forge_rules().clone() {
            return Ok(known);
        }
        let loaded = Arc::new(self.load_forge_rules()?);
        *self.known_forge_rules() = Some(Arc::clone(&loaded));
        Ok(loaded)
    }

    pub(crate) fn forget_forge_rules(&self) {
        *self.known_forge_rules() = None;
    }

    fn known_forge_rules(&self) -> MutexGuard<'_, Option<Arc<ForgeRules>>> {
        // It is whole also when a thread that held it panicked.
        self.forge_rules
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn load_forge_rules(&self) -> Result<ForgeRules, ForgeRulesError> {
        let base = self.fetch_base()?;
        let text = self.parts.code.read_file(base, POLICY_FILE)?;
        let rules = text.map_or(Rules::None, |bytes| read(&String::from_utf8_lossy(&bytes)));
        let made = match rules {
            Rules::Policy(_) => self.earlier_writes()?,
            Rules::None | Rules::Unreadable(_) => Vec::new(),
        };
        Ok(ForgeRules {
            rules,
            made: Mutex::new(made),
        })
    }

    fn earlier_writes(&self) -> Result<Vec<Timestamp>, StoreError> {
        let parts = &self.parts;
        let filter = OutboxFilter::all();
        let entries = all(|page| parts.store.list_outbox(&parts.repository, &filter, page))?;
        Ok(entries.iter().filter_map(|entry| entry.done_at).collect())
    }
}

impl ForgeRules {
    /// Whether the policy allows `write` now; the error says why not.
    pub(crate) fn judge(&self, cx: &Cx, write: &PlannedWrite) -> Result<(), String> {
        let policy = match &self.rules {
            Rules::None => return Ok(()),
            Rules::Unreadable(why) => return Err(why.clone()),
            Rules::Policy(policy) => policy,
        };
        let mut asked = ForgeWrite::new(cx.parts.forge.repository(), write.op());
        asked.branch = match write {
            PlannedWrite::PushBranch { branch, .. } => Some(branch.clone()),
            PlannedWrite::EnsurePull { head, .. } => Some(head.clone()),
            _ => None,
        };
        asked.earlier = Some(self.made().clone());
        let decision = WriteGate::evaluate_forge(policy, &asked, &Facts::new(cx.now()));
        if decision.verdict == GateVerdict::Allow {
            return Ok(());
        }
        let findings = decision.findings.iter();
        let messages: Vec<&str> = findings.map(|finding| finding.message.as_str()).collect();
        Err(format!(
            "`{POLICY_FILE}` of the base branch does not allow it: {}",
            messages.join("; ")
        ))
    }

    /// Takes a write into account that was made.
    pub(crate) fn count(&self, at: Timestamp) {
        self.made().push(at);
    }

    fn made(&self) -> MutexGuard<'_, Vec<Timestamp>> {
        // The list is whole after every push, also when a thread that held it panicked.
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(text: &str) -> Rules {
    match Policy::parse(text, POLICY_FILE) {
        Ok(policy) if policy.has_forge_rules() => Rules::Policy(Box::new(policy)),
        Ok(_) => Rules::None,
        // A policy that nobody can read allows no change either; the attempt says so. But what it may say about writes holds.
        Err(_) if !text.contains("forge") => Rules::None,
        Err(error) => Rules::Unreadable(format!(
            "`{POLICY_FILE}` of the base branch cannot be read, and it may forbid it: {}",
            chain(&error)
        )),
    }
}
