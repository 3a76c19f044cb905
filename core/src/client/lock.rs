//! The one way to take a lock here.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes the lock, whatever became of who held it before: what is guarded here is
/// changed in single steps, which a panic leaves done or not begun.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
