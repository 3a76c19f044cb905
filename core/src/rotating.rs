//! What happened in the last while: a ring of slices, each for its part of the time.
//!
//! Memory is bounded and time is handed in. A slice is forgotten whole, so what
//! is counted lives for at least the window less one slice, and at most the
//! window. Nothing that decides may go in here.

use std::time::Duration;

/// `SLICES` values, the current one and those before it.
#[derive(Clone, Debug)]
pub(crate) struct Rotating<T, const SLICES: usize> {
    slices: [T; SLICES],
    slice: Duration,
    /// The number of the current slice since the start of time.
    current: u64,
}

impl<T: Default, const SLICES: usize> Rotating<T, SLICES> {
    /// `window` is what all slices cover together.
    pub fn new(window: Duration) -> Self {
        let slices = u32::try_from(SLICES).unwrap_or(u32::MAX).max(1);
        let slice = (window / slices).max(Duration::from_nanos(1));
        Self { slices: std::array::from_fn(|_| T::default()), slice, current: 0 }
    }

    fn number(&self, now: Duration) -> u64 {
        u64::try_from(now.as_nanos() / self.slice.as_nanos()).unwrap_or(u64::MAX)
    }

    fn index(number: u64) -> usize {
        usize::try_from(number % (SLICES.max(1) as u64)).unwrap_or(0)
    }

    /// Forgets what is too old, and changes the current slice. A `now` before
    /// another that was handed in counts as that one.
    pub fn update(&mut self, now: Duration, change: impl FnOnce(&mut T)) {
        let number = self.number(now);
        let passed = number.saturating_sub(self.current).min(SLICES as u64);
        for step in 0..passed {
            if let Some(slice) = self.slices.get_mut(Self::index(number - step)) {
                *slice = T::default();
            }
        }
        self.current = self.current.max(number);
        if let Some(slice) = self.slices.get_mut(Self::index(self.current)) {
            change(slice);
        }
    }

    /// What of the slices is not too old at `now`, without forgetting anything.
    pub fn recent(&self, now: Duration) -> impl Iterator<Item = &T> {
        let number = self.number(now).max(self.current);
        let passed = number - self.current;
        (0..(SLICES as u64).saturating_sub(passed))
            .filter_map(move |step| self.current.checked_sub(step))
            .filter_map(|number| self.slices.get(Self::index(number)))
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.slices = std::array::from_fn(|_| T::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Against a list of every event.
    #[test]
    fn counts_what_is_not_older_than_the_window() {
        for seed in 0..500 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut ring = Rotating::<u32, 5>::new(SECOND * 5);
            let mut events = Vec::new();
            let mut now = Duration::ZERO;
            for _ in 0..60 {
                let most = [100, 900, 8000][random.usize(0..3)];
                now += Duration::from_millis(random.u64(0..most));
                if random.bool() {
                    ring.update(now, |count| *count += 1);
                    events.push(now);
                }
                let expected = events.iter().filter(|at| now.as_secs() - at.as_secs() < 5).count();
                assert_eq!(ring.recent(now).sum::<u32>() as usize, expected, "seed {seed} at {now:?}");
            }
        }
    }

    #[test]
    fn time_that_goes_back_changes_nothing() {
        let mut ring = Rotating::<u32, 5>::new(SECOND * 5);
        ring.update(SECOND * 20, |count| *count += 1);
        ring.update(SECOND * 3, |count| *count += 1);
        assert_eq!(ring.recent(SECOND * 2).sum::<u32>(), 2);
        ring.clear();
        assert_eq!(ring.recent(SECOND * 20).sum::<u32>(), 0);
    }
}
