//! What each target is owed of its share: smooth weighted round robin.
//!
//! With every request each target is owed its weight, and the one chosen pays
//! the sum of the weights. The largest debt first (nginx's smooth weighted round
//! robin) can stray more than one request from a target's share with many
//! targets. The quota method does not, at any point, for any weights: of the
//! targets that are owed something after their weight is added, take the one
//! whose next request is due first (Balinski and Young, "The quota method of
//! apportionment", American Mathematical Monthly 82, 1975: the largest w/(a+1)
//! among those whose upper quota is not exceeded, for weight w and requests a).
//! With c owed and W the sum of the weights, a+1 = (n·w − c + W)/W, so the next
//! request is due W − c over w from now.
//!
//! In units of weight, so that whole weights give exact, repeating turns.

/// What one target is owed, in units of weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Credit(f64);

impl Credit {
    #[must_use]
    pub const fn owed(&self) -> f64 {
        self.0
    }

    /// The target of `among` whose turn it is, and when it was due, in requests
    /// from now. `owed` may be NaN for a target never seen. `None` where `among`
    /// is empty. Targets without weight come last, in order.
    pub fn choose(
        among: &[u32],
        weight: impl Fn(u32) -> f64,
        owed: impl Fn(u32) -> f64,
    ) -> Option<(u32, f64)> {
        let total: f64 = among.iter().map(|index| weight(*index)).sum();
        let mut first: Option<(bool, f64, u32)> = None;
        for index in among.iter().copied() {
            let weight = weight(index);
            if weight <= 0.0 {
                continue;
            }
            let owed = owed(index);
            let owed = if owed.is_nan() { weight } else { owed + weight };
            // None may be owed anything where the set of targets has changed.
            let late = owed <= 0.0;
            let deadline = (total - owed) / weight;
            if first.is_none_or(|(other_late, other, _)| (late, deadline) < (other_late, other)) {
                first = Some((late, deadline, index));
            }
        }
        match first {
            Some((_, deadline, index)) => Some((index, deadline)),
            None => among.first().map(|index| (*index, f64::NAN)),
        }
    }

    /// Books that `picked` was chosen of `among`: each is owed its weight more,
    /// and the chosen one the sum of them less.
    pub fn charge(credits: &mut [Self], among: &[u32], weight: impl Fn(u32) -> f64, picked: u32) {
        let weight = |index| {
            let weight = weight(index);
            if weight.is_nan() { 1.0 } else { weight }
        };
        let mut total = 0.0;
        for index in among.iter().copied() {
            let weight = weight(index);
            total += weight;
            if let Some(credit) = credits.get_mut(index as usize) {
                credit.0 += weight;
            }
        }
        if let Some(credit) = credits.get_mut(picked as usize) {
            credit.0 -= total;
        }
        // Never binds while the set of targets stays; bounds what a change of it leaves.
        for index in among.iter().copied() {
            if let Some(credit) = credits.get_mut(index as usize) {
                credit.0 = credit.0.clamp(-total, total);
            }
        }
    }
}

#[cfg(test)]
#[path = "credit_tests.rs"]
mod tests;
