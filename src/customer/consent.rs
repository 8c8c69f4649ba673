//! What the customer agreed to, by channel and topic.
//!
//! Consent is never assumed: marketing needs a recorded grant, and the newest word wins. At the same
//! instant a refusal wins over a grant.

use crate::codec::{CodecError, Part, Writer};
use crate::event::{ConsentData, ConsentState, Event};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

const TAG: u8 = 2;
const VERSION: u8 = 1;
/// Channel and topic pairs kept; the oldest grant makes room, a refusal is never dropped for one.
pub const CONSENTS_MAX: usize = 64;

/// Every topic, or every channel.
pub const ANY: &str = "*";

/// One recorded word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Consent {
    pub channel: String,
    pub topic: String,
    pub granted: bool,
    pub at: Instant,
    /// Who reported it: where the proof is kept.
    pub source: String,
}

/// All recorded words of a customer, the newest for each channel and topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Consents {
    list: Vec<Consent>,
}

impl Consents {
    pub(super) fn fold(&mut self, data: &ConsentData, event: &Event) {
        let said = Consent {
            channel: super::profile::bounded(&data.channel),
            topic: super::profile::bounded(&data.topic),
            granted: data.state == ConsentState::Granted,
            at: event.at,
            source: format!("{}/{}", event.source, event.id),
        };
        self.say(said);
    }

    fn say(&mut self, said: Consent) {
        match self.list.iter_mut().find(|known| known.channel == said.channel && known.topic == said.topic) {
            Some(known) if outranks(&said, known) => *known = said,
            Some(_) => {}
            None => {
                if self.list.len() >= CONSENTS_MAX {
                    self.forget_oldest_grant();
                }
                self.list.push(said);
                self.list.sort_by(|a, b| (&a.channel, &a.topic).cmp(&(&b.channel, &b.topic)));
            }
        }
    }

    fn forget_oldest_grant(&mut self) {
        let oldest = self.list.iter().enumerate().filter(|(_, said)| said.granted).min_by_key(|(_, said)| said.at);
        if let Some(index) = oldest.map(|(index, _)| index) {
            self.list.remove(index);
        }
    }

    /// The word that counts for a channel and topic, if any was recorded.
    pub fn word(&self, channel: &str, topic: &str) -> Option<&Consent> {
        let about = |said: &&Consent| {
            [channel, ANY].contains(&said.channel.as_str()) && [topic, ANY].contains(&said.topic.as_str())
        };
        self.list.iter().filter(about).reduce(|best, said| if outranks(said, best) { said } else { best })
    }

    /// Whether marketing on this channel and topic is agreed to.
    pub fn granted(&self, channel: &str, topic: &str) -> bool {
        self.word(channel, topic).is_some_and(|said| said.granted)
    }

    /// All words, by channel and topic.
    pub fn all(&self) -> &[Consent] {
        &self.list
    }

    /// Takes over another customer's words, the stricter of each.
    pub fn absorb(&mut self, other: &Consents) {
        for said in &other.list {
            let mine = self.list.iter_mut().find(|known| known.channel == said.channel && known.topic == said.topic);
            match mine {
                Some(known) if known.granted && !said.granted => *known = said.clone(),
                Some(_) => {}
                None => self.say(said.clone()),
            }
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.part(TAG, VERSION, self);
    }

    pub(crate) fn read(part: &Part<'_>) -> Option<Result<Consents, CodecError>> {
        (part.tag == TAG).then(|| part.decode("the consents"))
    }
}

fn outranks(said: &Consent, known: &Consent) -> bool {
    said.at > known.at || said.at == known.at && !said.granted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(channel: &str, topic: &str, granted: bool, at: i64) -> Consent {
        Consent { channel: channel.into(), topic: topic.into(), granted, at: Instant(at), source: "test/1".into() }
    }

    /// Channel, topic, granted, instant.
    type Word<'a> = (&'a str, &'a str, bool, i64);

    fn check(words: &[Word<'_>], channel: &str, topic: &str) -> bool {
        let mut consents = Consents::default();
        for &(channel, topic, granted, at) in words {
            consents.say(word(channel, topic, granted, at));
        }
        consents.granted(channel, topic)
    }

    #[test]
    fn the_newest_word_wins_and_silence_is_a_no() {
        let cases: [(&[Word<'_>], bool); 7] = [
            (&[], false),
            (&[("email", "*", true, 1)], true),
            (&[("sms", "*", true, 1)], false),
            (&[("email", "*", true, 1), ("email", "news", false, 2)], false),
            (&[("email", "news", true, 1), ("email", "*", false, 2)], false),
            (&[("email", "*", false, 2), ("email", "news", true, 1)], false),
            (&[("email", "*", false, 1), ("email", "*", true, 1)], false),
        ];
        for (words, granted) in cases {
            assert_eq!(check(words, "email", "news"), granted, "{words:?}");
        }
    }

    #[test]
    fn merging_two_people_keeps_the_stricter_word() {
        let mut kept = Consents::default();
        kept.say(word("email", "*", true, 9));
        let mut other = Consents::default();
        other.say(word("email", "*", false, 1));
        kept.absorb(&other);
        assert!(!kept.granted("email", "news"));
    }
}
