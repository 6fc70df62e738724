//! Every way out to files that we can think of: it works unconfined, and does not confined.

use std::fs;
use std::os::fd::AsRawFd as _;

use ftc_process::confine::Profile;

use crate::confine_support::{Place, confined, files_are_confined, is_root, reached, said};
use crate::support::{run, shell, shim};

fn assert_all_refused(ways: &[(&str, &str)]) {
    if !files_are_confined() {
        return;
    }
    let place = Place::new();
    for (way, script) in ways {
        place.assert_refused(way, script);
    }
}

#[test]
fn a_key_outside_cannot_be_read() {
    assert_all_refused(&[
        ("its path", "cat $OUTSIDE/key"),
        ("listing", "ls $OUTSIDE"),
        ("dots", "cat ../outside/key"),
        ("a link", "cat link"),
        ("a link to its directory", "cat links/key"),
        (
            "a link through a link",
            "ln -s links/../outside/key second && cat second",
        ),
        ("its own root", "cat /proc/self/root$OUTSIDE/key"),
        (
            "its own working directory",
            "cat /proc/self/cwd/../outside/key",
        ),
        ("a hard link", "ln $OUTSIDE/key mine && cat mine"),
        ("copying", "cp $OUTSIDE/key mine"),
        ("executing", "cp /bin/true $OUTSIDE/true && $OUTSIDE/true"),
        (
            "a shell's input",
            "read -r line <$OUTSIDE/key && test -n \"$line\"",
        ),
    ]);
}

#[test]
fn the_processes_around_it_are_closed() {
    assert_all_refused(&[
        ("the shim's root", "cat /proc/$PPID/root$OUTSIDE/key"),
        ("the shim's directory", "ls /proc/$PPID/cwd/"),
        ("the shim's descriptors", "readlink /proc/$PPID/fd/1"),
        ("the shim's environment", "cat /proc/$PPID/environ"),
        ("the shim's maps", "cat /proc/$PPID/maps"),
        (
            "the root of the tests",
            "cat /proc/$TESTER/root$OUTSIDE/key",
        ),
        ("the environment of the tests", "cat /proc/$TESTER/environ"),
    ]);
    if is_root() {
        assert_all_refused(&[
            ("the memory of the shim", ": <>/proc/$PPID/mem"),
            ("the shim's namespaces", "readlink /proc/$PPID/ns/net"),
        ]);
    }
}

#[test]
fn nothing_outside_can_be_changed() {
    assert_all_refused(&[
        ("creating", ": >$OUTSIDE/new"),
        ("appending", "echo more >>$OUTSIDE/key"),
        ("truncating", ": >$OUTSIDE/key"),
        ("truncate(2)", "truncate -s 0 $OUTSIDE/key"),
        ("a link", "echo more >>link"),
        ("removing", "rm $OUTSIDE/key"),
        ("removing a directory", "rmdir $OUTSIDE/empty"),
        ("making a directory", "mkdir $OUTSIDE/new"),
        ("making a link", "ln -s / $OUTSIDE/new"),
        ("making a fifo", "mkfifo $OUTSIDE/new"),
        ("renaming out", "echo mine >mine && mv mine $OUTSIDE/mine"),
        ("renaming in", "mv $OUTSIDE/key mine"),
        ("renaming a directory in", "mv $OUTSIDE/empty mine"),
        (
            "a hard link out",
            "echo mine >mine && ln mine $OUTSIDE/mine",
        ),
        ("its own root", ": >/proc/self/root$OUTSIDE/new"),
    ]);
}

#[test]
fn modes_and_times_outside_stay() {
    let level = reached(Profile::Gate);
    if !level.private_view {
        // Landlock has no right for them: it must say so.
        assert!(
            level
                .missing
                .iter()
                .any(|text| text.contains("mode, owner and times")),
            "{level:?}"
        );
        return;
    }
    assert_all_refused(&[
        ("the mode", "chmod 777 $OUTSIDE/key"),
        ("the mode, by a link", "chmod 777 link"),
        ("the times", "touch -d 2001-01-01 $OUTSIDE/key"),
        ("the times, by a link", "touch -d 2001-01-01 links/key"),
        ("its being there", "test -e $OUTSIDE/key"),
    ]);
    if is_root() {
        assert_all_refused(&[("the owner", "chown 1 $OUTSIDE/key")]);
    }
}

#[test]
fn its_worktree_is_its_own() {
    let place = Place::new();
    let script = "mkdir -p a/b && echo text >a/b/f && mv a/b/f a/g && ln a/g a/h && ln -s g a/i && cat a/i && chmod 600 a/g \
                  && touch a/j && rm a/h && cp /bin/true a/true && a/true && mkfifo a/k && rm -r a && pwd";
    let outcome = run(&place
        .script(script)
        .confine(place.confinement(Profile::Gate)));
    assert!(outcome.success(), "{}", said(&outcome));
    assert_eq!(
        outcome.stdout.to_text(),
        format!("text\n{}\n", place.worktree().display())
    );
}

#[test]
fn a_worktree_is_found_through_links() {
    let place = Place::new();
    let link = place.root().join("linked");
    std::os::unix::fs::symlink(place.worktree(), &link).unwrap();
    let spawn = shell("pwd && echo mine >mine && cat \"$PWD/mine\"")
        .directory(&link)
        .env("PWD", &link)
        .shim(shim())
        .confine(ftc_process::Confinement::new(Profile::Gate).writable(&link));
    let outcome = run(&spawn);
    assert!(outcome.success(), "{}", said(&outcome));
    assert!(place.worktree().join("mine").exists());
    assert_eq!(
        outcome.stdout.to_text(),
        format!("{}\nmine\n", link.display())
    );
}

#[test]
fn what_it_may_read_it_may_not_write() {
    let place = Place::new();
    let confinement = place.confinement(Profile::Gate).readable(place.outside());
    let script = "cat $OUTSIDE/key; echo x >>$OUTSIDE/key && exit 1; rm -f $OUTSIDE/key && exit 2; echo x >$OUTSIDE/new && exit 3; exit 0";
    let outcome = run(&place.script(script).confine(confinement));
    if files_are_confined() {
        assert!(outcome.success(), "{}", said(&outcome));
    }
    assert_eq!(outcome.stdout.to_text(), "secret\n");
}

#[test]
fn what_may_only_be_read_in_its_worktree_stays_as_it_is() {
    let place = Place::new();
    let kept = place.worktree().join(".git");
    fs::create_dir(&kept).unwrap();
    fs::write(kept.join("config"), "config\n").unwrap();
    let script = "cat .git/config; echo x >>.git/config && exit 1; rm -f .git/config && exit 2; mv .git away && exit 3; \
                  ln .git/config mine && exit 4; chmod 777 .git/config && exit 5; echo mine >mine";
    let confinement = place.confinement(Profile::Gate).readable(&kept);
    let outcome = run(&place.script(script).confine(confinement));
    let level = confined(&outcome);
    if level.private_view {
        assert!(outcome.success(), "{}", said(&outcome));
        assert_eq!(fs::read_to_string(kept.join("config")).unwrap(), "config\n");
    } else {
        let told = |text: &String| text.contains(".git");
        assert!(level.missing.iter().any(told), "{level:?}");
    }
}

#[test]
fn what_is_hidden_is_not_there() {
    let place = Place::new();
    let secret = place.worktree().join(".ftc");
    fs::create_dir(&secret).unwrap();
    fs::write(secret.join("journal"), "secret").unwrap();
    fs::write(place.worktree().join(".env"), "secret").unwrap();
    let script = "cat .ftc/journal && exit 1; grep -q secret .env && exit 2; echo x >.ftc/y && exit 3; exit 0";
    let confinement = place
        .confinement(Profile::Gate)
        .hidden(&secret)
        .hidden(place.worktree().join(".env"))
        .hidden(place.worktree().join("never there"));
    let outcome = run(&place.script(script).confine(confinement.clone()));
    let level = confined(&outcome);
    if level.private_view {
        assert!(outcome.success(), "{}", said(&outcome));
        assert!(
            !level.missing.iter().any(|text| text.contains(".ftc")),
            "{level:?}"
        );
    } else {
        assert!(
            level.missing.iter().any(|text| text.contains(".ftc")),
            "{level:?}"
        );
    }
    assert_eq!(
        fs::read_to_string(secret.join("journal")).unwrap(),
        "secret"
    );
    assert!(!secret.join("y").exists());
}

#[test]
fn a_worktree_in_what_is_hidden_works() {
    let place = Place::new();
    let hidden = place.root().join("outside");
    let inner = hidden.join("pool/1");
    fs::create_dir_all(&inner).unwrap();
    let confinement = ftc_process::Confinement::new(Profile::Gate)
        .readable(place.root())
        .hidden(&hidden)
        .writable(&inner);
    let script = "echo mine >mine && cat mine && ls .. && { cat ../../key && exit 1; exit 0; }";
    let outcome = run(&place.script(script).directory(&inner).confine(confinement));
    if confined(&outcome).private_view {
        assert!(outcome.success(), "{}", said(&outcome));
        assert_eq!(outcome.stdout.to_text(), "mine\n1\n");
    }
}

#[test]
fn an_inherited_descriptor_is_closed() {
    let place = Place::new();
    // One that the program behind our caller left open for us, without `O_CLOEXEC`.
    let outside = fs::File::open(place.outside()).unwrap();
    let leaked = rustix::io::dup(&outside).unwrap();
    let script = format!("cat /proc/self/fd/{}/key", leaked.as_raw_fd());
    let open = run(&shell(&script));
    assert_eq!(open.stdout.to_text(), "secret\n", "{}", said(&open));
    let closed = run(&place
        .script(&script)
        .confine(place.confinement(Profile::Gate)));
    assert!(!closed.success(), "{}", said(&closed));
    let listed = place
        .script("ls /proc/self/fd")
        .confine(place.confinement(Profile::Gate));
    // The last one is that of the listing itself.
    assert_eq!(run(&listed).stdout.to_text(), "0\n1\n2\n3\n");
}

#[test]
fn temporary_files_are_its_own() {
    if !files_are_confined() {
        return;
    }
    let place = Place::new();
    let name = format!("ftc-test-{}", std::process::id());
    let script = format!(
        "echo x >$TMPDIR/f && echo $TMPDIR; echo y >/tmp/{name} && cat /tmp/{name}; ls /dev/shm; exit 0"
    );
    let outcome = run(&place
        .script(&script)
        .confine(place.confinement(Profile::Gate)));
    let text = outcome.stdout.to_text();
    let directory = text.lines().next().unwrap();
    assert_ne!(directory, std::env::temp_dir().to_str().unwrap());
    assert!(!fs::exists(directory).unwrap(), "it is removed in the end");
    assert!(!fs::exists(format!("/tmp/{name}")).unwrap());
    // A hard-coded `/tmp` works where it can have one of its own.
    assert_eq!(
        text.contains('y'),
        confined(&outcome).private_view,
        "{}",
        said(&outcome)
    );
}
