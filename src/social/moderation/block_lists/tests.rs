//! Lists as they are found: by other servers, by spreadsheets, by hand.

use super::*;

const TERMS: Terms = Terms {
    own: "node.example:8443",
    severity: HostSeverity::Suspend,
};

fn entry(line: usize, domain: &str) -> Entry {
    Entry {
        line,
        domain: domain.to_owned(),
        severity: HostSeverity::Suspend,
        reject_media: false,
        reject_reports: false,
        obfuscate: false,
        public_comment: None,
    }
}

fn silenced(line: usize, domain: &str) -> Entry {
    Entry {
        severity: HostSeverity::Silence,
        ..entry(line, domain)
    }
}

#[test]
fn a_list_of_another_server_is_read() {
    let text = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n\
        evil.example,suspend,false,false,,false\n\
        loud.example,silence,true,True,\"Spam, mostly \"\"ads\"\"\",TRUE\n\
        odd.example,noop,1,0,,\n";
    let expected = vec![
        entry(2, "evil.example"),
        Entry {
            reject_media: true,
            reject_reports: true,
            obfuscate: true,
            public_comment: Some("Spam, mostly \"ads\"".to_owned()),
            ..silenced(3, "loud.example")
        },
        Entry {
            severity: HostSeverity::Noop,
            reject_media: true,
            ..entry(4, "odd.example")
        },
    ];
    assert_eq!(read(text.as_bytes(), TERMS), Ok(expected));
}

#[test]
fn lists_have_many_forms() {
    let one = || vec![entry(2, "evil.example")];
    let bare = || vec![entry(1, "evil.example"), entry(2, "b.example")];
    for (text, expected) in [
        ("domain\nevil.example", one()),
        ("#domain\r\nevil.example\r\n", one()),
        ("\u{feff}# Domain \nevil.example", one()),
        ("severity,domain\nsuspend,evil.example", one()),
        ("domain,severity\nevil.example", one()),
        ("domain,severity\nevil.example,", one()),
        ("domain,severity\nevil.example, SUSPEND ", one()),
        ("domain,tags,note\nevil.example,a,b", one()),
        ("\"domain\"\n\"evil.example\"", one()),
        ("evil.example\nb.example\n", bare()),
        ("evil.example\rb.example", bare()),
        ("\u{feff}evil.example\r\nb.example", bare()),
        ("# our list, by hand\nevil.example\n# more\n", one()),
        (
            "# ours, by hand\n#domain,#severity\nevil.example,suspend",
            vec![entry(3, "evil.example")],
        ),
        ("# nothing yet\n", vec![]),
        ("\n\nevil.example", vec![entry(3, "evil.example")]),
        ("EVIL.Example.\n b.example ", bare()),
        ("evil.example:8080\n@b.example:443", bare()),
        ("*.evil.example\nb.example", bare()),
        ("bücher.example", vec![entry(1, "xn--bcher-kva.example")]),
        (
            "192.0.2.7\n[2001:db8::1]",
            vec![entry(1, "192.0.2.7"), entry(2, "[2001:db8::1]")],
        ),
        // The same again is nothing new.
        ("evil.example\nb.example\nEVIL.example", bare()),
        (
            "bücher.example\nxn--bcher-kva.example",
            vec![entry(1, "xn--bcher-kva.example")],
        ),
        ("domain\n", vec![]),
    ] {
        assert_eq!(read(text.as_bytes(), TERMS), Ok(expected), "{text:?}");
    }
    let terms = Terms {
        severity: HostSeverity::Silence,
        ..TERMS
    };
    let text = b"domain,severity\na.example,\nb.example,suspend";
    let expected = vec![silenced(2, "a.example"), entry(3, "b.example")];
    assert_eq!(read(text, terms), Ok(expected));
}

#[test]
fn what_is_wrong_is_told_by_line() {
    let long = format!("domain,public_comment\na.example,{}", "x".repeat(2_001));
    let rows = "a.example\n".repeat(MAX_ROWS + 1);
    let bytes = "a".repeat(MAX_BYTES + 1);
    for (text, expected) in [
        ("", &[(1, "nothing in it")][..]),
        ("\n \n", &[(1, "nothing in it")]),
        ("a.example,suspend", &[(1, "no column is called domain")]),
        (
            "name,severity\na.example,suspend",
            &[(1, "no column is called domain")],
        ),
        (
            "domain;severity\na.example;suspend",
            &[(1, "between commas")],
        ),
        ("domain,domain\na.example,", &[(1, "domain is there twice")]),
        ("a.example\nb.example,suspend", &[(2, "more than a domain")]),
        (
            "domain\na.example\nb c\nhttps://d.example/\n",
            &[(3, "\"b c\" is no domain"), (4, "is no domain")],
        ),
        (
            "domain,severity\na.example,hard",
            &[(2, "\"hard\" is none of noop, silence and suspend")],
        ),
        (
            "domain,obfuscate\na.example,maybe",
            &[(2, "\"maybe\" is neither true nor false")],
        ),
        ("domain,severity\n,suspend", &[(2, "there is no domain")]),
        ("ev**.**st.example", &[(1, "hides a part")]),
        ("a.*.example", &[(1, "hides a part")]),
        (
            "node.example\nNODE.example:9",
            &[(1, "this node"), (2, "this node")],
        ),
        ("example", &[(1, "this node")]),
        ("a.example\ntest", &[(2, "would block everything below it")]),
        ("localhost", &[(1, "would block everything below it")]),
        (
            "domain,severity\na.example,silence\nA.example,suspend",
            &[(3, "a.example stands on line 2 in other words")],
        ),
        ("domain\n\"a.example", &[(2, "a quote begins here")]),
        ("domain\n\"a.example\" x", &[(2, "behind a closing quote")]),
        (&long, &[(2, "more than 2000 characters")]),
        (&rows, &[(MAX_ROWS + 1, "more than 10000 rows")]),
        (&bytes, &[(1, "more than 2097152 bytes")]),
    ] {
        let faults = read(text.as_bytes(), TERMS).unwrap_err();
        let short: String = text.chars().take(60).collect();
        assert_eq!(faults.len(), expected.len(), "{short:?}: {faults:?}");
        for (fault, (line, words)) in faults.iter().zip(expected) {
            assert_eq!(fault.line, *line, "{short:?}: {fault}");
            assert!(fault.reason.contains(words), "{short:?}: {fault}");
        }
    }
    let faults = read(b"domain\na.example\n\xff\xfe", TERMS).unwrap_err();
    assert_eq!(faults[0].to_string(), "line 3: this is no text in UTF-8");
    let many = read("b c\n".repeat(100).as_bytes(), TERMS).unwrap_err();
    assert_eq!(many.len(), MOST_FAULTS);
}

#[test]
fn a_list_that_is_written_is_read_again() {
    let block = |domain: &str, severity, is_so, comment: Option<&str>| HostBlock {
        id: 1,
        domain: domain.to_owned(),
        severity,
        reject_media: is_so,
        reject_reports: !is_so,
        obfuscate: is_so,
        private_comment: Some("secret".to_owned()),
        public_comment: comment.map(str::to_owned),
        created_at: 0,
    };
    let blocks = [
        block("a.example", HostSeverity::Suspend, true, None),
        block(
            "b.example",
            HostSeverity::Noop,
            false,
            Some("\"x\", y\r\nz\u{1b}[2J"),
        ),
        block("[2001:db8::1]", HostSeverity::Silence, false, Some("ü")),
    ];
    let text = write(&blocks);
    assert!(text.starts_with("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\na.example,suspend,true,false,,true\n"), "{text}");
    assert!(
        !text.contains("secret") && !text.contains('\u{1b}'),
        "{text}"
    );
    let entries = read(text.as_bytes(), TERMS).unwrap();
    assert_eq!(entries.len(), 3);
    for (entry, block) in entries.iter().zip(&blocks) {
        assert_eq!(
            (&entry.domain, entry.severity),
            (&block.domain, block.severity)
        );
        assert_eq!(
            (entry.reject_media, entry.reject_reports, entry.obfuscate),
            (block.reject_media, block.reject_reports, block.obfuscate)
        );
    }
    assert_eq!(
        entries[1].public_comment.as_deref(),
        Some("\"x\", y\nz [2J")
    );
}
