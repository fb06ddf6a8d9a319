//! A signature counts only near the time at which it was made.

use super::*;

#[test]
fn a12_replays_outside_the_window_are_refused() {
    let at = |now: i64| Bent::post().with(|it| it.now = now);
    assert_verdicts([
        ("at once", at(NOW), Ok(())),
        ("late", at(NOW + OLDEST), Ok(())),
        ("too late", at(NOW + OLDEST + 1), Err(Refusal::TooOld)),
        (
            "a month later",
            at(NOW + 30 * 24 * HOUR),
            Err(Refusal::TooOld),
        ),
        ("clock ahead", at(NOW - LEEWAY), Ok(())),
        (
            "too far ahead",
            at(NOW - LEEWAY - 1),
            Err(Refusal::InFuture),
        ),
    ]);
}

#[test]
fn a13_the_date_must_be_one_and_in_range() {
    for (dates, expected) in [
        (vec![DATE], Ok(())),
        (
            vec!["Fri, 06 Nov 2099 08:49:37 GMT"],
            Err(Refusal::InFuture),
        ),
        (vec!["Thu, 01 Jan 1970 00:00:00 GMT"], Err(Refusal::TooOld)),
        (vec!["yesterday"], Err(Refusal::UnreadableDate)),
        (vec![""], Err(Refusal::UnreadableDate)),
        (vec!["784111777"], Err(Refusal::UnreadableDate)),
        (
            vec!["Sun, 99 Nov 99999 08:49:37 GMT"],
            Err(Refusal::UnreadableDate),
        ),
        (vec![DATE, DATE], Err(Refusal::Repeated("date"))),
    ] {
        let bent = Bent::post().with(|it| {
            it.unset("Date");
            let lines = dates
                .iter()
                .map(|date| ("Date".to_owned(), (*date).to_owned()));
            it.headers.extend(lines);
        });
        assert_eq!(bent.sign().judge(), expected, "{dates:?}");
    }
    let undated = Bent::post().with(|it| it.uncover("date"));
    let expected = Err(Refusal::NotCovered("date or (created)"));
    assert_verdicts([("neither date nor created", undated, expected)]);
}

#[test]
fn a13_the_signatures_own_instants_must_be_in_range() {
    let odd = |name| Err(Refusal::Malformed(Malformed::Value(name)));
    for (parameters, expected) in [
        ("created=784111777,", Ok(())),
        ("created=4097724577,", Err(Refusal::InFuture)),
        ("created=1,", Err(Refusal::TooOld)),
        ("created=999999999999,", Err(Refusal::InFuture)),
        ("created=1000000000000000000,", odd("created")),
        ("created=-1,", odd("created")),
        ("created=\"now\",", odd("created")),
        ("expires=784112077,", Ok(())),
        ("expires=999999999999,", Ok(())),
        // An hour ago: the leeway of clocks.
        ("expires=784108177,", Ok(())),
        ("expires=784108176,", Err(Refusal::Expired)),
        (
            "created=784111777,expires=784111776,",
            Err(Refusal::Expired),
        ),
        ("expires=0x10,", odd("expires")),
    ] {
        let bent = Bent::post().with(|it| it.parameters = format!("algorithm=hs2019,{parameters}"));
        assert_eq!(bent.sign().judge(), expected, "{parameters}");
    }
}

#[test]
fn a13_one_instant_cannot_stand_in_for_another() {
    let created = |name: &str| {
        let parameters = format!("algorithm={name},created=784111777,");
        Bent::post().with(|it| {
            it.covered = vec![TARGET, CREATED, "host", "digest"];
            it.created = Some("784111777");
            it.parameters = parameters;
        })
    };
    let endless = Bent::post().with(|it| {
        it.parameters = "algorithm=hs2019,expires=999999999999,".to_owned();
        it.now = NOW + OLDEST + 1;
    });
    let in_2099 = "Fri, 06 Nov 2099 08:49:37 GMT";
    let old_name = Refusal::Algorithm("rsa-sha256 with (created)".to_owned());
    assert_verdicts([
        ("created", created("hs2019"), Ok(())),
        (
            "unsigned date",
            created("hs2019").with(|it| it.set("Date", in_2099)),
            Err(Refusal::InFuture),
        ),
        ("under the old name", created("rsa-sha256"), Err(old_name)),
        (
            "without end but made long ago",
            endless,
            Err(Refusal::TooOld),
        ),
    ]);
}

#[test]
fn a13_the_computers_own_clock_plays_no_part() {
    for now in [0, NOW, 4_000_000_000_000, 200_000_000_000_000] {
        let seconds = (now / SECOND).to_string();
        let bent = Bent::get().with(|it| {
            it.now = now;
            it.set("Date", &to_http_date(now));
            it.parameters = format!("algorithm=hs2019,created={seconds},expires={seconds},");
        });
        assert_eq!(bent.sign().judge(), Ok(()), "{now}");
    }
}
