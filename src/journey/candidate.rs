//! A send that is not yet judged.

use super::{Recommend, Send};
use crate::codec::{CodecError, Part};
use crate::condition::Condition;
use crate::customer::messages::Class;
use crate::id::{EffectId, RunId};
use crate::time::{CalendarSpan, Instant};
use serde::{Deserialize, Serialize};

/// Candidates one customer may have at a time; a further one is refused with the reason `too_many`.
pub const CANDIDATES_MAX: usize = 16;

/// A message a step would like to send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Candidate {
    pub effect: EffectId,
    pub run: RunId,
    pub journey: String,
    pub step: String,
    pub store: String,
    pub filed_at: Instant,
    /// When its slot closes and the plan may judge it.
    pub judge_at: Instant,
    pub not_after: Instant,
    pub priority: i32,
    pub send: Send,
    /// Why it was last held.
    pub held: Option<String>,
}

impl Candidate {
    /// Of the stored form. The first had no `skip_if_held`, `over_caps` and `uncounted`.
    pub(crate) const VERSION: u8 = 2;

    pub(crate) fn read_all(part: &Part<'_>) -> Result<Vec<Candidate>, CodecError> {
        let what = "the candidates";
        match part.version {
            1 => Ok(part.decode::<Vec<First>>(what)?.into_iter().map(Candidate::from).collect()),
            Candidate::VERSION => part.decode(what),
            version => Err(CodecError::Newer { what, version }),
        }
    }
}

/// A candidate as release 0.1 stored it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
struct First {
    effect: EffectId,
    run: RunId,
    journey: String,
    step: String,
    store: String,
    filed_at: Instant,
    judge_at: Instant,
    not_after: Instant,
    priority: i32,
    send: FirstSend,
    held: Option<String>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(Serialize))]
struct FirstSend {
    template: String,
    variant: u8,
    channel: Option<String>,
    topic: Option<String>,
    class: Class,
    sender: Option<String>,
    bcc: Vec<String>,
    not_after: Option<CalendarSpan>,
    only_if: Option<Condition>,
    recommend: Vec<Recommend>,
    end_if_skipped: bool,
}

impl From<First> for Candidate {
    fn from(first: First) -> Candidate {
        let First { effect, run, journey, step, store, filed_at, judge_at, not_after, priority, send, held } = first;
        Candidate {
            effect,
            run,
            journey,
            step,
            store,
            filed_at,
            judge_at,
            not_after,
            priority,
            send: Send {
                template: send.template,
                variant: send.variant,
                channel: send.channel,
                topic: send.topic,
                class: send.class,
                sender: send.sender,
                bcc: send.bcc,
                not_after: send.not_after,
                only_if: send.only_if,
                recommend: send.recommend,
                end_if_skipped: send.end_if_skipped,
                ..Send::default()
            },
            held,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Writer, parts};
    use crate::id::Id;

    #[test]
    fn candidates_of_release_0_1_are_read() {
        let send = FirstSend {
            template: "news".into(),
            variant: 1,
            channel: Some("sms".into()),
            topic: None,
            class: Class::Marketing,
            sender: None,
            bcc: vec!["b@example.org".into()],
            not_after: Some(CalendarSpan::days(2)),
            only_if: None,
            recommend: Vec::new(),
            end_if_skipped: true,
        };
        let at = Instant(7);
        let first = First {
            effect: Id(1),
            run: Id(2),
            journey: "j".into(),
            step: "s".into(),
            store: "main".into(),
            filed_at: at,
            judge_at: at,
            not_after: at,
            priority: 3,
            send,
            held: Some("quiet_hours".into()),
        };
        let mut writer = Writer::new();
        writer.part(1, 1, &vec![first]);
        let bytes = writer.finish();
        let found = Candidate::read_all(&parts(&bytes).unwrap()[0]).unwrap();
        assert_eq!((found.len(), found[0].effect, found[0].priority), (1, Id(1), 3));
        assert_eq!((found[0].send.template.as_str(), found[0].send.end_if_skipped), ("news", true));
        assert_eq!((found[0].send.uncounted, found[0].held.as_deref()), (false, Some("quiet_hours")));
        let mut writer = Writer::new();
        writer.part(1, Candidate::VERSION, &found);
        let bytes = writer.finish();
        assert_eq!(Candidate::read_all(&parts(&bytes).unwrap()[0]).unwrap(), found);
    }
}
