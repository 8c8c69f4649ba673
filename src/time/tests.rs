//! Zones around both clock changes, windows past midnight, leap days.

use super::*;

fn london() -> Zone {
    Zone::named("Europe/London").unwrap()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[test]
fn every_zone_resolves_each_hour_of_two_years_forward_and_never_backwards() {
    for zone in Zone::all() {
        let mut previous = Instant(i64::MIN);
        for day in (day_of(NaiveDate::from_ymd_opt(2025, 1, 1).unwrap())..).take(730) {
            for hour in [0, 1, 2, 3, 9] {
                let found = zone.at(day, ClockTime::hm(hour, 0));
                assert!(found >= previous, "{} {} {hour}", zone.name(), day_text(day));
                previous = found;
            }
            let nine = zone.local(zone.at(day, ClockTime::hm(9, 0)));
            assert_eq!(nine.format("%H:%M").to_string(), "09:00", "{} {}", zone.name(), day_text(day));
        }
    }
}

#[test]
fn a_time_in_the_spring_gap_is_the_first_minute_after_it() {
    // Clocks in London went from 01:00 to 02:00 on 29 March 2026.
    let day = parse_day("2026-03-29").unwrap();
    assert_eq!(london().at(day, ClockTime::hm(1, 30)), at("2026-03-29T01:00:00Z"));
}

#[test]
fn a_time_that_comes_twice_in_autumn_is_the_first() {
    let day = parse_day("2026-10-25").unwrap();
    assert_eq!(london().at(day, ClockTime::hm(1, 30)), at("2026-10-25T00:30:00Z"));
}

#[test]
fn a_day_is_a_calendar_day_and_24_hours_are_24_hours() {
    let saturday = at("2026-03-28T09:00:00Z");
    assert_eq!(CalendarSpan::parse("1d").unwrap().after(saturday, london()), at("2026-03-29T08:00:00Z"));
    assert_eq!(CalendarSpan::parse("24h").unwrap().after(saturday, london()), at("2026-03-29T09:00:00Z"));
    assert_eq!(CalendarSpan::parse("1d").unwrap().before(at("2026-03-29T08:00:00Z"), london()), saturday);
}

#[test]
fn spans_are_read_as_people_write_them_and_refused_with_a_remedy() {
    for (text, shown) in [("15m", "15m"), ("1d 12h", "1d 12h"), ("2w", "14d"), ("90m", "1h 30m"), ("1y", "12mo")] {
        assert_eq!(CalendarSpan::parse(text).unwrap().to_string(), shown);
    }
    for bad in ["", "5", "d", "3x", "-1d", "99999999999d", "20y", "1d,2h"] {
        assert!(CalendarSpan::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_night_passes_midnight() {
    let night = DayWindow { from: ClockTime::hm(21, 0), to: ClockTime::hm(9, 0) };
    for (text, inside) in
        [("20:59", false), ("21:00", true), ("23:59", true), ("00:00", true), ("08:59", true), ("09:00", false)]
    {
        let moment = at(&format!("2026-01-10T{text}:00Z"));
        assert_eq!(night.contains(moment, london()), inside, "{text}");
    }
    assert_eq!(night.leave(at("2026-01-10T22:00:00Z"), london()), Some(at("2026-01-11T09:00:00Z")));
    assert_eq!(night.leave(at("2026-01-10T12:00:00Z"), london()), Some(at("2026-01-10T12:00:00Z")));
}

#[test]
fn leaving_the_night_lands_outside_it_in_every_zone_on_every_day() {
    let night = DayWindow { from: ClockTime::hm(21, 0), to: ClockTime::hm(9, 0) };
    for zone in Zone::all() {
        for day in (parse_day("2026-01-01").unwrap()..).take(366) {
            let late = zone.at(day, ClockTime::hm(23, 30));
            let left = night.leave(late, zone).unwrap();
            assert!(!night.contains(left, zone), "{} {}", zone.name(), day_text(day));
            assert!(left.since(late) <= 12 * HOUR_MS);
        }
    }
}

#[test]
fn business_hours_skip_weekends_and_holidays() {
    let hours = Hours {
        from: ClockTime::hm(9, 0),
        to: ClockTime::hm(18, 0),
        days: DaySet::WEEKDAYS,
        except: vec!["2026-01-12".into()],
    };
    // Saturday 10 January, then a holiday on Monday: Tuesday it is.
    assert_eq!(hours.enter(at("2026-01-10T12:00:00Z"), london()), Some(at("2026-01-13T09:00:00Z")));
    // 17:00 on Friday plus two open hours is 10:00 on Tuesday.
    assert_eq!(hours.after_open_minutes(at("2026-01-09T17:00:00Z"), 120, london()), Some(at("2026-01-13T10:00:00Z")));
}

#[test]
fn hours_that_never_open_say_so() {
    let hours = Hours {
        from: ClockTime::hm(9, 0),
        to: ClockTime::hm(18, 0),
        days: serde_json::from_str("[]").unwrap(),
        except: vec![],
    };
    assert_eq!(hours.enter(at("2026-01-10T12:00:00Z"), london()), None);
}

#[test]
fn a_leap_day_birthday_comes_every_year_once() {
    for year in 2024..2104 {
        let new_year = day_of(NaiveDate::from_ymd_opt(year, 1, 1).unwrap());
        let early = next_yearly(new_year, 2, 29, LeapDay::February28).unwrap();
        let late = next_yearly(new_year, 2, 29, LeapDay::March1).unwrap();
        let leap = NaiveDate::from_ymd_opt(year, 2, 29).is_some();
        assert_eq!(date_of(early).to_string(), format!("{year}-02-{}", if leap { 29 } else { 28 }));
        assert_eq!(date_of(late).to_string(), if leap { format!("{year}-02-29") } else { format!("{year}-03-01") });
    }
    assert_eq!(next_yearly(0, 2, 30, LeapDay::February28), None);
}

#[test]
fn a_place_has_the_zones_of_its_clocks() {
    let shop = Zones::one(london());
    let names = |zones: Zones| zones.iter().map(Zone::name).collect::<Vec<_>>().join(" ");
    assert_eq!(names(shop.in_place(Some("de"), None)), "Europe/Berlin");
    assert_eq!(names(shop.in_place(Some("JP"), Some("13"))), "Asia/Tokyo");
    assert_eq!(names(shop.in_place(Some("US"), Some("CA"))), "America/Los_Angeles");
    assert_eq!(names(shop.in_place(None, Some("us-tn"))), "America/New_York America/Chicago");
    assert_eq!(names(shop.in_place(Some("Atlantis"), None)), "Europe/London");
    assert_eq!(names(shop.in_place(None, None)), "Europe/London");
    assert_eq!(names(shop.in_place(None, Some("CA"))), "Europe/London");
    // A shop that says where its customers live means those of a wide country who live there.
    let both = Zones::any(london(), [Zone::named("America/Chicago").unwrap(), london()]);
    assert_eq!(names(both.in_place(Some("US"), None)), "America/Chicago");
    assert_eq!(names(both.in_place(Some("FR"), None)), "Europe/Paris");
    assert_eq!(names(both.in_place(None, None)), "Europe/London America/Chicago");
}

#[test]
fn every_place_has_zones_that_are_known() {
    let codes: Vec<&str> = super::places::codes().collect();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "sorted, each once");
    for code in codes {
        let (country, region) = code.split_once('-').map_or((code, None), |(country, region)| (country, Some(region)));
        let zones: Vec<_> = super::places::zones_of(Some(country), region).map(Zone::named).collect();
        assert!(!zones.is_empty() && zones.iter().all(Option::is_some), "{code}");
    }
}

#[test]
fn whoever_may_be_in_several_zones_is_left_alone_in_the_night_of_any() {
    let night = DayWindow { from: ClockTime::hm(21, 0), to: ClockTime::hm(8, 0) };
    let wide = Zones::any(london(), []).in_place(Some("US"), None);
    for hour in 0..24 * 400 {
        let from = at("2026-01-01T00:30:00Z").plus_ms(hour * HOUR_MS);
        let left = wide.everywhere(from, |at, zone| night.leave(at, zone)).unwrap();
        assert!(left >= from && left.since(from) <= DAY_MS, "{}", from.rfc3339());
        for zone in wide.iter() {
            assert!(!night.contains(left, zone), "{} in {}", left.rfc3339(), zone.name());
        }
    }
    // New York is awake at 08:00, the Aleutians five hours later.
    let awake = |zones: &Zones, text| zones.everywhere(at(text), |from, zone| night.leave(from, zone));
    assert_eq!(awake(&wide, "2026-01-10T05:00:00Z"), Some(at("2026-01-10T18:00:00Z")));
}

#[test]
fn zones_that_are_never_awake_together_follow_the_first() {
    let night = DayWindow { from: ClockTime::hm(19, 0), to: ClockTime::hm(9, 0) };
    let apart = Zones::any(london(), [Zone::named("Pacific/Auckland").unwrap()]);
    let left = apart.everywhere(at("2026-01-10T03:00:00Z"), |from, zone| night.leave(from, zone));
    assert_eq!(left, Some(at("2026-01-10T09:00:00Z")));
    let hours = Hours { from: ClockTime::hm(9, 0), to: ClockTime::hm(19, 0), days: DaySet::WEEKDAYS, except: vec![] };
    assert_eq!(apart.enter(&hours, at("2026-01-10T03:00:00Z")), Some(at("2026-01-12T09:00:00Z")));
    let near = Zones::any(london(), [Zone::named("America/New_York").unwrap()]);
    assert_eq!(near.enter(&hours, at("2026-01-10T03:00:00Z")), Some(at("2026-01-12T14:00:00Z")));
}
