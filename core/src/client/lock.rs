//! The one way in which the client takes a lock.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is behind `mutex`, also after a panic of another thread: nothing that the
/// client locks is left half done by one, for each change is one step.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
