use serde_json::json;

use super::*;

fn shadows(config: serde_json::Value) -> Shadows {
    Shadows::new(serde_json::from_value(config).unwrap(), "routes.smart.shadow").unwrap()
}

const NOW: Duration = Duration::from_secs(100);

#[test]
fn a_copy_has_its_place_or_is_dropped() {
    let shadows =
        shadows(json!({"to": "new", "share": 50, "max_in_flight": 2, "max_queue": 1, "timeout": 5}));
    let deadline = Duration::from_secs(105);
    assert_eq!(shadows.decide(NOW, 0.499, 0, 0), ShadowDecision::Send { deadline });
    assert_eq!(shadows.decide(NOW, 0.5, 0, 0), ShadowDecision::None);
    assert_eq!(shadows.decide(NOW, f64::NAN, 0, 0), ShadowDecision::None);
    assert_eq!(shadows.decide(NOW, 0.1, 1, 0), ShadowDecision::Send { deadline });
    assert_eq!(shadows.decide(NOW, 0.1, 2, 0), ShadowDecision::Wait { deadline });
    assert_eq!(shadows.decide(NOW, 0.1, 2, 1), ShadowDecision::Dropped);
    // One that is not drawn is not dropped either.
    assert_eq!(shadows.decide(NOW, 0.9, 2, 1), ShadowDecision::None);
    assert!(shadows.resume(Duration::from_millis(104_999), deadline));
    assert!(!shadows.resume(deadline, deadline));
}

#[test]
fn defaults_are_four_in_flight_no_queue_and_a_minute() {
    let shadows = shadows(json!({"to": "new", "share": 100}));
    let deadline = Duration::from_secs(160);
    assert_eq!(shadows.decide(NOW, 0.999_999, 3, 0), ShadowDecision::Send { deadline });
    assert_eq!(shadows.decide(NOW, 0.0, 4, 0), ShadowDecision::Dropped);
    assert_eq!(shadows.decide(Duration::MAX, 0.0, 0, 0), ShadowDecision::Send { deadline: Duration::MAX });
}

#[test]
fn the_share_of_the_draws_is_copied() {
    let shadows = shadows(json!({"to": "new", "share": 12.5}));
    let sent = (0..1_000)
        .filter(|step| shadows.decide(NOW, f64::from(*step) / 1_000.0, 0, 0) != ShadowDecision::None);
    assert_eq!(sent.count(), 125);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (field, value) in [
        ("to", json!(" ")),
        ("share", json!(0)),
        ("share", json!(-1)),
        ("share", json!(100.5)),
        ("max_in_flight", json!(0)),
        ("timeout", json!(0)),
    ] {
        let mut config = json!({"to": "new", "share": 5});
        config[field] = value;
        let config = serde_json::from_value(config).unwrap();
        let error = Shadows::new(config, "routes.smart.shadow").unwrap_err();
        assert_eq!(error.param, Some(format!("routes.smart.shadow.{field}")));
    }
    let mut config: ShadowConfig = serde_json::from_value(json!({"to": "new", "share": 5})).unwrap();
    config.share = f64::NAN;
    assert!(Shadows::new(config, "shadow").unwrap_err().message.contains("shadow.share"));
    let unknown = serde_json::from_value::<ShadowConfig>(json!({"to": "new", "share": 5, "rate": 1}));
    assert!(unknown.unwrap_err().to_string().contains("rate"));
}
