use super::*;

#[test]
fn timestamps_are_seconds_since_1970() {
    assert_eq!(unix_seconds("1970-01-01T00:00:00Z"), Some(0));
    assert_eq!(unix_seconds("2000-02-29T12:00:00Z"), Some(951_825_600));
    assert_eq!(unix_seconds("2026-05-27T16:53:45.443719Z"), Some(1_779_900_825));
    for wrong in ["", "now", "2026-05-27", "2026-13-01T00:00:00Z", "2026-05-27T16:53Z"] {
        assert_eq!(unix_seconds(wrong), None, "{wrong}");
    }
}
