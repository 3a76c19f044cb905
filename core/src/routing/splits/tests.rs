use proptest::prelude::*;
use serde_json::json;

use super::*;

const PLACE: &str = "routes.smart.split";

fn split(shares: &[f64]) -> Split {
    let variant = |(index, share): (usize, &f64)| VariantConfig {
        name: None,
        to: char::from(b'a' + u8::try_from(index).unwrap()).to_string(),
        share: *share,
    };
    let variants = shares.iter().enumerate().map(variant).collect();
    Split::new(SplitConfig { name: "test".into(), key: "session".into(), variants }, PLACE).unwrap()
}

fn variant_of(split: &Split, session: &str) -> String {
    split.assign(&RuleFacts { session, ..RuleFacts::default() }, 0).exposure.variant.to_string()
}

/// Of 20,000 sessions, how many move from which variant to which.
fn moves(before: &[f64], after: &[f64]) -> Vec<(String, u32)> {
    let (before, after) = (split(before), split(after));
    let mut counts = std::collections::BTreeMap::new();
    for number in 0..20_000 {
        let session = format!("session-{number}");
        let (from, to) = (variant_of(&before, &session), variant_of(&after, &session));
        if from != to {
            *counts.entry(format!("{from}>{to}")).or_default() += 1;
        }
    }
    counts.into_iter().collect()
}

/// Who trades with whom, and that each trade is of `percent` of the sessions.
fn trades(before: &[f64], after: &[f64], percent: f64) -> Vec<String> {
    let moves = moves(before, after);
    for (trade, count) in &moves {
        // Five standard deviations of a binomial count.
        let within = 5.0 * (20_000.0 * percent / 100.0).sqrt();
        assert!((f64::from(*count) - percent * 200.0).abs() < within, "{trade}: {count}");
    }
    moves.into_iter().map(|(trade, _)| trade).collect()
}

#[test]
fn hashes_are_pinned_for_ever() {
    let split = split(&[10.0, 20.0, 30.0]);
    // From the reference implementation (PyPI `xxhash`): xxh64(key, seed=xxh64("test")).
    let pinned = [
        ("", 7, "b", 0xf7f0_b988_2fa6_32d6_u64, false),
        ("a", 7, "base", 0xc493_3374_19f1_48e5, true),
        ("session-1", 7, "base", 0xa4ad_e54c_e520_6378, true),
        ("Zoë", 7, "c", 0x27f1_67a4_0354_8ce7, true),
        (&"x".repeat(40), 7, "b", 0xdd8f_9ca0_c276_0fb5, true),
    ];
    for (session, seed, variant, hash, sticky) in pinned {
        let exposure = split.assign(&RuleFacts { session, ..RuleFacts::default() }, seed).exposure;
        let got = (exposure.variant.as_ref(), format!("{:#x}", exposure.key_hash), exposure.sticky);
        assert_eq!(got, (variant, format!("{hash:#x}"), sticky), "{session}");
    }
}

/// Pearson's chi-square against the 99.9th percentile of its distribution.
#[test]
fn keys_spread_evenly_whatever_they_look_like() {
    type Make = fn(u64) -> String;
    let makers: [(&str, Make); 4] = [
        ("counted", |number| number.to_string()),
        ("with a long head", |number| format!("tenant-of-some-length/user/{number:08}")),
        ("hexadecimal", |number| format!("{:016x}", number << 32)),
        ("uuid", |number| format!("00000000-0000-4000-8000-{number:012}")),
    ];
    let config = |name: &str| SplitConfig {
        name: name.into(),
        key: "session".into(),
        variants: vec![VariantConfig { name: None, to: "x".into(), share: 50.0 }],
    };
    for (kind, make) in makers {
        let (one, two) = (Split::new(config("one"), "").unwrap(), Split::new(config("two"), "").unwrap());
        let mut buckets = [0_u32; 100];
        let mut both = [0_u32; 4];
        for number in 0..100_000 {
            let session = make(number);
            let facts = RuleFacts { session: &session, ..RuleFacts::default() };
            let (first, second) = (one.assign(&facts, 0), two.assign(&facts, 0));
            buckets[usize::try_from(first.exposure.key_hash / (u64::MAX / 100 + 1)).unwrap()] += 1;
            both[usize::from(first.to.is_some()) * 2 + usize::from(second.to.is_some())] += 1;
        }
        // 148.23 of 99 degrees of freedom, 16.27 of 3.
        let even = chi_square(&buckets);
        assert!(even < 148.23, "{kind}: {even}");
        let independent = chi_square(&both);
        assert!(independent < 16.27, "two splits of {kind} keys: {both:?}, {independent}");
    }
}

fn chi_square(counts: &[u32]) -> f64 {
    let expected = counts.iter().sum::<u32>() as f64 / counts.len() as f64;
    counts.iter().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum()
}

#[test]
fn a_canary_trades_with_the_base_alone() {
    assert_eq!(trades(&[5.0], &[20.0], 15.0), ["base>a"]);
    assert_eq!(trades(&[20.0], &[0.0001], 20.0), ["a>base"]);
    assert_eq!(trades(&[20.0], &[100.0], 80.0), ["base>a"]);
}

#[test]
fn the_two_inner_variants_trade_with_the_base_alone() {
    assert_eq!(trades(&[10.0, 30.0], &[40.0, 30.0], 30.0), ["base>a"]);
    assert_eq!(trades(&[10.0, 30.0], &[10.0, 20.0], 10.0), ["b>base"]);
    assert_eq!(trades(&[10.0, 20.0, 30.0], &[10.0, 20.0, 40.0], 10.0), ["base>c"]);
    assert_eq!(trades(&[10.0, 20.0, 30.0], &[10.0, 30.0, 30.0], 10.0), ["base>b"]);
}

#[test]
fn without_a_base_two_variants_trade_with_one_another() {
    assert_eq!(trades(&[50.0, 50.0], &[60.0, 40.0], 10.0), ["b>a"]);
}

#[test]
fn an_outer_variant_pushes_those_on_its_side() {
    assert_eq!(trades(&[10.0, 20.0, 30.0], &[15.0, 20.0, 30.0], 5.0), ["base>c", "c>a"]);
    assert_eq!(trades(&[10.0, 20.0, 10.0, 10.0], &[10.0, 15.0, 10.0, 10.0], 5.0), ["b>d", "d>base"]);
}

#[test]
fn without_a_key_the_seed_decides_and_it_is_said() {
    let split = split(&[50.0]);
    let facts = RuleFacts::default();
    let variants: Vec<String> =
        (0..1_000).map(|seed| split.assign(&facts, seed).exposure.variant.to_string()).collect();
    let canary = variants.iter().filter(|variant| *variant == "a").count();
    assert!((420..580).contains(&canary), "{canary}");
    assert!(!split.assign(&facts, 1).exposure.sticky);
    assert_eq!(split.assign(&facts, 1), split.assign(&facts, 1));
    let kept = RuleFacts { session: "s", ..facts };
    assert_eq!(split.assign(&kept, 1), split.assign(&kept, 2));
    assert!(split.assign(&kept, 1).exposure.sticky);
}

#[test]
fn each_key_is_read_from_its_place() {
    let metadata = json!({"team": "x", "none": null, "empty": "", "number": 12});
    let facts = RuleFacts {
        session: "x",
        user: "x",
        tenant: "x",
        metadata: metadata.as_object(),
        ..RuleFacts::default()
    };
    let of = |key: &str, facts: &RuleFacts<'_>| {
        let config = json!({"name": "test", "key": key, "variants": [{"to": "a", "share": 50}]});
        let split = Split::new(serde_json::from_value(config).unwrap(), PLACE).unwrap();
        split.assign(facts, 3).exposure
    };
    let session = of("session", &facts);
    for key in ["user", "tenant", "metadata.team"] {
        assert_eq!(of(key, &facts), session, "{key}");
        assert!(!of(key, &RuleFacts::default()).sticky, "{key}");
    }
    assert!(of("metadata.number", &facts).sticky);
    for key in ["request", "metadata.none", "metadata.empty", "metadata.absent"] {
        assert!(!of(key, &facts).sticky, "{key}");
    }
}

#[test]
fn a_canary_is_a_split() {
    let canary: CanaryConfig = serde_json::from_value(json!({"to": "new", "share": 5})).unwrap();
    let split = Split::new(canary.into(), PLACE).unwrap();
    assert_eq!((split.name(), split.targets().collect::<Vec<_>>()), ("canary", vec!["new"]));
}

#[test]
fn an_exposure_serialises_with_an_exact_hash() {
    let exposure = Exposure {
        split: "ab".into(),
        variant: "base".into(),
        key_hash: 0x0123_4567_89ab_cdef,
        sticky: true,
    };
    let json = json!({"split": "ab", "variant": "base", "key_hash": "0123456789abcdef", "sticky": true});
    assert_eq!(serde_json::to_value(&exposure).unwrap(), json);
    assert_eq!(serde_json::from_value::<Exposure>(json).unwrap(), exposure);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let good = json!({"to": "a", "share": 50});
    for (param, change) in [
        ("name", json!({"name": " "})),
        ("key", json!({"key": "sesion"})),
        ("key", json!({"key": "metadata."})),
        ("variants", json!({"variants": []})),
        ("variants", json!({"variants": [{"to": "a", "share": 60}, {"to": "b", "share": 40.1}]})),
        ("variants", json!({"variants": [{"to": "a", "share": 0}, {"to": "b", "share": 0}]})),
        ("variants[1].share", json!({"variants": [good, {"to": "b", "share": -1}]})),
        ("variants[1].share", json!({"variants": [good, {"to": "b", "share": 101}]})),
        ("variants[1].to", json!({"variants": [good, {"to": "", "share": 1}]})),
        ("variants[1].name", json!({"variants": [good, {"to": "a", "share": 1}]})),
        ("variants[1].name", json!({"variants": [good, {"name": "base", "to": "b", "share": 1}]})),
    ] {
        let mut config = json!({"name": "test", "variants": [good]});
        config.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let error = Split::new(serde_json::from_value(config).unwrap(), PLACE).unwrap_err();
        assert_eq!(error.param, Some(format!("{PLACE}.{param}")), "{error}");
        assert_eq!(error.kind, crate::error::ErrorKind::Configuration);
    }
    for share in [f64::NAN, f64::INFINITY] {
        let variants = vec![VariantConfig { name: None, to: "a".into(), share }];
        let config = SplitConfig { name: "test".into(), key: "user".into(), variants };
        assert!(Split::new(config, PLACE).unwrap_err().message.contains("variants[0].share"));
    }
}

proptest! {
    /// Every share from 0 up, of up to six variants that together have at most 100.
    #[test]
    fn shares_are_kept_exactly_along_the_range(
        cuts in proptest::collection::vec(0_u32..=1_000, 1..7), full in any::<bool>(),
    ) {
        let sum: u32 = cuts.iter().sum::<u32>() + u32::from(!full) * 500;
        prop_assume!(cuts.iter().sum::<u32>() > 0);
        let shares: Vec<f64> = cuts.iter().map(|cut| f64::from(*cut) * 100.0 / f64::from(sum)).collect();
        let split = split(&shares);
        // Places at equal distances: each variant has as many as its share says, to one at each end.
        let mut counts = std::collections::BTreeMap::<String, f64>::new();
        for step in 0..4_000_u64 {
            let hash = step * (u64::MAX / 4_000) + u64::MAX / 8_000;
            let name = split.at(hash).map_or(BASE, |variant| &variant.name);
            *counts.entry(name.to_owned()).or_default() += 1.0;
        }
        for (index, share) in shares.iter().enumerate() {
            let name = char::from(b'a' + u8::try_from(index).unwrap()).to_string();
            let count = counts.get(&name).copied().unwrap_or(0.0);
            prop_assert!((count - share * 40.0).abs() <= 2.0, "{}: {} of {}", name, count, share * 40.0);
        }
        // Nothing is left over, not by rounding either.
        if full {
            for hash in [0, u64::MAX / 2, u64::MAX].into_iter().chain(ends(&split)) {
                prop_assert!(split.at(hash).is_some());
            }
        }
    }
}

/// The places on both sides of every border.
fn ends(split: &Split) -> Vec<u64> {
    let mut places = Vec::new();
    for variant in &split.variants {
        let end = u64::try_from(variant.end).unwrap_or(u64::MAX);
        let border = if variant.side == Side::Left { end } else { u64::MAX - end };
        places.extend([border.saturating_sub(1), border, border.saturating_add(1)]);
    }
    places
}
