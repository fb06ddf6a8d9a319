//! What other servers send, judged: a verdict for every fixture, and no panic for any mutation of one.
//!
//! Each fixture has one shape that some software sends, or one that an attacker would.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use whimbrel::federation::documents::activities::{
    Created, Deed, IncomingActivity, UndoneKind, Updated,
};
use whimbrel::federation::documents::notes::IncomingNote;
use whimbrel::federation::documents::{Incoming, Origin, conversions, read, understand};

use super::verdicts::VERDICTS;

/// Names of published payloads that are refused, with a part of the reason. They are test data that was edited by
/// hand (templates, mixed hosts) or claims that moderators of groups make about what is not their own.
const REFUSED_PAYLOADS: &[(&str, &str)] = &[
    (
        "lemmy/activities__community__update_community.json",
        "another origin",
    ),
    (
        "lemmy/activities__deletion__remove_note.json",
        "another origin",
    ),
    (
        "mastodon/p_mastodon__application_actor.json",
        "no usable http(s) id",
    ),
    ("misskey/p_misskey-like.json", "another origin"),
    (
        "pleroma-fixtures/p_relay__accept-follow.json",
        "neither id nor actor",
    ),
];

fn ours() -> Origin {
    Origin::of("https://home.example").expect("an origin")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents")
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(json_files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn verdict(bytes: &[u8]) -> String {
    match read(bytes).and_then(|document| understand(&document, &ours())) {
        Ok(incoming) => describe(&incoming),
        Err(refusal) => format!("refused: {refusal}"),
    }
}

fn describe(incoming: &Incoming) -> String {
    match incoming {
        Incoming::Actor(actor) => format!("{} {}", actor.kind.name(), actor.username),
        Incoming::Note(note) => describe_note(note),
        Incoming::Activity(activity) => describe_activity(activity),
        Incoming::Collection(collection) => format!("collection of {}", collection.items.len()),
        Incoming::Tombstone { .. } => "tombstone".to_owned(),
        Incoming::Other { kind } => format!("other {kind}"),
    }
}

fn describe_note(note: &IncomingNote) -> String {
    // The author's own document would say which collection holds the followers.
    let followers = note.addressees.all().find(|address| {
        address.contains("/followers")
            && Origin::of(&note.attributed_to).is_some_and(|origin| origin.has(address))
    });
    let visibility = note.visibility(followers).word();
    let mut words = vec![format!("{:?}", note.kind), visibility.to_owned()];
    let facts = [
        (note.in_reply_to.is_some(), "reply"),
        (note.summary.is_some(), "warned"),
        (note.sensitive, "sensitive"),
        (note.quote.is_some(), "quote"),
        (note.poll.is_some(), "poll"),
        (note.vote.is_some(), "vote"),
        (note.updated.is_some(), "edited"),
    ];
    words.extend(
        facts
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, word)| word.to_owned()),
    );
    let counts = [
        (note.mentions.len(), "mentions"),
        (note.hashtags.len(), "hashtags"),
        (note.emojis.len(), "emojis"),
        (note.attachments.len(), "media"),
        (note.links.len(), "links"),
    ];
    words.extend(
        counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}")),
    );
    words.join(" ")
}

fn describe_activity(activity: &IncomingActivity) -> String {
    match &activity.deed {
        Deed::Follow { .. } => "follow".to_owned(),
        Deed::Accept(_) => "accept".to_owned(),
        Deed::Reject(_) => "reject".to_owned(),
        Deed::QuoteRequest(asked) if asked.note.is_some() => "asks to quote, with note".to_owned(),
        Deed::QuoteRequest(_) => "asks to quote".to_owned(),
        Deed::QuoteAnswer { is_accepted, .. } => format!("answers a quote {is_accepted}"),
        Deed::Undo(undone) => match &undone.kind {
            UndoneKind::ById => "undo by id".to_owned(),
            UndoneKind::Other(kind) => format!("undo unknown {kind}"),
            UndoneKind::Like if undone.reaction.is_some() => "undo reaction".to_owned(),
            kind => format!("undo {kind:?}").to_lowercase(),
        },
        Deed::Create(Created::Note(note)) => format!("create {}", describe_note(note)),
        Deed::Create(Created::Votes(votes)) => format!("create {} votes", votes.len()),
        Deed::Create(Created::Reference(_)) => "create by id".to_owned(),
        Deed::Update(Updated::Note(note)) => format!("update {}", describe_note(note)),
        Deed::Update(Updated::Actor(actor)) => format!("update of {}", actor.username),
        Deed::Update(Updated::Reference(_)) => "update by id".to_owned(),
        Deed::Delete { is_actor: true, .. } => "delete actor".to_owned(),
        Deed::Delete { .. } => "delete".to_owned(),
        Deed::Like { .. } => "like".to_owned(),
        Deed::React { emoji, .. } if emoji.url.is_some() => format!("react :{}:", emoji.name),
        Deed::React { emoji, .. } => format!("react {}", emoji.name),
        Deed::Dislike { .. } => "dislike".to_owned(),
        Deed::Announce(announced) => match &announced.wrapped {
            Some(wrapped) => format!("announce of {}", wrapped.kind),
            None => "announce".to_owned(),
        },
        Deed::Block {
            target: Some(_), ..
        } => "block within a group".to_owned(),
        Deed::Block { .. } => "block".to_owned(),
        Deed::Move { .. } => "move".to_owned(),
        Deed::Add(_) => "add".to_owned(),
        Deed::Remove(_) => "remove".to_owned(),
        Deed::Flag { objects, content } => {
            format!("flag {} objects {content:?}", objects.len())
        }
        Deed::Unknown { kind } => format!("unknown {kind}"),
    }
}

fn is_as_expected(verdict: &str, expected: &str) -> bool {
    match expected.strip_prefix("refused: ") {
        Some(reason) => verdict.starts_with("refused: ") && verdict.contains(reason),
        None => verdict == expected,
    }
}

#[test]
fn every_fixture_has_its_verdict() {
    let mut wrong = Vec::new();
    let files = json_files(&folder());
    for path in &files {
        let name = path.file_stem().expect("a name").to_string_lossy();
        let verdict = verdict(&fs::read(path).expect("readable"));
        let expected = VERDICTS
            .iter()
            .find(|(file, _)| *file == name)
            .map(|(_, expected)| *expected);
        if !expected.is_some_and(|expected| is_as_expected(&verdict, expected)) {
            wrong.push(format!(
                "    (\"{name}\", \"{verdict}\"), // not {expected:?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "other verdicts than expected:\n{}",
        wrong.join("\n")
    );
    assert_eq!(
        files.len(),
        VERDICTS.len(),
        "a verdict stands for a fixture that is not there"
    );
}

/// Reads the folder of published payloads that the environment variable `WHIMBREL_CORPUS` names, when it exists.
#[test]
fn published_payloads_are_understood() {
    let Some(folder) = std::env::var_os("WHIMBREL_CORPUS")
        .map(PathBuf::from)
        .filter(|folder| folder.is_dir())
    else {
        return;
    };
    let mut wrong = Vec::new();
    for path in json_files(&folder) {
        let name = path
            .strip_prefix(&folder)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        let verdict = verdict(&fs::read(&path).expect("readable"));
        println!("{name}: {verdict}");
        let expected = REFUSED_PAYLOADS.iter().find(|(file, _)| *file == name);
        let fine = match expected {
            Some((_, reason)) => verdict.starts_with("refused: ") && verdict.contains(reason),
            None => !verdict.starts_with("refused: "),
        };
        if !fine {
            wrong.push(format!("{name}: {verdict}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "other verdicts than expected:\n{}",
        wrong.join("\n")
    );
}

/// Numbers that repeat from run to run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides.max(1)
    }
}

/// A value that is not what belongs there.
fn strange(dice: &mut Dice) -> Value {
    match dice.roll(12) {
        0 => Value::Null,
        1 => true.into(),
        2 => (-1).into(),
        3 => u64::MAX.into(),
        4 => 1e300.into(),
        5 => "".into(),
        6 => "https://alpha.example/users/ann".into(),
        7 => "\u{202e}\u{200b}ﷺ".repeat(50).into(),
        8 => json!([]),
        9 => json!([null, 5, [], {}, "x", {"id": [], "href": {}, "type": {}}]),
        10 => json!({"type": ["Create", 5], "id": 3, "object": {"object": {}}}),
        _ => (0..50).fold(
            Value::Null,
            |inner, _| json!({"type": "Note", "url": inner}),
        ),
    }
}

/// Changes one place of a value: drops it, replaces it, or wraps it into a list.
fn mutate(value: &mut Value, dice: &mut Dice) {
    let stop = dice.roll(3) == 0;
    match value {
        Value::Object(object) if !object.is_empty() && !stop => {
            let at = dice.roll(object.len());
            let key = object.keys().nth(at).expect("a key").clone();
            match dice.roll(4) {
                0 => {
                    object.remove(&key);
                }
                _ => mutate(object.get_mut(&key).expect("a value"), dice),
            }
        }
        Value::Array(items) if !items.is_empty() && !stop => {
            let at = dice.roll(items.len());
            mutate(&mut items[at], dice);
        }
        value => {
            let old = value.take();
            *value = match dice.roll(4) {
                0 => Value::Array(vec![old.clone(), old]),
                1 => json!({"id": old}),
                _ => strange(dice),
            };
        }
    }
}

#[test]
fn no_mutation_of_a_fixture_panics() {
    let mut dice = Dice(7);
    let (mut taken, mut refused) = (0, 0);
    for path in json_files(&folder()) {
        let Ok(original) = serde_json::from_slice::<Value>(&fs::read(&path).expect("readable"))
        else {
            continue;
        };
        for _ in 0..60 {
            let mut mutant = original.clone();
            for _ in 0..=dice.roll(3) {
                mutate(&mut mutant, &mut dice);
            }
            match read(mutant.to_string().as_bytes())
                .and_then(|document| understand(&document, &ours()))
            {
                Ok(incoming) => {
                    taken += 1;
                    if let Incoming::Note(note) = &incoming {
                        assert!(
                            conversions::compose(note, &note.content).len() >= note.content.len()
                        );
                    }
                    describe(&incoming);
                }
                Err(refusal) => {
                    refused += 1;
                    assert!(!refusal.0.is_empty());
                }
            }
        }
    }
    assert!(
        taken > 1_000 && refused > 1_000,
        "{taken} taken, {refused} refused"
    );
}

#[test]
fn no_damaged_text_panics() {
    let mut dice = Dice(11);
    for path in json_files(&folder()) {
        let original = fs::read(&path).expect("readable");
        for _ in 0..40 {
            let mut bytes = original.clone();
            let at = dice.roll(bytes.len());
            match dice.roll(3) {
                0 => bytes.truncate(at),
                1 => bytes[at] = u8::try_from(dice.roll(256)).expect("a byte"),
                _ => bytes.insert(at, b"{}[]\",:\\\0"[dice.roll(9)]),
            }
            verdict(&bytes);
        }
    }
}
