//! Banners that wait for a page: shown in their slot, so many times, between two instants.

use crate::codec::{CodecError, Part, Writer};
use crate::effect::BannerShow;
use crate::id::{EffectId, Id};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const TAG: u8 = 9;
const VERSION: u8 = 1;
/// Banners waiting for one customer; a further one pushes out the one of lowest priority, the oldest first.
pub const BANNERS_MAX: usize = 16;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Waiting {
    id: EffectId,
    slot: String,
    template: String,
    title: String,
    text: String,
    url: String,
    not_before: Instant,
    until: Option<Instant>,
    times_left: u32,
    priority: i32,
    /// Recommendations and offer as JSON text.
    more: String,
}

/// The banners of a customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Banners {
    list: Vec<Waiting>,
}

impl Banners {
    /// Takes a banner that a journey shows.
    pub fn add(&mut self, id: EffectId, show: &BannerShow) {
        let more =
            json!({ "recommendations": show.context["recipient"]["recommendations"], "offer": show.context["offer"] });
        self.list.push(Waiting {
            id,
            slot: show.slot.clone(),
            template: show.template.clone(),
            title: show.title.clone(),
            text: show.text.clone(),
            url: show.url.clone(),
            not_before: show.not_before,
            until: show.until,
            times_left: show.times,
            priority: show.priority,
            more: more.to_string(),
        });
        if self.list.len() > BANNERS_MAX {
            let least = self.list.iter().enumerate().min_by_key(|(_, banner)| banner.priority).map(|(index, _)| index);
            self.list.remove(least.unwrap_or(0));
        }
    }

    /// What a page may show in a slot now, the highest priority first, then the one that waits longest.
    pub fn shown_in(&self, slot: &str, now: Instant) -> Vec<Value> {
        let fits = |banner: &&Waiting| {
            banner.slot == slot && banner.not_before <= now && banner.until.is_none_or(|until| now < until)
        };
        let mut found: Vec<&Waiting> = self.list.iter().filter(fits).collect();
        found.sort_by_key(|banner| (std::cmp::Reverse(banner.priority), banner.not_before, banner.id));
        found.into_iter().map(Waiting::view).collect()
    }

    /// A page says that a banner was shown: one time less.
    pub fn on_shown(&mut self, id: &str) {
        let Some(id) = Id::parse(id) else { return };
        for banner in self.list.iter_mut().filter(|banner| banner.id == id) {
            banner.times_left = banner.times_left.saturating_sub(1);
        }
        self.list.retain(|banner| banner.times_left > 0);
    }

    /// A page says that a banner was clicked or closed: it is done.
    pub fn on_done(&mut self, id: &str) {
        let id = Id::parse(id);
        self.list.retain(|banner| Some(banner.id) != id);
    }

    /// Forgets banners whose time is over.
    pub fn forget_old(&mut self, now: Instant) {
        self.list.retain(|banner| banner.until.is_none_or(|until| now < until));
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.part(TAG, VERSION, self);
    }

    pub(crate) fn read(part: &Part<'_>) -> Option<Result<Banners, CodecError>> {
        (part.tag == TAG).then(|| part.decode("the banners"))
    }
}

impl Waiting {
    fn view(&self) -> Value {
        let mut view = json!({
            "banner": self.id, "slot": self.slot, "template": self.template, "title": self.title, "text": self.text, "url": self.url,
            "until": self.until.map(|until| until.0), "times_left": self.times_left, "priority": self.priority,
        });
        // Written by `add`, so it reads.
        if let Ok(Value::Object(more)) = serde_json::from_str(&self.more) {
            for (name, value) in more {
                view[name] = value;
            }
        }
        view
    }
}
