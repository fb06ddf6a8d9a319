//! The picture of a lab: nodes in a ring, arrows between them, and on each arrow what waits. For the eye alone: the
//! table below it says the same.

use maud::{Markup, html};

use super::lab_view::{Lab, State, Way};
use super::parts::count;

/// The picture's size, in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
/// The radius of a node.
const NODE: f64 = 50.0;
/// How far an arrow bends to its right, so that the two of a pair stand apart.
const BEND: f64 = 44.0;
/// Up to so many nodes all arrows are drawn; beyond, only those on which something waits.
const NODES_WITH_ALL_ARROWS: usize = 5;

/// A place in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    x: f64,
    y: f64,
}

impl Point {
    fn plus(self, other: Self, times: f64) -> Self {
        Self {
            x: self.x + other.x * times,
            y: self.y + other.y * times,
        }
    }

    /// The direction from here to there, of length 1; none between two equal places.
    fn towards(self, other: Self) -> Self {
        let (x, y) = (other.x - self.x, other.y - self.y);
        let length = x.hypot(y).max(f64::EPSILON);
        Self {
            x: x / length,
            y: y / length,
        }
    }

    fn middle(self, other: Self) -> Self {
        Self {
            x: f64::midpoint(self.x, other.x),
            y: f64::midpoint(self.y, other.y),
        }
    }
}

/// How large nodes are, among so many.
fn radius(all: usize) -> f64 {
    if all <= 6 { NODE } else { 38.0 }
}

/// Where node `at` of `all` stands: three like a tent, all others in a ring from the left on.
fn place(at: usize, all: usize) -> Point {
    let part = |number: usize| f64::from(u16::try_from(number).unwrap_or(u16::MAX));
    let turn = std::f64::consts::TAU * part(at) / part(all.max(1));
    let wide = WIDTH / 2.0 - NODE - 24.0;
    let high = HEIGHT / 2.0 - NODE - 12.0;
    // A tent reaches half as far down as up.
    let (start, middle, high) = if all == 3 {
        (
            -std::f64::consts::FRAC_PI_2,
            HEIGHT / 2.0 + high / 3.0,
            high * 4.0 / 3.0,
        )
    } else {
        (std::f64::consts::PI, HEIGHT / 2.0, high)
    };
    Point {
        x: WIDTH / 2.0 + (start + turn).cos() * wide,
        y: middle + (start + turn).sin() * high,
    }
}

/// The picture.
pub(super) fn picture(view: &Lab) -> Markup {
    let all = view.nodes.len();
    let seat = |name: &str| view.nodes.iter().position(|node| node.name == name);
    let draws_all = all <= NODES_WITH_ALL_ARROWS;
    html! {
        svg.lab-picture viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } aria-hidden="true" focusable="false" {
            @for way in view.ways.iter().filter(|way| draws_all || way.waiting() > 0) {
                @if let (Some(from), Some(to)) = (seat(&way.from), seat(&way.to)) {
                    (arrow(way, place(from, all), place(to, all), radius(all)))
                }
            }
            @for (at, node) in view.nodes.iter().enumerate() {
                (circle(node.state, &node.name, &node.person, place(at, all), radius(all)))
            }
        }
    }
}

fn circle(state: State, name: &str, person: &str, at: Point, radius: f64) -> Markup {
    html! {
        g.lab-node.dead[state == State::Dead].starting[state == State::Starting]
            transform={ "translate(" (round(at.x)) " " (round(at.y)) ")" } {
            circle r=(radius) {}
            text y="-12" { (name) }
            text.lab-person y="9" { (person) }
            text.lab-word y="29" { (state.word()) }
            @if state == State::Dead {
                // On the edge, to the upper right, where no word stands.
                @let edge = radius * std::f64::consts::FRAC_1_SQRT_2;
                path.lab-cross d={ "M" (round(edge - 8.0)) " " (round(-edge - 8.0)) "l16 16m0 -16l-16 16" } {}
            }
        }
    }
}

fn arrow(way: &Way, from: Point, to: Point, radius: f64) -> Markup {
    let ahead = from.towards(to);
    let right = Point {
        x: -ahead.y,
        y: ahead.x,
    };
    let bend = from.middle(to).plus(right, BEND);
    let start = from.plus(from.towards(bend), radius + 3.0);
    let tip = to.plus(to.towards(bend), radius + 5.0);
    let back = bend.towards(tip);
    let side = Point {
        x: -back.y,
        y: back.x,
    };
    let base = tip.plus(back, -13.0);
    let (left, right_side) = (base.plus(side, 6.5), base.plus(side, -6.5));
    // Nearer to the sender, so that the words on the two arrows of a pair keep apart.
    let label = curve(start, bend, base, 0.4);
    let waits = way.waiting();
    html! {
        g.lab-way.waits[waits > 0].blocked[way.down_since.is_some()] {
            path.lab-line d={ "M" (pair(start)) "Q" (pair(bend)) " " (pair(base)) } {}
            path.lab-tip d={ "M" (pair(tip)) "L" (pair(left)) "L" (pair(right_side)) "Z" } {}
            @if waits > 0 {
                (bubble(&format!("{} waiting", count(waits)), label))
            } @else if way.arrived > 0 {
                (bubble(&count(way.arrived), label))
            }
        }
    }
}

/// The point of a quadratic curve at `part` of its way.
///
/// Source: <https://www.w3.org/TR/SVG2/paths.html#PathDataQuadraticBezierCommands>
fn curve(start: Point, bend: Point, end: Point, part: f64) -> Point {
    let back = 1.0 - part;
    let at = |start: f64, bend: f64, end: f64| {
        back * back * start + 2.0 * back * part * bend + part * part * end
    };
    Point {
        x: at(start.x, bend.x, end.x),
        y: at(start.y, bend.y, end.y),
    }
}

/// Words on an arrow.
fn bubble(words: &str, at: Point) -> Markup {
    let letters = f64::from(u16::try_from(words.chars().count()).unwrap_or(u16::MAX));
    let width = round(letters * 10.6 + 18.0);
    html! {
        g transform={ "translate(" (round(at.x)) " " (round(at.y)) ")" } {
            rect x=(-width / 2.0) y="-14" width=(width) height="28" rx="14" {}
            text y="6" { (words) }
        }
    }
}

fn pair(at: Point) -> String {
    format!("{} {}", round(at.x), round(at.y))
}

/// To a tenth, which the eye cannot tell.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_stand_inside_and_apart() {
        for all in 1..=12 {
            let places: Vec<Point> = (0..all).map(|at| place(at, all)).collect();
            for (at, one) in places.iter().enumerate() {
                let radius = radius(all);
                assert!(one.x >= radius && one.x <= WIDTH - radius, "{all}: {one:?}");
                assert!(
                    one.y >= radius && one.y <= HEIGHT - radius,
                    "{all}: {one:?}"
                );
                for other in &places[at + 1..] {
                    let apart = (one.x - other.x).hypot(one.y - other.y);
                    assert!(apart > 2.0 * radius, "{all}: {one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn what_waits_stands_on_its_arrow() {
        let way = |posts, arrived| Way {
            posts,
            arrived,
            ..Way::default()
        };
        let (from, to) = (Point { x: 60.0, y: 200.0 }, Point { x: 580.0, y: 200.0 });
        let draw = |way: &Way| arrow(way, from, to, NODE).into_string();
        assert!(draw(&way(12, 3)).contains(">12 waiting<"));
        assert!(draw(&way(0, 3)).contains(">3<"));
        assert!(!draw(&way(0, 0)).contains("<text"));
    }
}
