use super::*;

const MINUTE: f64 = 60.0;

#[test]
fn rewards_fade_by_half_in_a_half_life() {
    let mut arm = Arm::default();
    assert!(arm.mean().is_nan());
    arm.observe(1.0, 100.0, MINUTE);
    assert_eq!((arm.mean(), arm.count(160.0, MINUTE), arm.count(220.0, MINUTE)), (1.0, 0.5, 0.25));
    arm.observe(0.0, 160.0, MINUTE);
    assert_eq!((arm.mean(), arm.count(160.0, MINUTE)), (0.5 / 1.5, 1.5));
    // A report that comes late counts as of now.
    arm.observe(1.0, 100.0, MINUTE);
    assert_eq!(arm.count(160.0, MINUTE), 2.5);
}

#[test]
fn a_second_report_of_a_reply_takes_the_place_of_the_first() {
    let mut rewards = Rewards::default();
    let mut report = |id, reward, now| rewards.report(id, "a/m", reward, now, MINUTE).unwrap();
    report(Some(1), 1.0, 0.0);
    report(None, 0.5, 60.0);
    let arm = report(Some(1), 0.0, 120.0);
    // As if the first had been 0 all along.
    let mut wanted = Arm::default();
    wanted.observe(0.0, 0.0, MINUTE);
    wanted.observe(0.5, 60.0, MINUTE);
    assert_eq!(arm, wanted);
    // The same once more changes nothing.
    assert_eq!(report(Some(1), 0.0, 180.0), wanted);
    // Without an id, each counts.
    assert_eq!(report(None, 0.5, 60.0).count(60.0, MINUTE), 2.5);
    assert_eq!(rewards.of("a/m").count(60.0, MINUTE), 2.5);
    assert!(rewards.of("b/m").mean().is_nan());
}

#[test]
fn what_is_not_a_reward_is_refused_and_changes_nothing() {
    let mut rewards = Rewards::default();
    rewards.report(Some(1), "a/m", 0.5, 0.0, MINUTE).unwrap();
    for reward in [f64::NAN, f64::INFINITY, -0.1, 1.5] {
        let error = rewards.report(Some(1), "a/m", reward, 0.0, MINUTE).unwrap_err();
        assert_eq!(error.param.as_deref(), Some("reward"), "{error}");
    }
    let error = rewards.report(Some(1), "b/m", 0.5, 0.0, MINUTE).unwrap_err();
    assert_eq!(error.param.as_deref(), Some("target"), "{error}");
    assert_eq!((rewards.of("a/m").mean(), rewards.of("a/m").count(0.0, MINUTE)), (0.5, 1.0));
}

#[test]
fn single_reports_are_remembered_up_to_a_bound() {
    let mut rewards = Rewards::default();
    for id in 0..2 * REMEMBERED as u64 {
        rewards.report(Some(id), "a/m", 1.0, 0.0, MINUTE).unwrap();
    }
    assert_eq!((rewards.reports.len(), rewards.order.len()), (REMEMBERED, REMEMBERED));
    let newest = 2 * REMEMBERED as u64 - 1;
    let before = rewards.of("a/m").count(0.0, MINUTE);
    rewards.report(Some(newest), "a/m", 0.0, 0.0, MINUTE).unwrap();
    assert_eq!(rewards.of("a/m").count(0.0, MINUTE), before);
    rewards.report(Some(0), "a/m", 0.0, 0.0, MINUTE).unwrap();
    assert_eq!(rewards.of("a/m").count(0.0, MINUTE), before + 1.0);
}
