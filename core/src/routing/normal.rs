//! The standard normal distribution: its density, its distribution, its quantiles.

#![allow(clippy::excessive_precision, reason = "the digits as published")]

/// The density at `x`.
#[must_use]
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The probability of a value below `x`, to about 1e-15 (not of itself, far out).
///
/// Hart, "Computer Approximations" (1968), algorithm 5666, as given by West,
/// "Better approximations to cumulative normal functions" (Wilmott, 2005).
#[must_use]
pub fn distribution(x: f64) -> f64 {
    let size = x.abs();
    let tail = if size > 37.0 {
        0.0
    } else {
        let density = (-0.5 * size * size).exp();
        if size < 7.071_067_811_865_47 {
            let above = [
                3.526_249_659_989_11e-2,
                0.700_383_064_443_688,
                6.373_962_203_531_65,
                33.912_866_078_383,
                112.079_291_497_871,
                221.213_596_169_931,
                220.206_867_912_376,
            ];
            let below = [
                8.838_834_764_831_84e-2,
                1.755_667_163_182_64,
                16.064_177_579_207,
                86.780_732_202_946_1,
                296.564_248_779_674,
                637.333_633_378_831,
                793.826_512_519_948,
                440.413_735_824_752,
            ];
            density * polynomial(&above, size) / polynomial(&below, size)
        } else {
            let fraction =
                [4.0, 3.0, 2.0, 1.0].into_iter().fold(size + 0.65, |under, over| size + over / under);
            density / fraction / 2.506_628_274_631
        }
    };
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// The value below which a share `p` lies, 0 < p < 1, to about 1e-16 of itself.
///
/// Wichura, "Algorithm AS 241: The percentage points of the normal
/// distribution", Applied Statistics 37 (1988), `PPND16`.
#[must_use]
pub fn quantile(p: f64) -> f64 {
    let from_middle = p - 0.5;
    if from_middle.abs() <= 0.425 {
        let r = 0.180_625 - from_middle * from_middle;
        return from_middle * polynomial(&MIDDLE_ABOVE, r) / polynomial(&MIDDLE_BELOW, r);
    }
    let to_end = if from_middle < 0.0 { p } else { 1.0 - p };
    let r = (-to_end.ln()).sqrt();
    let size = if r <= 5.0 {
        polynomial(&NEAR_ABOVE, r - 1.6) / polynomial(&NEAR_BELOW, r - 1.6)
    } else {
        polynomial(&FAR_ABOVE, r - 5.0) / polynomial(&FAR_BELOW, r - 5.0)
    };
    if from_middle < 0.0 { -size } else { size }
}

/// A number not below [`quantile`] of `p`, and cheap.
#[must_use]
pub fn quantile_at_most(p: f64) -> f64 {
    match p {
        ..=0.5 => 0.0,
        ..=0.9 => 1.2816,
        ..=0.99 => 2.3264,
        ..=0.999 => 3.0903,
        _ => f64::INFINITY,
    }
}

/// By Horner's rule; the highest power's coefficient comes first.
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

const MIDDLE_ABOVE: [f64; 8] = [
    2.509_080_928_730_122_672_7e3,
    3.343_057_558_358_812_810_5e4,
    6.726_577_092_700_870_085_3e4,
    4.592_195_393_154_987_145_7e4,
    1.373_169_376_550_946_112_5e4,
    1.971_590_950_306_551_442_7e3,
    1.331_416_678_917_843_774_5e2,
    3.387_132_872_796_366_608_0,
];
const MIDDLE_BELOW: [f64; 8] = [
    5.226_495_278_852_854_561_0e3,
    2.872_908_573_572_194_267_4e4,
    3.930_789_580_009_271_061_0e4,
    2.121_379_430_158_659_586_7e4,
    5.394_196_021_424_751_107_7e3,
    6.871_870_074_920_579_083_0e2,
    4.231_333_070_160_091_125_2e1,
    1.0,
];
const NEAR_ABOVE: [f64; 8] = [
    7.745_450_142_783_414_076_4e-4,
    2.272_384_498_926_918_458_33e-2,
    2.417_807_251_774_506_117_7e-1,
    1.270_458_252_452_368_382_58,
    3.647_848_324_763_204_605_04,
    5.769_497_221_460_691_405_5,
    4.630_337_846_156_545_295_9,
    1.423_437_110_749_683_577_34,
];
const NEAR_BELOW: [f64; 8] = [
    1.050_750_071_644_416_843_24e-9,
    5.475_938_084_995_344_946_0e-4,
    1.519_866_656_361_645_719_66e-2,
    1.481_039_764_274_800_745_9e-1,
    6.897_673_349_851_000_045_5e-1,
    1.676_384_830_183_803_849_4,
    2.053_191_626_637_758_821_87,
    1.0,
];
const FAR_ABOVE: [f64; 8] = [
    2.010_334_399_292_288_132_65e-7,
    2.711_555_568_743_487_578_15e-5,
    1.242_660_947_388_078_438_6e-3,
    2.653_218_952_657_612_309_3e-2,
    2.965_605_718_285_048_912_3e-1,
    1.784_826_539_917_291_335_8,
    5.463_784_911_164_114_369_9,
    6.657_904_643_501_103_777_2,
];
const FAR_BELOW: [f64; 8] = [
    2.044_263_103_389_939_785_64e-15,
    1.421_511_758_316_445_888_7e-7,
    1.846_318_317_510_054_681_8e-5,
    7.868_691_311_456_132_591_0e-4,
    1.487_536_129_085_061_485_25e-2,
    1.369_298_809_227_358_053_1e-1,
    5.998_322_065_558_879_376_9e-1,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_agree_with_another_implementation() {
        // Python 3.11, `statistics.NormalDist().inv_cdf` and `math.erfc`.
        for (p, x) in [
            (1e-12, -7.034483825301132_f64),
            (1e-05, -4.2648907939228256_f64),
            (0.01, -2.3263478740408408_f64),
            (0.0749, -1.4402382675279632_f64),
            (0.3, -0.5244005127080407_f64),
            (0.5, 0.0_f64),
            (0.77, 0.7388468491852137_f64),
            (0.95, 1.6448536269514715_f64),
            (0.999999, 4.753424308817089_f64),
        ] {
            assert!((quantile(p) - x).abs() <= 1e-15 + 1e-14 * x.abs(), "{p}: {}", quantile(p));
        }
        for (x, p) in [
            (-38.0, 2.88542835e-316_f64),
            (-10.0, 7.619853024160593e-24_f64),
            (-7.2, 3.0106279811174455e-13_f64),
            (-3.0, 0.0013498980316300957_f64),
            (-0.5, 0.3085375387259869_f64),
            (0.0, 0.5_f64),
            (0.25, 0.5987063256829237_f64),
            (1.96, 0.9750021048517795_f64),
            (6.0, 0.9999999990134123_f64),
            (9.0, 1.0_f64),
        ] {
            assert!(
                (distribution(x) - p).abs() <= 1e-300 + 1e-15_f64.min(1e-8 * p),
                "{x}: {}",
                distribution(x)
            );
        }
        for step in 1..10_000 {
            let p = f64::from(step) / 10_000.0;
            assert!(quantile(p) <= quantile_at_most(p), "{p}");
        }
        assert!((density(1.0) - 0.241_970_724_519_143_37).abs() < 1e-16);
    }
}
