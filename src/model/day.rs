//! Days as integers and back to dates.
//!
//! A [`Day`] is a count of days since 1970-01-01 in whatever calendar the caller lives in; turning an instant into the customer's
//! local day is the business of the `time` room. Here is only calendar arithmetic, proleptic Gregorian, without zones.

/// Days since 1970-01-01.
pub type Day = i32;

/// The first day a purchase may have: 1900-01-01. Earlier ones are mistakes of the source.
pub const DAY_MIN: Day = -25_567;

/// The last day a purchase may have: 2199-12-31.
pub const DAY_MAX: Day = 84_005;

/// The day of a civil date, or nothing if there is no such date or it lies outside [`DAY_MIN`]`..=`[`DAY_MAX`].
///
/// ```
/// use comeback::model::day::from_date;
/// assert_eq!(from_date(1970, 1, 1), Some(0));
/// assert_eq!(from_date(2024, 2, 30), None);
/// ```
#[must_use]
pub fn from_date(year: i32, month: u32, day: u32) -> Option<Day> {
    if !(1900..2200).contains(&year) || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    // Years begin in March, so that the leap day is the last of its year (Howard Hinnant, "chrono-compatible low-level date algorithms").
    let (month, day) = (month as i32, day as i32);
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Year, month and day of month of `day`.
#[must_use]
pub fn to_date(day: Day) -> (i32, u32, u32) {
    let shifted = i64::from(day) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_shifted = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_shifted + 2) / 5 + 1;
    let month = if month_shifted < 10 { month_shifted + 3 } else { month_shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, day_of_month as u32)
}

/// `day` as `YYYY-MM-DD`.
#[must_use]
pub fn to_text(day: Day) -> String {
    let (year, month, day_of_month) = to_date(day);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

/// `day` as people say it: `3 March`.
#[must_use]
pub fn to_words(day: Day) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (_, month, day_of_month) = to_date(day);
    format!("{day_of_month} {}", MONTHS[month as usize - 1])
}

/// Day of the week, Monday is 0.
#[must_use]
pub fn weekday(day: Day) -> u8 {
    // 1970-01-01 was a Thursday.
    (day + 3).rem_euclid(7) as u8
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_goes_to_a_date_and_back() {
        for day in DAY_MIN..=DAY_MAX {
            let (year, month, day_of_month) = to_date(day);
            assert_eq!(from_date(year, month, day_of_month), Some(day));
        }
    }

    #[test]
    fn the_limits_are_the_dates_they_say() {
        assert_eq!(to_text(DAY_MIN), "1900-01-01");
        assert_eq!(to_text(DAY_MAX), "2199-12-31");
    }

    #[test]
    fn words_and_weekdays() {
        let day = from_date(2026, 3, 3).unwrap();
        assert_eq!(to_words(day), "3 March");
        assert_eq!(weekday(day), 1);
    }
}
