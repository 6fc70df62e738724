//! The world.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use ftc_agent::AgentDriver;
use ftc_durable::Digest;
use ftc_flaky::{
    Children, Cleaner, Clock, GateTrust, Memo, Options, Parts, PassError, PassReport, Silent,
    Source,
};
use ftc_github::{
    IssueNumber, IssuesWrite as _, LocalForge, LocalForgeSetup, Login, MergeOptions, Permission,
    PullsRead as _, ReviewState,
};
use ftc_process::{ParentEnv, ProcessIdentity};
use ftc_state::{
    Lifecycle, LifecycleState, MemoryStore, PageRequest, RepositoryName, Store, StoreUrl,
};
use ftc_vcs::{GitProgram, Repository};
use ftc_worktree::{Pool, PoolOptions};
use jiff::Timestamp;
use tempfile::TempDir;

use super::agent::edits;
use super::git::{git, git_program};
use super::project::Project;

pub const BOT: &str = "ftc-bot";
pub const MAINTAINER: &str = "alice";
const NAME: &str = "demo/mirrors";

/// Everything that a cleaner meets.
pub struct World {
    root: TempDir,
    program: GitProgram,
    pub clock: Ticking,
    pub store: Arc<dyn Store>,
    pub agent: Option<Arc<dyn AgentDriver>>,
    pub options: Options,
    pub trusts: Arc<AtomicBool>,
    pub children: Children,
}

impl World {
    /// A project with a flaky test, and an agent that mends it.
    pub fn new() -> Self {
        Self::with(&Project::default())
    }

    pub fn with(project: &Project) -> Self {
        let root = tempfile::tempdir().unwrap();
        let program = git_program();
        let origin = root.path().join("origin.git");
        Repository::init_bare(&origin, "main", &program).unwrap();
        let code = root.path().join("project");
        project.write_to(&code);
        git(&code, &["init", "-q", "--initial-branch=main"]);
        git(&code, &["remote", "add", "origin", "../origin.git"]);
        let login = |name: &str| Login::new(name).unwrap();
        let setup = LocalForgeSetup {
            repository: NAME.to_owned(),
            branches: origin,
            default_branch: "main".to_owned(),
            people: vec![
                (login(MAINTAINER), Permission::Maintain),
                (login("mallory"), Permission::Read),
                (login(BOT), Permission::Write),
            ],
        };
        LocalForge::init(&root.path().join("forge"), &setup, &program).unwrap();
        let mut options = Options::default();
        options
            .scope
            .splice(.., ["src/**", "tests/**"].map(str::to_owned));
        let world = Self {
            root,
            program,
            clock: Ticking::default(),
            store: Arc::new(MemoryStore::new()),
            agent: Some(edits(mend)),
            options,
            trusts: Arc::new(AtomicBool::new(true)),
            children: Children::default(),
        };
        world.publish("A cache that asks several mirrors");
        world
    }

    /// Keeps what is remembered in a file.
    pub fn on_disk(mut self) -> Self {
        self.store = Arc::from(ftc_state::open(&self.store_url()).unwrap());
        self
    }

    pub fn store_url(&self) -> StoreUrl {
        let path = self.path("store.db");
        format!("sqlite:{}", path.display()).parse().unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn project(&self) -> PathBuf {
        self.path("project")
    }

    pub fn origin(&self) -> PathBuf {
        self.path("origin.git")
    }

    pub fn name() -> RepositoryName {
        RepositoryName::new(NAME).unwrap()
    }

    /// Commits everything in the project and pushes it.
    pub fn publish(&self, message: &str) -> String {
        let code = self.project();
        git(&code, &["add", "--all"]);
        git(&code, &["commit", "-q", "-m", message]);
        git(&code, &["push", "-q", "origin", "main"]);
        git(&code, &["rev-parse", "HEAD"])
    }

    /// Writes a file of the project, which [`World::publish`] then commits.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.project().join(name), text).unwrap();
    }

    /// A file as the base branch of the origin has it now.
    pub fn on_main(&self, path: &str) -> String {
        git(&self.origin(), &["show", &format!("main:{path}")])
    }

    /// The forge in the eyes of somebody.
    pub fn forge_of(&self, name: &str) -> LocalForge {
        let clock = self.clock.clone();
        LocalForge::open(&self.path("forge"), login(name), &self.program)
            .unwrap()
            .with_clock(ftc_github::Clock::new(move || clock.now()))
    }

    /// What a cleaner in this world works with.
    pub fn parts(&self) -> Parts {
        let code = Repository::open(&self.project(), &self.program).unwrap();
        let (pool, _) = Pool::open(
            &code,
            &self.project().join(".worktrees"),
            PoolOptions::default(),
        )
        .unwrap();
        let mut environment: Vec<(String, String)> =
            vec![("FTC_COUNTER".to_owned(), text(&self.path("counter")))];
        let path = ParentEnv::capture().var("PATH").unwrap().to_owned();
        environment.push(("PATH".to_owned(), path));
        Parts {
            repository: Self::name(),
            remote: text(&self.origin()),
            base_branch: "main".to_owned(),
            forge: Arc::new(self.forge_of(BOT)),
            store: Arc::clone(&self.store),
            pool,
            agent: self.agent.clone(),
            environment: environment
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
            children: self.children.clone(),
            trust: Arc::new(Word(Arc::clone(&self.trusts))),
            work: self.path("work"),
            key_directory: self.path("keys"),
            process: ProcessIdentity::current().unwrap(),
            clock: Arc::new(self.clock.clone()),
            observer: Arc::new(Silent),
            code,
        }
    }

    /// One pass that goes on with what is known.
    pub fn pass(&self) -> PassReport {
        self.try_pass(None, |_, _| {}).unwrap()
    }

    /// One pass that looks for failures first.
    pub fn pass_from(&self, source: Source) -> PassReport {
        self.try_pass(Some(source), |_, _| {}).unwrap()
    }

    /// One pass with other parts or options.
    pub fn try_pass(
        &self,
        source: Option<Source>,
        change: impl FnOnce(&mut Parts, &mut Options),
    ) -> Result<PassReport, PassError> {
        let mut parts = self.parts();
        let mut options = self.options.clone();
        options.source = source;
        change(&mut parts, &mut options);
        wait(Cleaner::new(parts, options).pass())
    }

    /// Runs the tests until the flake shows, and files it.
    pub fn discover(&self) -> IssueNumber {
        let report = self.pass_from(Source::Runs(4));
        let failure = report.failures.first().expect("the flake shows");
        assert!(failure.error.is_none(), "{:?}", failure.error);
        IssueNumber(failure.lifecycle.issue.unwrap())
    }

    pub fn approve(&self, issue: IssueNumber) {
        let by = login(MAINTAINER);
        self.forge_of(MAINTAINER).approve(issue, &by).unwrap();
    }

    /// Discovers, approves, and lets the agent try.
    pub fn attempt(&self) -> PassReport {
        let issue = self.discover();
        self.approve(issue);
        self.pass()
    }

    /// The same up to an open pull request.
    pub fn propose(&self) -> IssueNumber {
        let report = self.attempt();
        let failure = &report.failures[0];
        let pull = failure.lifecycle.pull;
        IssueNumber(pull.unwrap_or_else(|| panic!("no pull request: {failure:?}")))
    }

    pub fn ask_for_changes(&self, pull: IssueNumber, wish: &str) {
        self.forge_of(MAINTAINER)
            .review(
                pull,
                &login(MAINTAINER),
                ReviewState::ChangesRequested,
                wish,
            )
            .unwrap();
    }

    pub fn merge(&self, pull: IssueNumber) {
        let forge = self.forge_of(MAINTAINER);
        let by = login(MAINTAINER);
        forge
            .review(pull, &by, ReviewState::Approved, "Thank you.")
            .unwrap();
        forge.merge(pull, &by, &MergeOptions::default()).unwrap();
    }

    pub fn comment(&self, name: &str, number: IssueNumber, body: &str) {
        wait(self.forge_of(name).create_comment(number, body)).unwrap();
    }

    /// The commit that a pull request is at.
    pub fn head_of(&self, pull: IssueNumber) -> String {
        let pull = wait(self.forge_of(MAINTAINER).pull(pull)).unwrap();
        pull.unwrap().head_sha
    }

    /// What is remembered of the only failure beside its state.
    pub fn memo(&self) -> Memo {
        let lifecycle = self.lifecycle();
        Memo::parse(&lifecycle.memo, &lifecycle.fingerprint.to_string()).unwrap()
    }

    /// The stage and the reason of an attempt that did not stand. Nothing came of it but a comment that says so.
    pub fn refusal(&self) -> (String, String) {
        let lifecycle = self.lifecycle();
        assert_eq!(lifecycle.state, LifecycleState::WaitingForSignal);
        assert_eq!(lifecycle.pull, None);
        assert_eq!(
            git(&self.origin(), &["branch", "--format=%(refname:short)"]),
            "main"
        );
        assert_eq!(self.on_main("src/mode"), "racy");
        let attempts = self.memo().failed_attempts;
        let last = attempts.last().expect("an attempt failed");
        let story = super::story::forge_story(&self.forge_of(MAINTAINER));
        assert_eq!(story.matches("kind=attempt").count(), attempts.len());
        assert!(story.contains("flaky-test-cleaner/blocked"), "{story}");
        (last.stage.clone(), last.reason.clone())
    }

    /// All lifecycles.
    pub fn lifecycles(&self) -> Vec<Lifecycle> {
        let page = PageRequest::first(PageRequest::MAX_LIMIT);
        self.store
            .list_lifecycles(&Self::name(), &page)
            .unwrap()
            .items
    }

    /// The only lifecycle.
    pub fn lifecycle(&self) -> Lifecycle {
        let mut all = self.lifecycles();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    pub fn state(&self) -> LifecycleState {
        self.lifecycle().state
    }

    /// The states that the only lifecycle went through, updates left out.
    pub fn journal(&self) -> Vec<String> {
        let page = PageRequest::first(PageRequest::MAX_LIMIT);
        let fingerprint = self.lifecycle().fingerprint;
        let entries = self
            .store
            .list_transitions(&Self::name(), &fingerprint, &page);
        let mut states: Vec<String> = entries
            .unwrap()
            .items
            .iter()
            .map(|entry| entry.to.to_string())
            .collect();
        states.dedup();
        states
    }
}

/// The change that mends the race; when a review asks for it, a comment.
fn mend(worktree: &Path) {
    let mode = worktree.join("src/mode");
    if std::fs::read_to_string(&mode).unwrap() == "fixed\n" {
        let code = worktree.join("src/cache.rs");
        let text = std::fs::read_to_string(&code).unwrap();
        std::fs::write(
            &code,
            format!("// Answers come in any order; {}.\n{text}", text.len()),
        )
        .unwrap();
        return;
    }
    std::fs::write(mode, "fixed\n").unwrap();
}

pub fn login(name: &str) -> Login {
    Login::new(name).unwrap()
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Waits for an asynchronous answer.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// A clock that goes on by a second whenever somebody looks at it.
#[derive(Clone)]
pub struct Ticking(Arc<AtomicI64>);

impl Default for Ticking {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(1_750_000_000)))
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.fetch_add(1, Ordering::Relaxed)).unwrap()
    }
}

struct Word(Arc<AtomicBool>);

impl GateTrust for Word {
    fn allows(&self, _: &Digest) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
