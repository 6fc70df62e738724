//! Working on many things at once and taking the results in order.

use std::collections::BTreeMap;
use std::iter::Enumerate;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::{thread, vec};

/// How far the workers may be ahead of the one result that everybody waits for, per worker.
const AHEAD_PER_JOB: usize = 4;

/// Calls `work` on every item, `jobs` at once, and `take` on every result in the order of the items, on this thread.
///
/// At most a few results per job wait for their turn. An error of `take` ends the whole: work that was not started is
/// not done. A panic of `work` goes on in the caller.
pub fn in_order<T, R, E>(
    items: Vec<T>,
    jobs: NonZeroUsize,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    T: Send,
    R: Send,
{
    let count = items.len();
    let turns = Turns::new(items, jobs);
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs.get().min(count) {
            let (sender, turns, work) = (sender.clone(), &turns, &work);
            scope.spawn(move || {
                while let Some((index, item)) = turns.next() {
                    let result = panic::catch_unwind(AssertUnwindSafe(|| work(item)));
                    // Nobody listens any more when the taking has failed.
                    if sender.send((index, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        // Whatever way this ends, workers that wait for their turn have to be told.
        let _stop = StopOnDrop(&turns);
        let mut waiting = BTreeMap::new();
        for expected in 0..count {
            while !waiting.contains_key(&expected) {
                let (index, result) = receiver
                    .recv()
                    .expect("a worker sends each index that it takes");
                waiting.insert(index, result);
            }
            let result = waiting.remove(&expected).expect("the loop above has ended");
            match result {
                Ok(result) => take(result)?,
                Err(panic) => panic::resume_unwind(panic),
            }
            turns.taken(expected + 1);
        }
        Ok(())
    })
}

/// Hands out the items, not too far ahead of what was taken.
struct Turns<T> {
    state: Mutex<TurnState<T>>,
    changed: Condvar,
    ahead: usize,
}

struct TurnState<T> {
    items: Enumerate<vec::IntoIter<T>>,
    handed_out: usize,
    taken: usize,
    stopped: bool,
}

impl<T> Turns<T> {
    fn new(items: Vec<T>, jobs: NonZeroUsize) -> Self {
        Self {
            state: Mutex::new(TurnState {
                items: items.into_iter().enumerate(),
                handed_out: 0,
                taken: 0,
                stopped: false,
            }),
            changed: Condvar::new(),
            ahead: jobs.get().saturating_mul(AHEAD_PER_JOB),
        }
    }

    /// The next item to work on, as soon as it is near enough; `None` when there is nothing left.
    fn next(&self) -> Option<(usize, T)> {
        let mut state = self.lock();
        while !state.stopped && state.handed_out >= state.taken.saturating_add(self.ahead) {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if state.stopped {
            return None;
        }
        state.handed_out += 1;
        state.items.next()
    }

    fn taken(&self, count: usize) {
        self.lock().taken = count;
        self.changed.notify_all();
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    /// The lock is never held while anything can panic, so a poisoned one is as good.
    fn lock(&self) -> MutexGuard<'_, TurnState<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct StopOnDrop<'a, T>(&'a Turns<T>);

impl<T> Drop for StopOnDrop<'_, T> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn jobs(count: usize) -> NonZeroUsize {
        NonZeroUsize::new(count).expect("a test has jobs")
    }

    #[test]
    fn results_come_in_order_whoever_is_first() {
        for count in [0, 1, 2, 7, 100] {
            let items: Vec<usize> = (0..count).collect();
            let mut taken = Vec::new();
            let result: Result<(), ()> = in_order(
                items.clone(),
                jobs(4),
                |item| item * 2,
                |result| {
                    taken.push(result);
                    Ok(())
                },
            );
            assert_eq!(result, Ok(()));
            assert_eq!(taken, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_error_of_the_taker_ends_the_work() {
        let items: Vec<usize> = (0..10_000).collect();
        let worked = AtomicUsize::new(0);
        let work = |item: usize| {
            worked.fetch_add(1, Ordering::Relaxed);
            item
        };
        let result = in_order(items, jobs(3), work, |item| {
            if item == 5 { Err("enough") } else { Ok(()) }
        });
        assert_eq!(result, Err("enough"));
        assert!(
            worked.load(Ordering::Relaxed) <= 5 + 3 * AHEAD_PER_JOB + 1,
            "no worker runs far ahead"
        );
    }

    #[test]
    fn a_panic_reaches_the_caller_and_nobody_hangs() {
        let items: Vec<usize> = (0..100).collect();
        let outcome = panic::catch_unwind(|| {
            in_order(
                items,
                jobs(2),
                |item| assert_ne!(item, 50, "planted"),
                |()| Ok::<(), ()>(()),
            )
        });
        assert!(outcome.is_err());
    }
}
