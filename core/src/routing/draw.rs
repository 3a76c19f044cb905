//! Chance, from a seed alone.
//!
//! SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
//! generators", OOPSLA 2014), written out so that a recorded decision can be
//! made again by a later version: the generators of crates may change.

/// A stream of random numbers that its seed determines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    state: u64,
}

impl Draw {
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self { state: seed }
    }

    pub const fn next_bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }

    /// One of `0..end`, each equally likely (to within 2⁻³²); 0 where `end` is 0.
    #[allow(clippy::cast_possible_truncation, reason = "the product's upper half is below `end`")]
    pub const fn below(&mut self, end: u32) -> u32 {
        (((self.next_bits() >> 32) * end as u64) >> 32) as u32
    }

    /// A number in 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        unit(self.next_bits())
    }

    /// A number in 0 < x < 1, so that the quantile of any distribution is finite there.
    #[allow(clippy::cast_precision_loss, reason = "52 bits are exact")]
    pub fn inside(&mut self) -> f64 {
        // In the middle of its cell, so that neither 0 nor 1 comes up.
        ((self.next_bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }
}

/// The mixer of SplitMix64: a bijection that spreads every bit.
#[must_use]
pub const fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// The upper 53 bits as a number in 0 ≤ x < 1.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "53 bits are exact")]
pub const fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence_holds() {
        // Rosetta Code, "Pseudo-random numbers/Splitmix64", seed 1234567.
        let mut draw = Draw::seeded(1_234_567);
        let first: Vec<u64> = (0..5).map(|_| draw.next_bits()).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
    }

    #[test]
    fn below_is_even_and_stays_below() {
        let mut draw = Draw::seeded(7);
        let mut counts = [0_u32; 5];
        for _ in 0..50_000 {
            counts[draw.below(5) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (9_700..10_300).contains(count)), "{counts:?}");
        assert_eq!(draw.below(0), 0);
        assert_eq!(draw.below(1), 0);
    }

    #[test]
    fn normal_has_mean_zero_and_variance_one() {
        let mut draw = Draw::seeded(7);
        let values: Vec<f64> =
            (0..100_000).map(|_| crate::routing::normal::quantile(draw.inside())).collect();
        let mean = values.iter().sum::<f64>() / 1e5;
        let variance = values.iter().map(|value| value * value).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    }
}
