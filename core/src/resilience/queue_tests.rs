use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn waiter(id: u64, tenant: &str, priority: i32, cost: u64) -> Waiter {
    Waiter { id, deadline: Duration::MAX, priority, tenant: tenant.into(), cost }
}

fn normal(id: u64, tenant: &str) -> Waiter {
    waiter(id, tenant, 0, 1)
}

fn order(queue: &mut WaitQueue, now: Duration) -> Vec<u64> {
    std::iter::from_fn(|| queue.pop(now)).map(|waiter| waiter.id).collect()
}

#[test]
fn a_tenant_that_floods_the_queue_waits_for_itself() {
    let mut queue = WaitQueue::new(QueueConfig::default());
    for id in 0..100 {
        assert_eq!(queue.push(at(0), normal(id, "flood")), Ok(usize::try_from(id).unwrap()));
    }
    assert_eq!(queue.push(at(0), normal(100, "a")), Ok(1));
    assert_eq!(queue.push(at(0), normal(101, "b")), Ok(2));
    assert_eq!(queue.push(at(0), normal(102, "a")), Ok(4));
    assert_eq!(order(&mut queue, at(0))[..7], [0, 100, 101, 1, 102, 2, 3]);
    assert!(queue.is_empty());
}

#[test]
fn the_share_is_of_cost_not_of_requests() {
    let mut queue = WaitQueue::new(QueueConfig::default());
    for id in 0..100 {
        queue.push(at(0), waiter(id, "large", 0, 10)).unwrap();
        queue.push(at(0), waiter(100 + id, "small", 0, 1)).unwrap();
    }
    let order = order(&mut queue, at(0));
    for (place, id) in order.iter().enumerate().filter(|(_, id)| **id < 10) {
        // After n large ones, ten times as many small ones have gone.
        let small = order[..place].iter().filter(|id| **id >= 100).count() as u64;
        assert!(small.abs_diff((id + 1) * 10) <= 1, "{id}: {small}");
    }
}

#[test]
fn higher_priority_goes_first() {
    let mut queue = WaitQueue::new(QueueConfig::default());
    for (id, priority) in (0..).zip([-1, 0, 7, -1]) {
        queue.push(at(0), waiter(id, "a", priority, 1)).unwrap();
    }
    assert_eq!(queue.push(at(0), waiter(4, "b", 7, 1)), Ok(1));
    assert_eq!(order(&mut queue, at(0)), [2, 4, 1, 0, 3]);
}

#[test]
fn who_cannot_be_served_in_time_is_told_at_once() {
    let mut queue = WaitQueue::new(QueueConfig::default());
    for id in 0..20 {
        queue.push(at(0), normal(id, "a")).unwrap();
    }
    // One goes every half second.
    for tick in 1..=10 {
        assert!(queue.pop(at(500 * tick)).is_some());
    }
    let until = |deadline| Waiter { deadline, ..normal(99, "a") };
    let expected = at(11 * 500);
    let late = queue.push(at(5000), until(at(5000) + expected - at(1)));
    assert_eq!(late, Err(Rejected::DeadlineCannotBeMet { expected }));
    assert_eq!(queue.push(at(5000), until(at(5000) + expected)), Ok(10));
    // Nothing has gone for a minute: what is expected grows.
    let mut queue = WaitQueue::new(QueueConfig { longest_wait: at(600_000), ..QueueConfig::default() });
    for id in 0..7 {
        queue.push(at(0), normal(id, "a")).unwrap();
    }
    for tick in 1..=5 {
        queue.pop(at(20 * tick)).unwrap();
    }
    let refused = queue.push(at(60_020), Waiter { deadline: at(61_000), ..normal(9, "a") });
    let Err(Rejected::DeadlineCannotBeMet { expected }) = refused else { panic!("{refused:?}") };
    assert!((expected.as_secs_f64() - 3.0 * (0.02 + 59.9 * 0.1)).abs() < 1e-6, "{expected:?}");
}

#[test]
fn a_rate_measured_long_ago_rejects_nobody() {
    let mut queue = WaitQueue::new(QueueConfig::default());
    let soon = |now| Waiter { deadline: now + at(1000), ..normal(1, "a") };
    for id in 0..6 {
        queue.push(at(0), normal(id, "a")).unwrap();
    }
    for tick in 1..=4 {
        assert!(queue.pop(at(4000 * tick)).is_some());
    }
    assert_eq!(queue.push(at(16_000), soon(at(16_000))), Ok(2), "four say little");
    assert!(queue.cancel(1).is_some() && queue.cancel(5).is_some());
    assert!(queue.pop(at(20_000)).is_some());
    let expected = at(4000);
    assert_eq!(queue.push(at(50_000), soon(at(50_000))), Err(Rejected::DeadlineCannotBeMet { expected }));
    assert_eq!(queue.push(at(50_001), soon(at(50_001))), Ok(0));
    assert_eq!(queue.push(at(50_002), soon(at(50_002))), Ok(1), "nor does it while that one waits");
}

#[test]
fn deadlines_pass_and_are_told_once() {
    let mut queue = WaitQueue::new(QueueConfig { longest_wait: at(5000), ..QueueConfig::default() });
    assert_eq!(queue.next_deadline(), Duration::MAX);
    queue.push(at(0), Waiter { deadline: at(300), ..normal(1, "a") }).unwrap();
    queue.push(at(0), Waiter { deadline: at(200), ..normal(2, "b") }).unwrap();
    queue.push(at(0), normal(3, "a")).unwrap();
    assert_eq!(
        queue.push(at(0), Waiter { deadline: at(0), ..normal(4, "a") }),
        Err(Rejected::DeadlinePassed)
    );
    assert_eq!(queue.next_deadline(), at(200));
    assert_eq!(queue.expired(at(199)), []);
    assert_eq!(queue.pop(at(300)).map(|waiter| waiter.id), Some(3), "a passed deadline does not go");
    assert_eq!(queue.next_deadline(), Duration::ZERO);
    assert_eq!(queue.len(), 2);
    assert_eq!(queue.expired(at(300)).iter().map(|waiter| waiter.id).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((queue.expired(at(300)), queue.len(), queue.next_deadline()), (vec![], 0, Duration::MAX));
    // The queue's own limit is a deadline too.
    queue.push(at(1000), Waiter { deadline: at(7000), ..normal(5, "a") }).unwrap();
    assert_eq!(queue.expired(at(6000) - Duration::from_nanos(1)).len(), 0);
    assert_eq!(queue.expired(at(6000)).len(), 1);
}

#[test]
fn who_leaves_is_gone() {
    let mut queue = WaitQueue::new(QueueConfig::default());
    for id in 0..4 {
        queue.push(at(0), waiter(id, "a", 0, 1 + 9 * u64::from(id == 0))).unwrap();
    }
    assert_eq!(queue.cancel(0).map(|waiter| waiter.id), Some(0));
    assert_eq!(queue.cancel(0), None);
    assert_eq!(order(&mut queue, at(0)), [1, 2, 3]);
    queue.push(at(0), Waiter { deadline: at(5), ..normal(7, "a") }).unwrap();
    assert_eq!(queue.pop(at(5)), None);
    assert_eq!(queue.cancel(7).map(|waiter| waiter.id), Some(7), "passed, and not yet told");
    assert!(queue.is_empty());
}

#[test]
fn is_bounded_in_all_and_by_tenant() {
    let config = QueueConfig { most_waiting: 3, most_waiting_per_tenant: Some(2), ..QueueConfig::default() };
    let mut queue = WaitQueue::new(config);
    queue.push(at(0), normal(0, "a")).unwrap();
    queue.push(at(0), waiter(1, "a", 7, 1)).unwrap();
    assert_eq!(queue.push(at(0), normal(2, "a")), Err(Rejected::TenantFull));
    queue.push(at(0), normal(3, "b")).unwrap();
    assert_eq!(queue.push(at(0), normal(4, "c")), Err(Rejected::Full));
    let mut none = WaitQueue::new(QueueConfig { most_waiting: 0, ..QueueConfig::default() });
    assert_eq!(none.push(at(0), normal(0, "a")), Err(Rejected::Full));
}

#[test]
fn names_what_is_wrong() {
    for (given, field) in [
        (json!({"most_waiting": 2_000_000}), "most_waiting"),
        (json!({"most_waiting_per_tenant": 0}), "most_waiting_per_tenant"),
        (json!({"longest_wait": 0}), "longest_wait"),
    ] {
        let config: QueueConfig = serde_json::from_value(given).unwrap();
        assert_eq!(config.validate("queue").unwrap_err().param, Some(format!("queue.{field}")));
    }
}

const PRIORITIES: [i32; 3] = [7, 0, -1];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// The place told is the place taken, where none comes or leaves after; and
    /// priorities and the order within a tenant are kept.
    #[test]
    fn the_position_told_is_the_position_taken(
        first in prop::collection::vec((0_usize..4, 0_usize..3, 1_u64..6), 0..40),
        pops in 0_usize..20,
        last in (0_usize..5, 0_usize..3, 1_u64..6),
    ) {
        let mut queue = WaitQueue::new(QueueConfig::default());
        let make = |id, (tenant, priority, cost): (usize, usize, u64)| {
            waiter(id, ["a", "b", "c", "d", "e"][tenant], PRIORITIES[priority], cost)
        };
        for (id, one) in (0..).zip(first) {
            queue.push(at(0), make(id, one)).unwrap();
        }
        let _ = (0..pops).map(|_| queue.pop(at(0))).count();
        let place = queue.push(at(0), make(1000, last)).unwrap();
        let went: Vec<_> = std::iter::from_fn(|| queue.pop(at(0))).collect();
        prop_assert_eq!(went.iter().position(|waiter| waiter.id == 1000), Some(place));
        prop_assert!(went.is_sorted_by_key(|waiter| Reverse(waiter.priority)));
        for tenant in ["a", "b", "c", "d", "e"] {
            for priority in PRIORITIES {
                let of = went.iter().filter(|one| &*one.tenant == tenant && one.priority == priority);
                prop_assert!(of.is_sorted_by_key(|waiter| waiter.id));
            }
        }
    }

    /// Among tenants that always wait, each gets the same share of the service,
    /// give or take the costliest request: none starves.
    #[test]
    fn tenants_that_wait_share_alike(
        tenants in 2_usize..8,
        costs in prop::collection::vec(1_u64..50, 8),
        seed in any::<u64>(),
    ) {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut queue = WaitQueue::new(QueueConfig::default());
        let names: Vec<String> = (0..tenants).map(|tenant| tenant.to_string()).collect();
        let mut served: HashMap<String, u64> = HashMap::new();
        let mut id = 0;
        let mut next = |queue: &mut WaitQueue, tenant: usize| {
            id += 1;
            let cost = random.u64(1..=costs[tenant]);
            queue.push(at(0), waiter(id, &names[tenant], 0, cost)).unwrap();
        };
        for tenant in 0..tenants {
            next(&mut queue, tenant);
            next(&mut queue, tenant);
        }
        for _ in 0..200 {
            let went = queue.pop(at(0)).unwrap();
            *served.entry(went.tenant.to_string()).or_default() += went.cost;
            next(&mut queue, went.tenant.parse().unwrap());
            let of = |tenant: &String| served.get(tenant).copied().unwrap_or(0);
            let (least, most) =
                (names.iter().map(of).min().unwrap(), names.iter().map(of).max().unwrap());
            prop_assert!(most - least <= 2 * 50, "{served:?}");
        }
    }

    /// Whatever happens, nothing is lost, told twice, or beyond the bound.
    #[test]
    fn nothing_is_lost_and_the_bound_holds(
        most_waiting in 0_usize..10,
        steps in prop::collection::vec((0_u64..400, 0_u8..6, 0_u64..3, 1_u64..2000), 1..200),
    ) {
        let mut queue = WaitQueue::new(QueueConfig { most_waiting, ..QueueConfig::default() });
        let mut inside: HashMap<u64, Duration> = HashMap::new();
        let mut now = Duration::ZERO;
        for (id, (pause, what, tenant, patience)) in (0..).zip(steps) {
            now += at(pause);
            match what {
                0..3 => {
                    let deadline = now + at(patience);
                    let one = waiter(id, &tenant.to_string(), PRIORITIES[usize::from(what)], patience);
                    if queue.push(now, Waiter { deadline, ..one }).is_ok() {
                        inside.insert(id, deadline);
                    }
                }
                3 => {
                    if let Some(went) = queue.pop(now) {
                        prop_assert!(inside.remove(&went.id).unwrap() > now);
                    } else {
                        prop_assert!(inside.values().all(|deadline| *deadline <= now));
                    }
                }
                4 => {
                    let some = inside.keys().min().copied().unwrap_or(u64::MAX);
                    prop_assert_eq!(queue.cancel(some).is_some(), inside.remove(&some).is_some());
                }
                _ => {
                    let first = inside.values().min().copied().unwrap_or(Duration::MAX);
                    prop_assert!(queue.next_deadline() <= first);
                    for gone in queue.expired(now) {
                        prop_assert!(inside.remove(&gone.id).unwrap() <= now);
                    }
                    prop_assert!(inside.values().all(|deadline| *deadline > now));
                }
            }
            prop_assert_eq!(queue.len(), inside.len());
            prop_assert!(queue.len() <= most_waiting);
        }
    }
}

#[test]
fn who_is_not_able_is_passed_over_and_keeps_its_place() {
    let mut queue = WaitQueue::new(QueueConfig::default());
    for (id, tenant) in [(1, "a"), (2, "a"), (3, "b"), (4, "b")] {
        queue.push(at(0), normal(id, tenant)).unwrap();
    }
    let next = |queue: &mut WaitQueue, unable: &[u64]| {
        let id = queue.next(at(1), |waiter| !unable.contains(&waiter.id)).map(|waiter| waiter.id);
        id.inspect(|id| assert_eq!(queue.take(at(1), *id).map(|waiter| waiter.id), Some(*id)))
    };
    assert_eq!(next(&mut queue, &[1, 2, 3, 4]), None);
    assert_eq!(next(&mut queue, &[1, 3]), Some(2), "the second of `a`: its first is not able");
    assert_eq!(next(&mut queue, &[1, 3]), Some(4));
    assert_eq!(order(&mut queue, at(1)), [1, 3]);
    assert!(queue.is_empty());
}

#[test]
fn who_went_elsewhere_counts_for_the_rate() {
    let mut queue = WaitQueue::new(QueueConfig::default());
    for id in 0..20 {
        queue.push(at(0), normal(id, "a")).unwrap();
    }
    // One goes here every second, and another elsewhere half a second later.
    for tick in 0..5 {
        assert!(queue.pop(at(1000 * tick + 500)).is_some());
        let last = 19 - tick;
        assert!(queue.went_elsewhere(at(1000 * tick + 1000), last).is_some());
    }
    let until = |deadline| Waiter { deadline, ..normal(99, "a") };
    let expected = at(11 * 500);
    let late = queue.push(at(5000), until(at(5000) + expected - at(1)));
    assert_eq!(late, Err(Rejected::DeadlineCannotBeMet { expected }));
}
