use proptest::prelude::*;

use super::*;

/// How often each was chosen in turn after turn; calls `each` after every one.
fn run(weights: &[f64], turns: usize, mut each: impl FnMut(usize, u32, &[u64])) {
    let among: Vec<u32> = (0..weights.len() as u32).collect();
    let mut credits = vec![Credit::default(); weights.len()];
    let mut counts = vec![0_u64; weights.len()];
    for turn in 1..=turns {
        let weight = |index: u32| weights[index as usize];
        let (picked, _) = Credit::choose(&among, weight, |index| credits[index as usize].owed()).unwrap();
        Credit::charge(&mut credits, &among, weight, picked);
        counts[picked as usize] += 1;
        each(turn, picked, &counts);
    }
}

fn sequence(weights: &[f64], turns: usize) -> Vec<u32> {
    let mut picked = Vec::new();
    run(weights, turns, |_, index, _| picked.push(index));
    picked
}

#[test]
fn turns_are_exact_and_repeat() {
    assert_eq!(sequence(&[5.0, 1.0, 1.0], 14), [0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0, 0, 2]);
    assert_eq!(sequence(&[1.0; 3], 9), [0, 1, 2, 0, 1, 2, 0, 1, 2]);
    assert_eq!(sequence(&[3.0, 1.0, 0.0], 8), [0, 0, 0, 1, 0, 0, 0, 1]);
}

#[test]
fn a_target_without_weight_comes_last() {
    let (picked, _) = Credit::choose(&[4, 7], |index| f64::from(index - 4), |_| 0.0).unwrap();
    assert_eq!(picked, 7);
    assert_eq!(Credit::choose(&[4, 7], |_| 0.0, |_| 0.0).unwrap().0, 4);
    assert_eq!(Credit::choose(&[], |_| 1.0, |_| 0.0), None);
}

#[test]
fn what_is_owed_stays_bounded_while_targets_come_and_go() {
    let mut draw = crate::routing::draw::Draw::seeded(3);
    let weights = [1.0, 2.0, 7.0, 0.01, 5.0];
    let mut credits = [Credit::default(); 5];
    for _ in 0..10_000 {
        let bits = draw.next_bits();
        let among: Vec<u32> = (0..5).filter(|index| bits >> index & 1 == 1).collect();
        let weight = |index: u32| weights[index as usize];
        if let Some((picked, _)) = Credit::choose(&among, weight, |index| credits[index as usize].owed()) {
            assert!(among.contains(&picked));
            Credit::charge(&mut credits, &among, weight, picked);
        }
        assert!(credits.iter().all(|credit| credit.owed().abs() <= 15.01));
    }
}

/// The greedy method strays further: without the quota the property below fails.
#[test]
fn the_largest_debt_first_strays_more_than_one() {
    let weights: [f64; 50] = [
        2.0, 8.0, 50.0, 13.0, 100.0, 50.0, 100.0, 5.0, 8.0, 100.0, 8.0, 8.0, 50.0, 1.0, 100.0, 2.0, 50.0,
        5.0, 3.0, 8.0, 2.0, 3.0, 13.0, 8.0, 5.0, 2.0, 100.0, 2.0, 13.0, 8.0, 100.0, 13.0, 100.0, 2.0, 13.0,
        2.0, 13.0, 3.0, 8.0, 13.0, 2.0, 8.0, 13.0, 100.0, 5.0, 100.0, 5.0, 100.0, 13.0, 13.0,
    ];
    let total: f64 = weights.iter().sum();
    let mut credits = vec![0.0; 50];
    let (mut furthest, mut counts) = (0.0_f64, vec![0.0; 50]);
    for turn in 1..=1_000 {
        for (credit, weight) in credits.iter_mut().zip(&weights) {
            *credit += weight;
        }
        let picked = (0..50).max_by(|a, b| credits[*a].total_cmp(&credits[*b])).unwrap();
        credits[picked] -= total;
        counts[picked] += 1.0;
        for (count, weight) in counts.iter().zip(&weights) {
            furthest = furthest.max((count - f64::from(turn) * weight / total).abs());
        }
    }
    assert!(furthest > 1.4, "{furthest}");
    run(&weights, 1_000, |turn, _, counts| {
        for (count, weight) in counts.iter().zip(&weights) {
            assert!((*count as f64 - turn as f64 * weight / total).abs() < 1.0);
        }
    });
}

fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (1_u32..100).prop_map(f64::from),
        3 => 0.001..1000.0_f64,
        1 => (-12.0..0.0_f64).prop_map(|exponent| 10_f64.powf(exponent)),
        1 => Just(0.0),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// At every point, every target has had its share to within one request.
    #[test]
    fn nobody_strays_more_than_one_request_from_its_share(
        weights in prop::collection::vec(weight(), 1..50).prop_filter("a sum", |all| all.iter().sum::<f64>() > 0.0),
    ) {
        let total: f64 = weights.iter().sum();
        let mut furthest = (0.0, 0, 0);
        run(&weights, 2_000, |turn, _, counts| {
            for (index, (count, weight)) in counts.iter().zip(&weights).enumerate() {
                let strays = (*count as f64 - turn as f64 * weight / total).abs();
                if strays > furthest.0 {
                    furthest = (strays, turn, index);
                }
            }
        });
        prop_assert!(furthest.0 <= 1.0 + 1e-6, "{furthest:?}");
    }
}
