//! A process of its own that claims keys: this test program, of which only the test below runs.

#![expect(
    clippy::unwrap_used,
    reason = "what a test shares with the process that it starts is a test's body too"
)]

use std::path::Path;
use std::thread;
use std::time::Duration;

use ftc_process::Spawn;
use ftc_state::{ClaimError, ClaimRequest, Claims, StoreUrl, open};
use jiff::Timestamp;

use crate::support::{Place, at};

const STORE: &str = "FTC_TEST_STORE";
const OWNER: &str = "FTC_TEST_OWNER";
const NOW: &str = "FTC_TEST_NOW";
const NAME: &str = "claimer::claims_keys";
const KEYS: u32 = 12;
const PROCESSES: u32 = 32;

fn request(key: u32, owner: &str) -> ClaimRequest {
    ClaimRequest::new(format!("key {key}"), owner, Duration::from_secs(60))
}

/// Claims every key once in the store that its variable names, and writes down what it got; without the variable, in a
/// store of its own.
#[test]
fn claims_keys() {
    let place = Place::new();
    let path = std::env::var_os(STORE).unwrap_or_else(|| place.path.clone().into());
    let owner = std::env::var(OWNER).unwrap_or_else(|_| "nobody else".to_owned());
    let now: Timestamp = std::env::var(NOW).map_or(at("09:00"), |now| now.parse().unwrap());
    let store = open(&StoreUrl::sqlite(&path)).unwrap_or_else(|error| panic!("{error:?}"));
    let mut won: Vec<String> = Vec::new();
    for key in 0..KEYS {
        match store.claim(&request(key, &owner), now) {
            Ok(claim) => won.push(format!("{key} {}", claim.fence)),
            Err(ClaimError::Held { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    std::fs::write(Path::new(&path).with_file_name(&owner), won.join("\n")).unwrap();
}

/// Everybody claims everything at `now`; the owner and the fence of each key, in the order of keys and owners.
fn claim_at_once(place: &Place, now: Timestamp) -> Vec<(u32, u64, String)> {
    let program = std::env::current_exe().unwrap();
    thread::scope(|scope| {
        for process in 0..PROCESSES {
            let argv = [program.as_os_str(), "--exact".as_ref(), NAME.as_ref()];
            let spawn = Spawn::new(argv)
                .env(STORE, &place.path)
                .env(OWNER, format!("owner {process}"))
                .env(NOW, now.to_string())
                .timeout(Duration::from_secs(120));
            scope.spawn(move || {
                let outcome = spawn.run().expect("the program starts");
                assert!(outcome.success(), "{}", outcome.stdout.to_text());
            });
        }
    });
    let mut won: Vec<(u32, u64, String)> = Vec::new();
    for process in 0..PROCESSES {
        let owner = format!("owner {process}");
        let text = std::fs::read_to_string(place.path.with_file_name(&owner)).unwrap();
        won.extend(text.lines().map(|line| {
            let (key, fence) = line.split_once(' ').unwrap();
            (key.parse().unwrap(), fence.parse().unwrap(), owner.clone())
        }));
    }
    won.sort();
    won
}

#[test]
fn of_32_processes_one_gets_the_claim() {
    let place = Place::new();
    // A minute later all claims have expired, and all are there to be taken again.
    for (minute, fence) in [("09:00", 1), ("09:01", 2)] {
        let won = claim_at_once(&place, at(minute));
        let keys: Vec<(u32, u64)> = won.iter().map(|(key, fence, _)| (*key, *fence)).collect();
        let expected: Vec<(u32, u64)> = (0..KEYS).map(|key| (key, fence)).collect();
        assert_eq!(keys, expected, "every key has one owner");
        let store = place.open();
        for (key, fence, owner) in won {
            let claim = store.load_claim(&format!("key {key}")).unwrap().unwrap();
            assert_eq!((claim.fence, claim.owner), (fence, owner));
        }
    }
}
