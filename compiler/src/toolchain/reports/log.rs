//! Lines of nextpnr's log.

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_until};
use nom::character::complete::{char, multispace0, space0, u64};
use nom::number::complete::double;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// `Info: Max frequency for clock 'clock': 79.76 MHz (PASS at 12.00 MHz)`
pub(super) fn max_frequency(line: &str) -> IResult<&str, (&str, f64)> {
    let (rest, _) = alt((tag("Info: "), tag("Warning: "), tag("ERROR: "))).parse(line)?;
    let (rest, _) = preceded(space0, tag("Max frequency for clock")).parse(rest)?;
    let clock = delimited((take_until("'"), char('\'')), is_not("'"), char('\''));
    let megahertz = delimited((char(':'), space0), double, tag(" MHz"));
    (clock, megahertz).parse(rest)
}

/// `Info:          ICESTORM_LC:    30/ 5280     0%`
pub(super) fn utilization(line: &str) -> IResult<&str, (&str, u64, u64)> {
    let (rest, _) = (tag("Info:"), multispace0).parse(line)?;
    let (rest, kind) = is_not(": \t").parse(rest)?;
    let (rest, _) = (char(':'), space0).parse(rest)?;
    let (rest, (used, _, _, available, _, _, _)) =
        (u64, char('/'), space0, u64, space0, u64, char('%')).parse(rest)?;
    Ok((rest, (kind, used, available)))
}
