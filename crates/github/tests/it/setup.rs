//! Making and opening a local forge.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use ftc_github::{Forge as _, LocalForge, LocalForgeSetup, OpenForgeError, Permission};

use crate::support::{World, login, open_issue, people, wait};

fn open(world: &World) -> Result<LocalForge, OpenForgeError> {
    LocalForge::open(&world.directory(), login("cleaner"), &world.git)
}

fn setup(world: &World) -> LocalForgeSetup {
    LocalForgeSetup {
        repository: "acme/widget".to_owned(),
        branches: world.origin.git_dir().to_owned(),
        default_branch: "main".to_owned(),
        people: people(),
    }
}

#[test]
fn a_forge_is_made_once() {
    let world = World::new();
    let again = LocalForge::init(&world.directory(), &setup(&world), &world.git);
    assert!(matches!(again, Err(OpenForgeError::Exists { .. })));
    assert_eq!(world.forge.repository(), "acme/widget");
    let mode = |path: &str| world.file(path).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("seal.key")), (0o700, 0o600));
}

#[test]
fn a_setup_that_makes_no_sense_makes_no_forge() {
    let world = World::new();
    let place = world.directory().with_file_name("other");
    for wrong in [
        LocalForgeSetup {
            repository: "acme".to_owned(),
            ..setup(&world)
        },
        LocalForgeSetup {
            repository: "../x".to_owned(),
            ..setup(&world)
        },
        LocalForgeSetup {
            default_branch: "a..b".to_owned(),
            ..setup(&world)
        },
        LocalForgeSetup {
            branches: place.clone(),
            ..setup(&world)
        },
    ] {
        assert!(
            LocalForge::init(&place, &wrong, &world.git).is_err(),
            "{wrong:?}"
        );
        assert!(!place.exists());
    }
}

#[test]
fn what_is_not_a_forge_is_not_opened() {
    let world = World::new();
    let place = world.directory().with_file_name("nothing");
    let error = LocalForge::open(&place, login("x"), &world.git).unwrap_err();
    assert!(matches!(error, OpenForgeError::Missing { .. }));
    assert!(error.hints()[0].contains("ftc forge init"));
}

#[test]
fn a_key_that_others_may_read_is_no_key() {
    let world = World::new();
    let key = world.file("seal.key");
    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(open(&world), Err(OpenForgeError::Key { .. })));
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    open(&world).unwrap();
    fs::write(&key, "short").unwrap();
    assert!(matches!(open(&world), Err(OpenForgeError::Key { .. })));
    fs::remove_file(&key).unwrap();
    assert!(matches!(open(&world), Err(OpenForgeError::Key { .. })));
}

#[test]
fn branches_cannot_be_redirected_by_hand() {
    let world = World::new();
    world.edit("forge.toml", "origin.git", "work");
    assert!(matches!(open(&world), Err(OpenForgeError::Edited { .. })));
}

#[test]
fn permissions_are_given_by_the_program_alone() {
    let world = World::new();
    world
        .forge
        .set_permission(&login("Rita"), Permission::Write)
        .unwrap();
    let permission = |name| {
        wait(ftc_github::PeopleRead::permission(
            &world.forge,
            &login(name),
        ))
    };
    assert_eq!(permission("rita").unwrap(), Permission::Write);
    assert_eq!(permission("nobody").unwrap(), Permission::None);
    world
        .forge
        .set_permission(&login("rita"), Permission::None)
        .unwrap();
    assert_eq!(world.forge.people().unwrap().len(), people().len() - 1);

    world.edit("people.toml", "triage", "admin");
    assert!(permission("tina").is_err());
    assert!(
        world
            .forge
            .set_permission(&login("rita"), Permission::Read)
            .is_err()
    );
    // Beginning anew is how a person mends it.
    fs::remove_file(world.file("people.toml")).unwrap();
    world
        .forge
        .set_permission(&login("cleaner"), Permission::Write)
        .unwrap();
    open_issue(&world.forge, "works again");
}

#[test]
fn a_forge_is_found_from_anywhere() {
    let world = World::new();
    let location = world.forge.location(open_issue(&world.forge, "x").number);
    assert!(location.ends_with("issues/0001/issue.md"), "{location}");
    assert!(std::path::Path::new(&location).is_absolute());
}
