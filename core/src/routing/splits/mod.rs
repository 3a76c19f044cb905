//! Splits: a share of the requests of a route goes elsewhere, and always the same.
//!
//! A split hashes a key of the request, a session say, to a place in a range of
//! 100 %, on which its variants lie side by side; what they leave is the base's,
//! the route's own targets. So an A/B test is two variants of 50, a canary one of
//! 5. The hash is of the split's name and the key together: two splits cut the
//! same sessions independently of one another. It is [XXH64](super::stable_hash)
//! and the same in every version, process and language.
//!
//! # What moves when a share changes
//!
//! Variants are laid from both ends of the range inwards, in turn: the first
//! from the left, the second from the right, the third after the first, and so
//! on; the base is the gap in the middle.
//!
//! - A variant next to the gap (the last two of the list; with one or two
//!   variants, all) trades keys with the base alone, and with two variants that
//!   leave no gap, with one another: exactly the difference moves, no more can be
//!   spared.
//! - Of a variant further out, its inner neighbours on that side are pushed: the
//!   difference moves once for each of them and once for the base. Variants of
//!   the other side stay.
//! - A variant whose share is set to 0 keeps its place, so that it can come back;
//!   taking it off the list, or changing the order, moves others to the other
//!   side. A renamed variant keeps its keys; a renamed split deals anew.
//!
//! (No rule without memory does better for all: shares of three variants and a
//! base that may each grow to the whole cannot all trade with the base alone.)
//!
//! Who was exposed to what goes into the trace; numbers are kept elsewhere.

mod key;
mod shadow;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::key::Key;
use super::rules::RuleFacts;
use super::stable_hash::stable_hash;
use crate::error::Result;
use crate::types::fields::require;

pub use self::shadow::{ShadowConfig, ShadowDecision, Shadows};
pub use crate::types::path::Exposure;

/// The variant that is none: the route's own targets.
pub const BASE: &str = "base";

/// A split, as it is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SplitConfig {
    /// Part of the hash: another name deals anew.
    pub name: String,
    /// What stays with its variant: `session`, `user`, `tenant`, `metadata.<name>`,
    /// or `request` for nothing. Default `session`. A request without the key is
    /// dealt by its seed, and so perhaps otherwise the next time.
    #[serde(default = "default_key")]
    pub key: String,
    /// In a fixed order: see what moves when it changes.
    pub variants: Vec<VariantConfig>,
}

/// One variant of a split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VariantConfig {
    /// What the trace calls it. Default: `to`. Not `base`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The route or target that its requests go to.
    pub to: String,
    /// Percent, from 0 to 100. What the variants leave goes to the base.
    pub share: f64,
}

/// A split with one variant, shorter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CanaryConfig {
    /// The route or target that is tried.
    pub to: String,
    /// Percent, above 0 and up to 100.
    pub share: f64,
    /// As in [`SplitConfig`].
    #[serde(default = "default_key")]
    pub key: String,
}

impl From<CanaryConfig> for SplitConfig {
    /// A split named `canary`: every canary deals alike, so that the same sessions
    /// try what is new.
    fn from(canary: CanaryConfig) -> Self {
        let variant = VariantConfig { name: None, to: canary.to, share: canary.share };
        Self { name: "canary".into(), key: canary.key, variants: vec![variant] }
    }
}

fn default_key() -> String {
    "session".into()
}

/// A checked split. Cheap to share, never changed.
#[derive(Clone, Debug)]
pub struct Split {
    name: Arc<str>,
    base: Arc<str>,
    /// The hash of the name, from which that of the keys goes on.
    seed: u64,
    key: Key,
    variants: Vec<Variant>,
    /// Where nothing is left over in the middle, the variant that lies there.
    middle: Option<usize>,
}

#[derive(Clone, Debug)]
struct Variant {
    name: Arc<str>,
    to: String,
    side: Side,
    /// Where it ends on its side, in parts of 2^64 from that end.
    end: u128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// Where a request of a split goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment<'s> {
    /// The route or target; none: the base.
    pub to: Option<&'s str>,
    pub exposure: Exposure,
}

impl Split {
    /// `place`: where it stands in the configuration, such as `routes.smart.split`.
    /// Whether the routes exist is not known here.
    ///
    /// Errors: `ConfigurationError` at the first thing that is wrong.
    pub fn new(config: SplitConfig, place: &str) -> Result<Self> {
        require(!config.name.trim().is_empty(), place, "name", "a name")?;
        let key = Key::read(&config.key, place)?;
        require(!config.variants.is_empty(), place, "variants", "a list of at least one variant")?;
        let (mut variants, mut names) = (Vec::new(), Vec::new());
        let (mut left, mut right) = (0.0, 0.0);
        for (index, variant) in config.variants.into_iter().enumerate() {
            let at = format!("{place}.variants[{index}]");
            require(!variant.to.trim().is_empty(), &at, "to", "the name of a route or target")?;
            let share = (0.0..=WHOLE).contains(&variant.share);
            require(share, &at, "share", "a percentage, a number from 0 to 100")?;
            let name = variant.name.unwrap_or_else(|| variant.to.clone());
            let free = !name.trim().is_empty() && name != BASE && !names.contains(&name);
            require(free, &at, "name", "a name that no variant before it has, and not `base`")?;
            let side = if index % 2 == 0 { Side::Left } else { Side::Right };
            let sum = if side == Side::Left { &mut left } else { &mut right };
            *sum += variant.share;
            variants.push(Variant { name: name.as_str().into(), to: variant.to, side, end: parts(*sum) });
            names.push(name);
        }
        let sum = left + right;
        require(sum <= WHOLE + ROUNDING, place, "variants", "given shares of at most 100 % in sum")?;
        require(sum > 0.0, place, "variants", "given shares of which at least one is above 0")?;
        let middle = if sum >= WHOLE - ROUNDING { innermost(&variants) } else { None };
        let seed = stable_hash(config.name.as_bytes(), 0);
        Ok(Self { name: config.name.into(), base: BASE.into(), seed, key, variants, middle })
    }

    /// The variant of a request. `seed`: the request's own, for want of a key.
    #[must_use]
    pub fn assign(&self, facts: &RuleFacts<'_>, seed: u64) -> Assignment<'_> {
        let key = self.key.value(facts);
        let sticky = key.is_some();
        let key_hash = match key {
            Some(key) => stable_hash(key.as_bytes(), self.seed),
            None => stable_hash(&seed.to_le_bytes(), self.seed),
        };
        let variant = self.at(key_hash);
        Assignment {
            to: variant.map(|variant| variant.to.as_str()),
            exposure: Exposure {
                split: Arc::clone(&self.name),
                variant: Arc::clone(variant.map_or(&self.base, |variant| &variant.name)),
                key_hash,
                sticky,
            },
        }
    }

    fn at(&self, hash: u64) -> Option<&Variant> {
        let from_left = u128::from(hash);
        let from_right = u128::from(u64::MAX - hash);
        let holds = |variant: &&Variant| match variant.side {
            Side::Left => from_left < variant.end,
            Side::Right => from_right < variant.end,
        };
        self.variants.iter().find(holds).or_else(|| self.variants.get(self.middle?))
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its variants leave nothing to the base.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.middle.is_some()
    }

    /// The routes or targets that it may send to, in order.
    pub fn targets(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().map(|variant| variant.to.as_str())
    }
}

const WHOLE: f64 = 100.0;

/// What sums of shares such as 33.3 may be off by, in percent.
const ROUNDING: f64 = 1e-9;

/// The last variant that has a share: nothing but rounding lies beyond it.
fn innermost(variants: &[Variant]) -> Option<usize> {
    let mut ends = [0, 0];
    let mut last = None;
    for (index, variant) in variants.iter().enumerate() {
        let [left, right] = &mut ends;
        let end = if variant.side == Side::Left { left } else { right };
        if variant.end > *end {
            *end = variant.end;
            last = Some(index);
        }
    }
    last
}

/// Percent as parts of 2^64.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100, and `as` saturates")]
fn parts(percent: f64) -> u128 {
    (percent / WHOLE * 18_446_744_073_709_551_616.0) as u128
}

#[cfg(test)]
mod tests;
