//! Each page with sample data, friendly or hostile, for the checks and for looking at.

use super::accounts::AccountCard;
use super::forms::{Form, Problem};
use super::layout::{Flash, Frame};
use super::profile::ProfileField;
use super::quotes::{Quote, Quoted};
use super::sign_up::Registrations;
use super::statuses::{Media, MediaKind, Paging, Reaction, ReplyTarget, Status, Visibility};
use super::timeline::Subject;
use super::{
    about, code, consent, error, front, interaction, lab, notice, polls, profile, set_up, sign_in,
    sign_up, thread, timeline,
};

/// What stands in every text of a hostile page.
pub(super) const HOSTILE: &str = "<script>x</script>\"'><img src=x onerror=\"x\">&amp;";
/// What stands in every address of a hostile page.
pub(super) const HOSTILE_URL: &str = "javascript:alert('<script>x</script>')";

pub(super) const NOON: i64 = 1_786_190_400_000;

/// Fills view structs.
#[derive(Clone, Copy)]
pub(super) struct Samples {
    pub hostile: bool,
}

impl Samples {
    pub(super) fn text(self, friendly: &str) -> String {
        if self.hostile { HOSTILE } else { friendly }.to_owned()
    }

    pub(super) fn url(self, friendly: &str) -> String {
        if self.hostile { HOSTILE_URL } else { friendly }.to_owned()
    }

    /// The page of a lab: with two nodes that are well, with three of which one is dead, and with seven.
    pub(super) fn lab_pages(self) -> Vec<(&'static str, String)> {
        use lab::State::{Dead, Running, Starting};
        let small = self.lab(&[Running, Running], 0);
        let dead = self.lab(&[Running, Dead, Starting], 12);
        let large = self.lab(&[Running; 7], 0);
        vec![
            ("lab", lab::render(&small, "token", false)),
            ("lab-dead", lab::render(&dead, "token", true)),
            ("lab-large", lab::render(&large, "token", false)),
        ]
    }

    fn lab(self, states: &[lab::State], waiting: i64) -> lab::Lab {
        let names = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"];
        let seats = || names.into_iter().zip(states);
        let line = lab::Line {
            node: self.text("alpha"),
            person: self.text("alice"),
            text: self.text("Low tide."),
            at: NOON,
        };
        let nodes = seats().map(|(name, state)| lab::Seat {
            name: name.to_owned(),
            person: self.text("alice"),
            origin: self.url("http://alpha.localhost:8081"),
            state: *state,
            timeline: 1_234,
            made: 617,
            unqueued: 1,
            unapplied: 0,
            latest: vec![line.clone(), line.clone()],
        });
        let pairs = seats().flat_map(|from| seats().map(move |to| (from, to)));
        let ways = pairs.filter(|(from, to)| from.0 != to.0).map(|(from, to)| {
            let is_down = *to.1 == lab::State::Dead;
            lab::Way {
                from: from.0.to_owned(),
                to: to.0.to_owned(),
                posts: if is_down { waiting } else { 0 },
                others: i64::from(is_down),
                arrived: 605,
                down_since: is_down.then_some(NOON),
                next_try_in: is_down.then_some(27_000),
                last_error: is_down.then(|| self.text("connection refused")),
            }
        });
        lab::Lab {
            nodes: nodes.collect(),
            ways: ways.collect(),
            said: vec![lab::Said {
                at: NOON,
                words: self.text("beta was killed."),
            }],
        }
    }

    /// All pages in all their states, with a name for each.
    pub(super) fn pages(self) -> Vec<(&'static str, String)> {
        let visitor = self.frame(None, None);
        let failed = self.frame(None, Some(Flash::Failed(self.text("Nothing was changed."))));
        let done = Flash::Done(self.text("The app “Tusk” has no access any more."));
        let viewer = self.frame(Some(self.ada()), Some(done));
        vec![
            (
                "front",
                front::render(&visitor, &self.front(Registrations::Approval)),
            ),
            (
                "front-open",
                front::render(&visitor, &self.front(Registrations::Open)),
            ),
            (
                "front-signed-in",
                front::render(&viewer, &self.front(Registrations::Closed)),
            ),
            ("about", about::render(&visitor, &self.about())),
            (
                "about-without-source",
                about::render(&self.without_source(), &self.unreachable()),
            ),
            (
                "interaction-account",
                interaction::render(
                    &viewer,
                    &self.interaction(interaction::Subject::Account(self.ada())),
                ),
            ),
            (
                "interaction-status",
                interaction::render(&viewer, &self.interaction(self.elsewhere())),
            ),
            ("error", error::render(&visitor, &self.error())),
            ("notice", notice::render(&visitor, &self.notice())),
            ("set-up", set_up::render(&visitor, &self.set_up(false))),
            ("set-up-wrong", set_up::render(&failed, &self.set_up(true))),
            ("sign-in", sign_in::render(&visitor, &self.sign_in(false))),
            (
                "sign-in-wrong",
                sign_in::render(&visitor, &self.sign_in(true)),
            ),
            (
                "sign-up",
                sign_up::render(&visitor, &self.sign_up(Registrations::Open)),
            ),
            (
                "sign-up-approval",
                sign_up::render(&visitor, &self.sign_up(Registrations::Approval)),
            ),
            (
                "sign-up-closed",
                sign_up::render(&visitor, &self.sign_up(Registrations::Closed)),
            ),
            ("consent", consent::render(&viewer, &self.consent(true))),
            (
                "consent-by-code",
                consent::render(&viewer, &self.consent(false)),
            ),
            ("code", code::render(&viewer, &self.code())),
            ("profile", profile::render(&visitor, &self.profile())),
            ("thread", thread::render(&visitor, &self.thread(false))),
            (
                "thread-covered",
                thread::render(&visitor, &self.thread(true)),
            ),
            (
                "timeline",
                timeline::render(&visitor, &self.timeline(Subject::Local)),
            ),
            (
                "timeline-everywhere",
                timeline::render(&visitor, &Self::empty_timeline()),
            ),
            ("tag", timeline::render(&visitor, &self.tag())),
        ]
    }

    pub(super) fn frame(self, viewer: Option<AccountCard>, flash: Option<Flash>) -> Frame {
        Frame {
            node_name: self.text("Mudflat"),
            domain: self.text("mudflat.example"),
            version: self.text("0.1.0"),
            source_url: Some(self.url("https://source.example/whimbrel")),
            viewer,
            flash,
        }
    }

    fn without_source(self) -> Frame {
        Frame {
            source_url: None,
            ..self.frame(None, None)
        }
    }

    pub(super) fn ada(self) -> AccountCard {
        self.account("Ada Curlew", "ada")
    }

    fn account(self, display_name: &str, name: &str) -> AccountCard {
        AccountCard {
            display_name: self.text(display_name),
            handle: self.text(&format!("@{name}@mudflat.example")),
            url: self.url(&format!("https://mudflat.example/@{name}")),
            avatar_url: self.url("/avatars/original/missing.png"),
        }
    }

    pub(super) fn form(self, problems: &[(Option<&str>, &str)]) -> Form {
        Form {
            csrf_token: self.text("csrf"),
            problems: problems
                .iter()
                .map(|(field, message)| Problem {
                    field: field.map(str::to_owned),
                    message: self.text(message),
                })
                .chain(self.hostile.then(|| Problem {
                    field: Some(HOSTILE.to_owned()),
                    message: HOSTILE.to_owned(),
                }))
                .collect(),
        }
    }

    fn error(self) -> error::ErrorPage {
        error::ErrorPage {
            status: 404,
            title: self.text("This page does not exist"),
            sentence: self
                .text("The address may be mistyped, or its author deleted what was here."),
            next: Some(error::NextStep {
                label: self.text("Go to the front page"),
                url: self.url("/"),
            }),
            request_id: Some(self.text("01J9ZK3V7Q")),
        }
    }

    fn notice(self) -> notice::Notice {
        notice::Notice {
            title: self.text("Thank you"),
            paragraphs: vec![
                self.text("Your request waits for somebody of this node to read it."),
                self.text("Try to sign in after a while: it works once you are let in."),
            ],
            next: Some(error::NextStep {
                label: self.text("See what people post"),
                url: self.url("/public/local"),
            }),
        }
    }

    fn front(self, registrations: Registrations) -> front::Front {
        front::Front {
            origin: self.url("https://mudflat.example"),
            description: self.text(
                "A quiet place for people who watch birds, mend boats and like the tide tables.",
            ),
            registrations,
            accounts: 42,
            statuses: 12_345,
            contact: Some(self.ada()),
            rules: vec![
                self.text("Be kind. Assume good faith."),
                self.text("Describe your pictures for those who cannot see them."),
                self.text("No nesting sites, please: say the county, not the field."),
            ],
        }
    }

    fn about(self) -> about::About {
        let front = self.front(Registrations::Closed);
        about::About {
            description: front.description,
            contact: front.contact,
            email: Some(self.text("ada@mudflat.example")),
            rules: front.rules,
        }
    }

    fn unreachable(self) -> about::About {
        about::About {
            contact: None,
            email: None,
            ..self.about()
        }
    }

    fn set_up(self, wrong: bool) -> set_up::SetUp {
        let problems = [
            (
                Some("username"),
                "Use only letters, digits and underscores in your username.",
            ),
            (
                Some("password_again"),
                "The two passwords differ: enter the same one twice.",
            ),
        ];
        set_up::SetUp {
            form: self.form(if wrong { &problems } else { &[] }),
            token: self.text("token"),
            username: self.text(if wrong { "ada curlew" } else { "" }),
            email: self.text(if wrong { "ada@mail.example" } else { "" }),
            password_min_chars: 10,
        }
    }

    fn sign_in(self, wrong: bool) -> sign_in::SignIn {
        let problems = [(None, "E-mail address, username or password is wrong.")];
        sign_in::SignIn {
            form: self.form(if wrong { &problems } else { &[] }),
            identifier: self.text(if wrong { "ada" } else { "" }),
            return_to: Some(self.text("/oauth/authorize?client_id=1&scope=read")),
            application: wrong.then(|| self.text("Tusk for phones")),
            is_mailed: wrong,
            registrations: Registrations::Open,
        }
    }

    fn quote(self) -> Quote {
        Quote::Shown(Box::new(Quoted {
            author: self.ada(),
            url: self.url("/@ada/1"),
            published_at: NOON,
            language: Some(self.text("en")),
            content_warning: self.text("Dead bird"),
            content_html: "<p>It was a curlew.</p>".to_owned(),
            files: 2,
        }))
    }

    pub(super) fn sign_up(self, registrations: Registrations) -> sign_up::SignUp {
        let problems = [(Some("agreement"), "Read the rules and agree to them.")];
        let by_approval = registrations == Registrations::Approval;
        sign_up::SignUp {
            form: self.form(if by_approval { &problems } else { &[] }),
            registrations,
            closed_message: self.text(""),
            username: self.text(""),
            email: self.text(""),
            reason: self.text(if by_approval {
                "I ring waders in winter."
            } else {
                ""
            }),
            invite_code: (!by_approval).then(|| self.text("0123456789abcdef0123")),
            minimum_age: if by_approval { 16 } else { 0 },
            date_of_birth: self.text(""),
            is_mailed: by_approval,
            rules: self.front(registrations).rules,
            password_min_chars: 10,
        }
    }

    fn consent(self, redirects: bool) -> consent::Consent {
        let scopes: &[&str] = if redirects {
            &["read", "write:statuses", "write:media", "follow", "push"]
        } else {
            &[
                "read:statuses",
                "profile",
                "admin:read:accounts",
                "unheard:of",
            ]
        };
        consent::Consent {
            form: self.form(&[]),
            application: self.text("Tusk for phones"),
            website: Some(self.url("https://tusk.example/")),
            redirect_target: redirects.then(|| self.text("tusk.example")),
            scopes: scopes
                .iter()
                .map(|scope| (*scope).to_owned())
                .chain([self.text("read")])
                .collect(),
            account: self.ada(),
            switch_url: self.url("/auth/sign_in?switch=1"),
            parameters: vec![
                (self.text("client_id"), self.text("abc")),
                (self.text("state"), self.text("1")),
            ],
        }
    }

    fn code(self) -> code::Code {
        code::Code {
            application: self.text("toot"),
            code: self.text("p3fVn6JrYx0Q1mZc8d2TbLk5WgHsAeUiOoRrNnQq7yM"),
        }
    }

    fn profile(self) -> profile::Profile {
        let field = |name: &str, value: &str, verified| ProfileField {
            name: self.text(name),
            value_html: value.to_owned(),
            verified,
        };
        profile::Profile {
            account: self.ada(),
            header_url: self.url("/headers/original/missing.png"),
            actor_url: self.url("https://mudflat.example/users/ada"),
            bio_html: "<p>Counts waders on the Solway. Mends what the tide brings. \
                <a href=\"https://mudflat.example/tags/birds\">#birds</a></p>"
                .to_owned(),
            bio_text: self.text("Counts waders on the Solway. Mends what the tide brings. #birds"),
            fields: vec![
                field(
                    "Website",
                    "<a href=\"https://ada.example\" rel=\"me\">ada.example</a>",
                    true,
                ),
                field("Pronouns", "she/her", false),
            ],
            bot: true,
            locked: true,
            joined_at: NOON - 900 * 86_400_000,
            statuses_count: 1_204,
            following_count: Some(310),
            followers_count: Some(2_871),
            indexable: false,
            statuses: self.statuses(),
            paging: Paging {
                newer_url: Some(self.url("/@ada?min_id=9")),
                older_url: Some(self.url("/@ada?max_id=2")),
            },
        }
    }

    fn status(self, id: &str, content_html: &str) -> Status {
        Status {
            id: self.text(id),
            author: self.ada(),
            boosted_by: None,
            in_reply_to: None,
            url: self.url(&format!("https://mudflat.example/@ada/{id}")),
            published_at: NOON,
            edited_at: None,
            language: Some(self.text("en")),
            visibility: Visibility::Public,
            content_warning: String::new(),
            content_html: content_html.to_owned(),
            sensitive: false,
            media: Vec::new(),
            poll: None,
            quote: (id == "6").then(|| self.quote()),
            replies: 3,
            boosts: 12,
            favourites: 1_048,
            reactions: self.reactions(),
        }
    }

    fn reactions(self) -> Vec<Reaction> {
        let picture = "https://mudflat.example/media/emojis/a.png";
        [("\u{1f426}", None), ("cup", Some(picture))]
            .map(|(name, picture)| Reaction {
                name: self.text(name),
                picture_url: picture.map(|url| self.url(url)),
                count: 7,
            })
            .into()
    }

    fn media(self, kind: MediaKind, url: &str, described: bool) -> Media {
        Media {
            kind,
            media_type: self.text("image/png"),
            url: self.url(url),
            preview_url: (kind != MediaKind::Audio).then(|| self.url(url)),
            description: described
                .then(|| self.text("Two whimbrels at the edge of the water at sunset")),
            size: Some((1500, 500)),
        }
    }

    pub(super) fn statuses(self) -> Vec<Status> {
        let header = "/headers/original/missing.png";
        let avatar = "/avatars/original/missing.png";
        vec![
            Status {
                media: vec![self.media(MediaKind::Image, header, true)],
                edited_at: Some(NOON + 60_000),
                ..self.status("1", "<p>First whimbrels of the autumn, flying south in a thin line and calling all the way: \
                    seven notes, always seven.</p><p><a href=\"https://mudflat.example/tags/birds\">#birds</a></p>")
            },
            Status {
                content_warning: self.text("Dead bird (natural causes)"),
                media: vec![self.media(MediaKind::Image, avatar, false)],
                visibility: Visibility::Unlisted,
                ..self.status("2", "<p>Found on the tideline this morning.</p>")
            },
            Status {
                boosted_by: Some(self.ada()),
                author: self.account("Тарас Кулик", "kulyk"),
                language: Some(self.text("uk")),
                in_reply_to: Some(ReplyTarget {
                    handle: self.text("@ada@mudflat.example"),
                    url: self.url("https://mudflat.example/@ada/1"),
                }),
                ..self.status("3", "<p>У нас кроншнепи вже відлетіли.</p>")
            },
            Status {
                sensitive: true,
                visibility: Visibility::Private,
                media: vec![
                    self.media(MediaKind::Image, avatar, true),
                    self.media(MediaKind::Image, avatar, true),
                    self.media(MediaKind::Video, header, true),
                    self.media(MediaKind::Gifv, header, false),
                ],
                ..self.status("4", "<p>A list of what I saw:</p><ul><li>curlew</li><li>dunlin, about two hundred</li></ul>\
                    <blockquote><p>The tide waits for nobody.</p></blockquote><pre><code>let birds = tide.count();</code></pre>")
            },
            Status {
                author: self.account(" ", "a_rather_long_name_for_somebody_who_wanted_all_of_it"),
                visibility: Visibility::Direct,
                media: vec![
                    self.media(MediaKind::Audio, "/media/x.ogg", true),
                    self.media(MediaKind::Unknown, "/media/x.bin", false),
                ],
                ..self.status("5", "<p>https://a.very.long.address.example/which/goes/on/and/on/without/any/place/to/break/it/0123456789</p>")
            },
            Status {
                poll: Some(polls::sample(|text| self.text(text))),
                ..self.status("6", "<p>Which of them calls seven times?</p>")
            },
        ]
    }

    fn thread(self, covered: bool) -> thread::Thread {
        let mut statuses = self.statuses().into_iter();
        let (first, second) = (statuses.next().unwrap(), statuses.next().unwrap());
        let (status, before) = if covered {
            (second, first)
        } else {
            (first, second)
        };
        thread::Thread {
            status,
            text: self.text("First whimbrels of the autumn, flying south in a thin line and calling all the way"),
            ancestors: vec![before],
            replies: if covered { Vec::new() } else { statuses.collect() },
            object_url: self.url("https://mudflat.example/users/ada/statuses/1"),
            embed_url: covered.then(|| self.url("https://mudflat.example/api/oembed?url=x")),
            indexable: covered,
            ballot: (!covered).then(|| polls::sample_ballot(self.url("/@ada/1/vote"), |text| self.text(text))),
            delivery: covered.then(|| thread::DeliveryLine {
                words: self.text("Delivered to 12 of 14 servers · 2 waiting"),
                url: self.url("https://mudflat.example/@ada/2/delivery"),
            }),
        }
    }

    fn elsewhere(self) -> interaction::Subject {
        interaction::Subject::Status(Box::new(self.statuses().remove(0)))
    }

    fn interaction(self, subject: interaction::Subject) -> interaction::Interaction {
        use interaction::Action;
        let offered = match subject {
            interaction::Subject::Account(_) => vec![Action::Follow],
            interaction::Subject::Status(_) => vec![Action::Boost],
        };
        interaction::Interaction {
            form: self.form(&[]),
            uri: self.text("https://mudflat.example/@ada"),
            subject,
            offered,
            remarks: vec!["This post is among your favourites."],
        }
    }

    fn timeline(self, subject: Subject) -> timeline::Timeline {
        timeline::Timeline {
            subject,
            statuses: self.statuses(),
            paging: Paging {
                newer_url: None,
                older_url: Some(self.url("/public/local?max_id=2")),
            },
        }
    }

    fn empty_timeline() -> timeline::Timeline {
        timeline::Timeline {
            subject: Subject::Everywhere,
            statuses: Vec::new(),
            paging: Paging::default(),
        }
    }

    fn tag(self) -> timeline::Timeline {
        self.timeline(Subject::Tag {
            name: self.text("WhimbrelWatching"),
            url: self.url("https://mudflat.example/tags/WhimbrelWatching"),
            recent_accounts: Some(7),
        })
    }
}
