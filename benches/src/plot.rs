//! A plot of ratios, as SVG.

use std::fmt;

use crate::spread::Spread;

/// Where one and the bars' names stand, and how high a bar is, in units of the drawing.
const LEFT: f64 = 215.0;
const WIDTH: f64 = 480.0;
const ROW: f64 = 24.0;
const TOP: f64 = 44.0;

/// Bars of ratios, grouped; the longest possible one is [`Plot::MOST`].
#[derive(Clone, Debug)]
pub struct Plot {
    title: String,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
enum Row {
    Heading(String),
    Bar(String, Spread),
}

impl Plot {
    /// The ratio at the right edge.
    pub const MOST: f64 = 1.2;

    /// An empty plot.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            rows: Vec::new(),
        }
    }

    /// Begins a group.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.rows.push(Row::Heading(text.into()));
    }

    /// Adds a bar: its length is the median, a line shows where half of the figures lie.
    pub fn bar(&mut self, name: impl Into<String>, ratio: Spread) {
        self.rows.push(Row::Bar(name.into(), ratio));
    }
}

/// Where a ratio stands, from the left.
fn x(ratio: f64) -> f64 {
    LEFT + ratio.clamp(0.0, Plot::MOST) / Plot::MOST * WIDTH
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

impl fmt::Display for Plot {
    #[allow(clippy::cast_precision_loss)] // of numbers of rows
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, bottom) = (LEFT + WIDTH + 20.0, TOP + self.rows.len() as f64 * ROW);
        let height = bottom + 26.0;
        writeln!(
            f,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">"#
        )?;
        writeln!(
            f,
            r##"<rect width="{width}" height="{height}" fill="#fff"/>"##
        )?;
        let title = escaped(&self.title);
        writeln!(
            f,
            r#"<text x="10" y="22" font-size="14" font-weight="bold">{title}</text>"#
        )?;
        for tenths in [0, 2, 4, 6, 8, 10, 12] {
            let tick = f64::from(tenths) / 10.0;
            let (x, colour) = (x(tick), if tenths == 10 { "#333" } else { "#ddd" });
            let (top, label) = (TOP - 6.0, bottom + 16.0);
            writeln!(
                f,
                r#"<path d="M{x:.1} {top}V{bottom}" stroke="{colour}"/><text x="{x:.1}" y="{label}" text-anchor="middle">{tick:.1}</text>"#
            )?;
        }
        for (at, row) in self.rows.iter().enumerate() {
            let y = TOP + at as f64 * ROW;
            match row {
                Row::Heading(text) => {
                    let (text, y) = (escaped(text), y + 16.0);
                    writeln!(
                        f,
                        r#"<text x="10" y="{y}" font-weight="bold">{text}</text>"#
                    )?;
                }
                Row::Bar(name, ratio) => bar(f, y, name, ratio)?,
            }
        }
        writeln!(f, "</svg>")
    }
}

fn bar(f: &mut fmt::Formatter<'_>, y: f64, name: &str, ratio: &Spread) -> fmt::Result {
    let (name, end) = (escaped(name), x(ratio.median));
    let (text, top, middle) = (y + 15.0, y + 3.0, y + 11.0);
    writeln!(f, r#"<text x="20" y="{text}">{name}</text>"#)?;
    writeln!(
        f,
        r##"<rect x="{LEFT}" y="{top}" width="{:.1}" height="16" fill="#7aa6d8"/>"##,
        end - LEFT
    )?;
    writeln!(
        f,
        r##"<path d="M{:.1} {middle}H{:.1}" stroke="#1f3d63" stroke-width="2"/>"##,
        x(ratio.lower),
        x(ratio.upper)
    )?;
    let label = LEFT + 6.0;
    writeln!(
        f,
        r#"<text x="{label}" y="{text}">{:.2}</text>"#,
        ratio.median
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_ratio_and_names_are_text() {
        let mut plot = Plot::new("a & b");
        plot.heading("32 connections");
        let spread = Spread::of([0.6]).unwrap();
        plot.bar("Claims<T>", spread);
        let svg = plot.to_string();
        assert!(svg.contains("Claims&lt;T&gt;") && svg.contains("a &amp; b"));
        // Half of what the plot is wide.
        assert!(svg.contains(r#"width="240.0" height="16""#), "{svg}");
        assert_eq!(svg.matches("<svg").count(), svg.matches("</svg>").count());
    }
}
