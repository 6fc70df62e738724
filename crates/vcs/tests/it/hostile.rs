//! Nothing that an agent can write makes us run a program.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ftc_vcs::{Expected, PushUpdate, Repository};

use crate::support::{Fixture, git, git_program, listed, new_commit, set_mode, write};

/// Settings whose value git runs as a program.
const PROGRAMS: &[&str] = &[
    "core.fsmonitor",
    "core.sshCommand",
    "core.askPass",
    "core.editor",
    "core.pager",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "credential.helper",
    "diff.external",
    "diff.evil.command",
    "diff.evil.textconv",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "filter.lfs.clean",
    "filter.lfs.smudge",
    "filter.lfs.process",
    "merge.evil.driver",
    "gpg.program",
    "uploadpack.packObjectsHook",
    "remote.origin.uploadpack",
    "remote.origin.receivepack",
    "remote.origin.vcs",
    "sequence.editor",
    "trailer.evil.command",
    "interactive.diffFilter",
];

const HOOKS: &[&str] = &[
    "post-checkout",
    "reference-transaction",
    "pre-push",
    "post-index-change",
    "pre-auto-gc",
    "pre-commit",
    "commit-msg",
    "fsmonitor-watchman",
];

struct Scene {
    fixture: Fixture,
    marks: PathBuf,
    decoy: PathBuf,
}

impl Scene {
    fn touch(&self, name: &str) -> String {
        format!("touch '{}/{name}'; false", self.marks.display())
    }

    /// Fails if anything ran, or if anything reached the repository that nobody named.
    #[track_caller]
    fn check(&self) {
        let marks: Vec<_> = fs::read_dir(&self.marks)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert!(marks.is_empty(), "{marks:?}");
        assert_eq!(git(&self.decoy, ["for-each-ref"]), "");
    }
}

/// A repository with everything evil that its configuration can hold, whose worktree is at `slot`.
fn scene() -> (Scene, PathBuf) {
    let fixture = Fixture::new();
    fixture.write(
        ".gitattributes",
        "* filter=evil diff=evil merge=evil\n*.bin filter=lfs\n",
    );
    fixture.write("data.bin", "bytes\n");
    fixture.commit("attributes");
    let worktree = fixture.worktree("slot");
    let marks = fixture.beside("marks");
    fs::create_dir(&marks).unwrap();
    let decoy = fixture.beside("decoy.git");
    Repository::init_bare(&decoy, "main", &git_program()).unwrap();
    let scene = Scene {
        fixture,
        marks,
        decoy,
    };
    poison(&scene, &scene.fixture.path().join(".git/config"));
    write(
        &scene.fixture.path().join(".git/info/attributes"),
        "* filter=evil diff=evil merge=evil\n",
    );
    (scene, worktree)
}

/// Writes every evil setting and hook that there is into the configuration file `config`.
fn poison(scene: &Scene, config: &Path) {
    let hooks = scene.fixture.beside("hooks");
    let default_hooks = scene.fixture.path().join(".git/hooks");
    for name in HOOKS {
        for directory in [&hooks, &default_hooks] {
            let hook = directory.join(name);
            write(&hook, format!("#!/bin/sh\n{}\n", scene.touch(name)));
            set_mode(&hook, 0o755);
        }
    }
    let mut text = fs::read_to_string(config).unwrap_or_default();
    let mut set = |name: &str, value: &str| {
        let (section, key) = name.rsplit_once('.').unwrap();
        let header = match section.split_once('.') {
            Some((section, sub)) => format!("[{section} \"{sub}\"]"),
            None => format!("[{section}]"),
        };
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        writeln!(text, "{header}\n\t{key} = \"{value}\"").unwrap();
    };
    for name in PROGRAMS {
        set(name, &scene.touch(name));
    }
    let decoy = scene.decoy.to_str().unwrap();
    let temporary = scene.fixture.temporary.path().to_str().unwrap();
    set("core.hooksPath", hooks.to_str().unwrap());
    set("core.worktree", temporary);
    set(
        "core.attributesFile",
        scene
            .fixture
            .path()
            .join(".gitattributes")
            .to_str()
            .unwrap(),
    );
    set("filter.evil.required", "true");
    set("filter.lfs.required", "true");
    set("remote.origin.url", decoy);
    set("remote.origin.pushurl", decoy);
    set("remote.origin.mirror", "true");
    set("remote.origin.prune", "true");
    set("fetch.prune", "true");
    set(
        &format!("url.{decoy}.insteadOf"),
        scene.fixture.beside("origin.git").to_str().unwrap(),
    );
    set(
        &format!("url.{decoy}.pushInsteadOf"),
        scene.fixture.beside("origin.git").to_str().unwrap(),
    );
    set("commit.gpgSign", "true");
    set("push.gpgSign", "true");
    set("protocol.ext.allow", "always");
    set("index.sparse", "true");
    set("core.sparseCheckout", "true");
    set("core.splitIndex", "true");
    set("core.ignoreStat", "true");
    set("core.fileMode", "false");
    fs::write(config, text).unwrap();
}

#[test]
fn planted_settings_run_when_git_itself_is_used() {
    // The other tests prove something only if the trap works.
    let (scene, worktree) = scene();
    fs::write(worktree.join("README.md"), "changed\n").unwrap();
    crate::support::try_git(&worktree, ["add", "-A"]);
    crate::support::try_git(&worktree, ["checkout", "-q", "--detach"]);
    let marks: Vec<String> = fs::read_dir(&scene.marks)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(marks.contains(&"core.fsmonitor".to_owned()), "{marks:?}");
    assert!(
        marks.contains(&"filter.evil.process".to_owned()),
        "{marks:?}"
    );
}

#[test]
fn the_repository_s_configuration_runs_nothing() {
    let (scene, worktree) = scene();
    let fixture = &scene.fixture;
    let (url, origin) = origin_by_hand(fixture);
    // Opened before and after the settings came.
    for repository in [
        fixture.repository.clone(),
        Repository::open(&fixture.path(), &git_program()).unwrap(),
    ] {
        let head = repository.resolve("HEAD").unwrap();
        write(&worktree.join("README.md"), "by the agent\n");
        write(&worktree.join("new"), "by the agent\n");
        let changes = repository.diff_worktree(head, &worktree).unwrap();
        assert_eq!(listed(&changes), "modified README.md\nadded new");
        assert!(!repository.is_clean(&worktree).unwrap());
        let tree = repository.worktree_tree(&worktree).unwrap();
        let commit = repository
            .commit_tree(&new_commit(tree, vec![head], "by the agent"))
            .unwrap();
        repository
            .update_ref("refs/ftc/x", Some(commit), Expected::Any)
            .unwrap();
        repository
            .push(
                &url,
                &[PushUpdate::new("refs/heads/x", Some(commit), Expected::Any)],
            )
            .unwrap();
        assert_eq!(origin.reference("refs/heads/x").unwrap(), Some(commit));
        repository
            .fetch(&url, &["+refs/heads/*:refs/remotes/origin/*"])
            .unwrap();
        assert_eq!(
            repository.remote_refs(&url, "refs/heads/x").unwrap().len(),
            1
        );
        repository.merge_trees(head, commit).unwrap();
        repository.reset_worktree(&worktree, commit, &[]).unwrap();
        assert!(repository.is_clean(&worktree).unwrap());
        repository.reset_worktree(&worktree, head, &[]).unwrap();
        assert!(repository.is_clean(&worktree).unwrap());
        let second = fixture.beside("second");
        repository.add_worktree(&second, commit, "test").unwrap();
        assert!(repository.is_clean(&second).unwrap());
        repository.remove_worktree(&second).unwrap();
        scene.check();
    }
}

/// The origin, made without git ever running in the poisoned repository.
fn origin_by_hand(fixture: &Fixture) -> (String, Repository) {
    let path = fixture.beside("origin.git");
    let origin = Repository::init_bare(&path, "main", &git_program()).unwrap();
    (path.to_str().unwrap().to_owned(), origin)
}

#[test]
fn what_the_worktree_claims_of_its_repository_is_not_believed() {
    let (scene, worktree) = scene();
    let repository = &scene.fixture.repository;
    let head = repository.resolve("HEAD").unwrap();
    // The agent puts a repository of its own, with its own settings, in the place of the `.git` file.
    fs::remove_file(worktree.join(".git")).unwrap();
    git(&worktree, ["init", "-q"]);
    poison(&scene, &worktree.join(".git/config"));
    write(&worktree.join("new"), "x");
    assert_eq!(
        listed(&repository.diff_worktree(head, &worktree).unwrap()),
        "added new"
    );
    repository.reset_worktree(&worktree, head, &[]).unwrap();
    assert!(
        fs::symlink_metadata(worktree.join(".git"))
            .unwrap()
            .is_file()
    );
    assert!(repository.is_clean(&worktree).unwrap());
    scene.check();
}

#[test]
fn a_nested_repository_s_configuration_runs_nothing() {
    let (scene, worktree) = scene();
    let repository = &scene.fixture.repository;
    let head = repository.resolve("HEAD").unwrap();
    for name in ["nested", "src"] {
        let nested = worktree.join(name);
        fs::create_dir_all(&nested).unwrap();
        git(&nested, ["init", "-q"]);
        write(&nested.join("file"), "x");
        git(&nested, ["add", "-A"]);
        git(&nested, ["commit", "-q", "-m", "nested"]);
        poison(&scene, &nested.join(".git/config"));
    }
    assert_eq!(
        listed(&repository.diff_worktree(head, &worktree).unwrap()),
        "added nested/file\nadded src/file"
    );
    repository.reset_worktree(&worktree, head, &[]).unwrap();
    assert!(repository.is_clean(&worktree).unwrap());
    scene.check();
}

#[test]
fn a_worktree_s_own_configuration_runs_nothing_and_does_not_stay() {
    let (scene, worktree) = scene();
    let repository = &scene.fixture.repository;
    let head = repository.resolve("HEAD").unwrap();
    let admin = repository.common_dir().join("worktrees/slot");
    let mut config = fs::read_to_string(repository.common_dir().join("config")).unwrap();
    config.push_str("[extensions]\n\tworktreeConfig = true\n");
    fs::write(repository.common_dir().join("config"), config).unwrap();
    poison(&scene, &admin.join("config.worktree"));
    write(&admin.join("info/sparse-checkout"), "/nothing\n");
    write(
        &admin.join("commondir"),
        format!("{}\n", scene.decoy.display()),
    );
    write(&worktree.join("README.md"), "changed\n");
    assert_eq!(
        listed(&repository.diff_worktree(head, &worktree).unwrap()),
        "modified README.md"
    );
    repository.reset_worktree(&worktree, head, &[]).unwrap();
    assert!(repository.is_clean(&worktree).unwrap());
    assert!(!admin.join("config.worktree").exists());
    assert!(!admin.join("info").exists());
    assert_eq!(
        fs::read_to_string(admin.join("commondir")).unwrap(),
        "../..\n"
    );
    scene.check();
}

#[test]
fn filters_that_are_asked_for_are_not_run_and_change_nothing() {
    let (scene, worktree) = scene();
    let repository = &scene.fixture.repository;
    write(&worktree.join("more.bin"), "raw bytes\n");
    let tree = repository.worktree_tree(&worktree).unwrap();
    assert_eq!(
        repository.read_file(tree, "more.bin").unwrap().as_deref(),
        Some(b"raw bytes\n".as_slice())
    );
    scene.check();
}
