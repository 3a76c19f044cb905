use super::*;

fn posterior(mean: f64, deviation: f64) -> Posterior {
    Posterior { mean, deviation }
}

#[test]
fn the_posterior_is_the_prior_and_the_rewards() {
    let options = BanditOptions { prior_mean: 0.5, prior_count: 1.0, noise: 0.5, half_life_seconds: 1.0 };
    assert_eq!(Posterior::of(&options, f64::NAN, f64::NAN), posterior(0.5, 0.5));
    let learned = Posterior::of(&options, 0.9, 3.0);
    assert!((learned.mean - 0.8).abs() < 1e-15 && learned.deviation == 0.25, "{learned:?}");
}

#[test]
fn propensities_of_two_are_exact() {
    // Φ((0.7 − 0.5) / √(0.3² + 0.4²)) = Φ(0.4).
    let two = propensities(&[posterior(0.7, 0.3), posterior(0.5, 0.4)]);
    assert!((two[0] - 0.655_421_741_610_324_2).abs() < 1e-12, "{two:?}");
    assert!((two[0] + two[1] - 1.0).abs() < 1e-15);
}

#[test]
fn propensities_of_more_agree_with_those_of_two_and_with_sampling() {
    assert_eq!(propensities(&[]), Vec::<f64>::new());
    assert_eq!(propensities(&[posterior(0.0, 1.0)]), [1.0]);
    for all in propensities(&[posterior(1.0, 0.2); 4]) {
        assert!((all - 0.25).abs() < 1e-12);
    }
    // A third that can never win leaves the other two as they are.
    let three = propensities(&[posterior(0.7, 0.3), posterior(0.5, 0.4), posterior(-50.0, 0.01)]);
    assert!((three[0] - 0.655_421_741_610_324_2).abs() < 1e-10 && three[2] < 1e-15, "{three:?}");
    // Deviations far apart.
    let arms = [posterior(0.6, 0.02), posterior(0.5, 0.5), posterior(0.59, 0.05), posterior(0.3, 0.1)];
    let exact = propensities(&arms);
    let (mut draw, mut counts, samples) = (Draw::seeded(11), [0_u32; 4], 400_000);
    for _ in 0..samples {
        let sampled = arms.map(|arm| arm.mean + arm.deviation * quantile(draw.inside()));
        let best = (0..4).max_by(|a, b| sampled[*a].total_cmp(&sampled[*b])).unwrap();
        counts[best] += 1;
    }
    for (index, chosen) in arms.iter().enumerate() {
        let others: Vec<_> =
            arms.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, arm)| *arm).collect();
        let one = propensity(*chosen, &others);
        assert!((one - exact[index]).abs() < 1e-9, "{index}: {one} {}", exact[index]);
    }
    for (exact, count) in exact.iter().zip(counts) {
        let seen = f64::from(count) / f64::from(samples);
        assert!((exact - seen).abs() < 0.003, "{exact} {seen}");
    }
}

#[test]
fn one_propensity_is_that_of_all() {
    let two = [posterior(0.7, 0.3), posterior(0.5, 0.4)];
    assert!((propensity(two[0], &two[1..]) - propensities(&two)[0]).abs() < 1e-15);
    assert_eq!(propensity(two[0], &[]), 1.0);
    // Ten thousand rewards beside none at all.
    let far = [posterior(0.9, 0.005), posterior(0.5, 0.5), posterior(0.2, 0.1)];
    let all = propensities(&far);
    for index in 0..3 {
        let others: Vec<_> = (0..3).filter(|other| *other != index).map(|other| far[other]).collect();
        assert!((propensity(far[index], &others) - all[index]).abs() < 1e-9, "{index} {all:?}");
    }
    assert_eq!(propensity(posterior(-50.0, 0.01), &far), 0.0);
}
