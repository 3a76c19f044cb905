//! The committed types are those that the Rust types say.

#[test]
fn the_committed_types_equal_the_generated_ones() {
    let outdated = roocode_generate::outdated(&roocode_generate::root()).unwrap();
    assert!(
        outdated.is_empty(),
        "out of date with the Rust types: {outdated:?}; refresh with `{}`",
        roocode_generate::COMMAND
    );
}

#[test]
fn every_reference_is_a_declared_type() {
    let model = roocode_generate::read::model().unwrap();
    for together in
        [[model.requests, model.replies], [model.scripts, model.records]].map(|lists| lists.concat())
    {
        for declaration in &together {
            for name in declaration.references() {
                let known = together.iter().any(|other| other.name == name);
                assert!(known, "{} refers to {name}, which is not there", declaration.name);
            }
        }
    }
}
