//! Lists of blocked servers, from the command line.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::cli::whimbrel;

const HEAD: &str = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n";

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let command = [&["domain"], arguments].concat();
    let Output {
        status,
        stdout,
        stderr,
    } = whimbrel(folder, &command).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn a_list_is_tried_then_taken_then_given_on() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(folder.path(), arguments);
    let list = folder.path().join("list.csv");
    let list = list.to_str().unwrap();
    let (code, empty, stderr) = run(&["export"]);
    assert_eq!((code, empty.as_str()), (0, HEAD), "{stderr}");
    for (text, told) in [
        ("domain\na.example\nb c\n", "line 3: \"b c\" is no domain"),
        (
            "domain\na.example\nlocalhost\n",
            "line 3: localhost is this node",
        ),
        ("domain\n\"a.example\n", "line 2: a quote begins here"),
        ("", "line 1: there is nothing in it"),
    ] {
        std::fs::write(list, text).unwrap();
        let (code, stdout, stderr) = run(&["import", list]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{text}");
        assert!(
            stderr.contains(told) && stderr.contains("nothing was changed"),
            "{stderr}"
        );
    }
    let (code, _, stderr) = run(&["import", "missing.csv"]);
    assert!(
        code == 1 && stderr.contains("missing.csv cannot be read"),
        "{stderr}"
    );
    assert_eq!(run(&["export"]).1, HEAD, "nothing was half done");

    std::fs::write(list, "\u{feff}#domain,#severity,#public_comment\r\nevil.example,suspend,\"a, b\"\r\nloud.example,silence,\r\n").unwrap();
    let (code, stdout, stderr) = run(&["import", list, "--dry-run"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(
        stdout.contains("2 of 2 would be changed; follows that end: 0."),
        "{stdout}"
    );
    assert_eq!(run(&["export"]).1, HEAD);
    let (code, stdout, _) = run(&["import", list, "--json"]);
    let told: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (code, &told["servers"][0]["change"]),
        (0, &Value::from("added")),
        "{told}"
    );
    let (_, given, _) = run(&["export"]);
    let expected = format!(
        "{HEAD}evil.example,suspend,false,false,\"a, b\",false\nloud.example,silence,false,false,,false\n"
    );
    assert_eq!(given, expected);

    std::fs::write(list, "evil.example\nloud.example\n").unwrap();
    let (_, stdout, _) = run(&["import", list]);
    assert!(
        stdout.contains("kept as it is") && stdout.contains("0 of 2 are changed"),
        "{stdout}"
    );
    let (_, stdout, _) = run(&["import", list, "--severity", "noop", "--overwrite"]);
    assert!(stdout.contains("2 of 2 are changed"), "{stdout}");
    let (_, given, _) = run(&["export"]);
    // A list without comments takes none away.
    assert!(
        given.contains("evil.example,noop,false,false,\"a, b\",false\n"),
        "{given}"
    );
}
