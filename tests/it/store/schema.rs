//! Both databases have the same tables, and the migration folders the same steps.

use std::collections::BTreeSet;
use std::fs;

fn steps(engine: &str) -> BTreeSet<String> {
    let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn the_migration_folders_hold_the_same_steps() {
    assert!(!steps("sqlite").is_empty());
    assert_eq!(steps("sqlite"), steps("postgres"));
}

#[test]
fn every_step_makes_the_same_tables_and_indexes_on_both() {
    for step in steps("sqlite") {
        let read = |engine: &str| {
            let path = format!(
                "{}/migrations/{engine}/{step}/up.sql",
                env!("CARGO_MANIFEST_DIR")
            );
            let sql = fs::read_to_string(path).unwrap();
            let made = sql.lines().filter_map(|line| line.strip_prefix("CREATE "));
            made.map(|line| line.split(" (").next().unwrap().to_owned())
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(read("sqlite"), read("postgres"), "{step}");
    }
}
