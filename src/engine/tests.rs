//! A customer's carts through `step` and `ask`, state encoded and decoded after every step.

use super::{Env, Input, Question, State, ask, step};
use crate::effect::{Effect, What};
use crate::explain::Trace;
use crate::model::{Catalogue, Product};
use crate::program::Program;
use crate::time::Instant;
use serde_json::{Value, json};

const SUNDAY: &str = "2026-03-01T12:00:00Z";
const MONDAY: &str = "2026-03-02T09:00:00Z";

/// A shop of tea and soap with these journeys.
fn env(journeys: Value) -> Env {
    env_of(journeys, json!([]))
}

fn env_of(journeys: Value, accumulators: Value) -> Env {
    let program = json!({
        "accumulators": accumulators,
        "category_map": [{ "from": "teas", "to": ["care"] }],
        "comeback": 1,
        "shop": { "name": "Leaf", "zone": "UTC", "currency": "EUR", "locale": "en" },
        "orders": { "counts_when": ["completed"] },
        "replenish": { "method": { "fixed": { "days_per_unit": 28 } }, "prepare_ahead": "0m", "topic": "care" },
        "policy": { "slot": "0m", "quiet_hours": null },
        "journeys": journeys,
    });
    let (program, problems) = Program::check(&program);
    let program = program.unwrap_or_else(|| panic!("{problems:?}"));
    let products = json!([
        { "id": "tea", "name": "Tea", "price": 700, "currency": "EUR", "in_stock": true, "categories": ["teas"] },
        { "id": "soap", "name": "Soap", "price": 300, "currency": "EUR", "in_stock": true, "categories": ["care"] },
    ]);
    let products: Vec<Product> = serde_json::from_value(products).unwrap();
    Env::open(&program.blob(), [], &Catalogue::new(products).bytes(), b"test").unwrap()
}

/// Anna, who bought tea and soap five weeks ago; one lasts four weeks.
struct Anna {
    env: Env,
    state: State,
    events: u32,
}

impl Anna {
    fn new() -> Anna {
        let mut anna = Anna { env: env(json!([])), state: State::default(), events: 0 };
        anna.say(SUNDAY, "shop", "customer.registered", json!({ "email": "anna@example.org" }));
        anna
    }

    fn named(name: &str) -> Anna {
        let mut anna = Anna { env: env(json!([])), state: State::default(), events: 0 };
        let event = json!({ "id": "r", "source": "test", "type": "customer.registered", "at": SUNDAY, "customer": name, "data": { "email": "anna@example.org" } });
        anna.step(SUNDAY, &json!({ "event": event, "by": "shop" }));
        anna
    }

    /// The shop goes over to another program.
    fn under(mut self, journeys: Value) -> Anna {
        self.env = env(journeys);
        self
    }

    fn publish(&mut self, now: &str, enlist: Value) -> Vec<String> {
        let effects = self.step(now, &json!({ "publish": { "enlist": enlist } }));
        sent(&effects)
    }

    fn agreed(mut self) -> Anna {
        self.say(SUNDAY, "shop", "consent.changed", json!({ "channel": "email", "state": "granted", "proof": {} }));
        self
    }

    fn bought(mut self, store: &str, product: &str) -> Anna {
        self.order(SUNDAY, store, product, "2026-01-26T10:00:00Z");
        self
    }

    fn order(&mut self, now: &str, store: &str, product: &str, at: &str) {
        let line = json!({ "id": "1", "product": product, "quantity": 1, "price": 700 });
        let order = json!({ "id": format!("{store}-{product}-{at}"), "revision": 1, "status": "completed", "placed_at": at, "currency": "EUR", "total": 700, "lines": [line] });
        self.tell(now, "shop", "order.placed", at, store, json!({ "order": order }));
    }

    fn say(&mut self, now: &str, by: &str, kind: &str, data: Value) -> Vec<Effect> {
        self.tell(now, by, kind, now, "main", data)
    }

    fn tell(&mut self, now: &str, by: &str, kind: &str, at: &str, store: &str, data: Value) -> Vec<Effect> {
        self.events += 1;
        let event = json!({ "id": self.events.to_string(), "source": "test", "type": kind, "at": at, "customer": "anna", "store": store, "data": data });
        self.step(now, &json!({ "event": event, "by": by }))
    }

    fn wake(&mut self, now: &str) -> Vec<Effect> {
        self.step(now, &json!({ "wake": true }))
    }

    fn step(&mut self, now: &str, input: &Value) -> Vec<Effect> {
        let now = Instant::parse(now).unwrap();
        let input = Input::parse(input.clone(), now).unwrap_or_else(|refusal| panic!("{refusal:?}"));
        let stepped = step(&self.env, &mut self.state, input, now, &mut Trace::off());
        self.state = State::decode(&self.state.encode_hot(), &self.state.encode_purchases()).unwrap();
        stepped.effects
    }

    /// Monday comes, and the shop quotes every cart at these prices; a negative one is out of stock.
    fn monday(&mut self, prices: &[(&str, i64)]) {
        for effect in self.wake(MONDAY) {
            if matches!(effect.what, What::CartQuote { .. }) {
                let receipt =
                    json!({ "effect": effect.id, "kind": "cart.quote", "result": { "quotes": quotes(prices) } });
                self.say(MONDAY, "host", "effect.completed", receipt);
            }
        }
    }

    fn carts(&self) -> Vec<String> {
        let line = |line: &crate::replenish::CartLine| self.env.catalogue.get(line.product).unwrap().id.clone();
        let words = |cart: &crate::replenish::Cart| {
            format!("{} {} {}", cart.store, cart.status.word(), cart.kept().map(line).collect::<Vec<_>>().join("+"))
        };
        self.state.shelf.carts.iter().map(words).collect()
    }

    fn ask(&self, question: Value) -> Value {
        let question: Question = serde_json::from_value(question).unwrap();
        ask(&self.env, &self.state, &question, Instant::parse(MONDAY).unwrap())
    }

    /// What the cart page would show of each line: product, price, price before.
    fn shown(&self, prices: &[(&str, i64)]) -> Value {
        let cart = self.ask(json!({ "ask": "cart", "quotes": quotes(prices) }));
        let line = |line: &Value| json!([line["product"], line["price"], line["price_before"]]);
        let lines: Vec<Value> = cart["lines"].as_array().unwrap().iter().map(line).collect();
        let left_out: Vec<Value> =
            cart["left_out"].as_array().unwrap().iter().map(|one| one["reason"].clone()).collect();
        json!({ "lines": lines, "left_out": left_out, "total": cart["total"] })
    }

    fn confirm(&mut self, prices: &[(&str, i64)]) -> Vec<Effect> {
        let cart = self.state.shelf.carts[0].id;
        self.say(MONDAY, "link", "predicted_cart.confirmed", json!({ "cart": cart, "quotes": quotes(prices) }))
    }
}

fn quotes(prices: &[(&str, i64)]) -> Value {
    let quote = |(product, price): &(&str, i64)| json!({ "product": product, "in_stock": *price >= 0, "price": price, "currency": "EUR" });
    prices.iter().map(quote).collect()
}

/// Templates of the messages that left.
fn sent(effects: &[Effect]) -> Vec<String> {
    let template = |effect: &Effect| match &effect.what {
        What::MessageSend(message) => Some(message.template.clone()),
        _ => None,
    };
    effects.iter().filter_map(template).collect()
}

/// A letter to those who bought nothing for two weeks.
fn win_back(backlog: Value) -> Value {
    let trigger = json!({ "inactive": { "last": "purchase", "for": "14d" } });
    json!([{ "id": "back", "trigger": trigger, "backlog": backlog, "steps": [{ "send": { "template": "win-back", "class": "transactional" } }] }])
}

fn ordered(effects: &[Effect]) -> Vec<(String, i64)> {
    let lines = effects.iter().find_map(|effect| match &effect.what {
        What::OrderCreate { lines, .. } => Some(lines),
        _ => None,
    });
    lines.into_iter().flatten().map(|line| (line.product.clone(), line.price)).collect()
}

#[test]
fn each_store_has_a_cart_of_its_own_and_a_purchase_ends_only_that_of_its_store() {
    let mut anna = Anna::new().agreed().bought("berlin", "tea").bought("paris", "soap");
    anna.monday(&[("tea", 700), ("soap", 300)]);
    assert_eq!(anna.carts(), ["berlin ready tea", "paris ready soap"]);
    anna.order(MONDAY, "paris", "soap", MONDAY);
    assert_eq!(anna.carts(), ["berlin ready tea", "paris superseded soap"]);
}

#[test]
fn a_product_belongs_to_the_store_where_it_was_last_bought() {
    let mut anna = Anna::new().agreed().bought("berlin", "tea").bought("paris", "soap");
    anna.order(SUNDAY, "berlin", "soap", "2026-01-27T10:00:00Z");
    anna.monday(&[("tea", 700), ("soap", 300)]);
    assert_eq!(anna.carts(), ["berlin ready tea+soap"]);
}

#[test]
fn a_later_quote_is_shown_and_ordered_and_changes_nothing_by_being_looked_at() {
    let mut anna = Anna::new().agreed().bought("main", "tea").bought("main", "soap");
    anna.monday(&[("tea", 700), ("soap", 300)]);
    let offered = json!({ "lines": [["tea", 700, null], ["soap", 300, null]], "left_out": [], "total": 1000 });
    assert_eq!(anna.shown(&[]), offered);
    let dearer = [("tea", 750), ("soap", -1)];
    let changed = json!({ "lines": [["tea", 750, 700]], "left_out": ["out_of_stock"], "total": 750 });
    assert_eq!(anna.shown(&dearer), changed);
    assert_eq!(anna.shown(&[]), offered);
    assert_eq!(ordered(&anna.confirm(&dearer)), [("tea".to_owned(), 750)]);
}

#[test]
fn a_cart_of_which_nothing_can_be_had_any_more_is_not_ordered() {
    let mut anna = Anna::new().agreed().bought("main", "tea");
    anna.monday(&[("tea", 700)]);
    assert_eq!(ordered(&anna.confirm(&[("tea", -1)])), []);
    assert_eq!(ordered(&anna.confirm(&[("tea", 700)])), [("tea".to_owned(), 700)], "it came back into stock");
}

#[test]
fn a_price_that_came_back_is_no_change() {
    let mut anna = Anna::new().agreed().bought("main", "tea");
    anna.monday(&[("tea", 650)]);
    assert_eq!(anna.shown(&[("tea", 650)])["lines"], json!([["tea", 650, null]]));
    assert_eq!(anna.shown(&[("tea", 700)])["lines"], json!([["tea", 700, 650]]));
}

#[test]
fn why_no_cart_is_made_is_said() {
    let refusal = |anna: &Anna| anna.ask(json!({ "ask": "due" }))["refusal"].clone();
    let silent = Anna::new().bought("main", "tea");
    assert_eq!(refusal(&silent), "no_consent");
    assert_eq!(refusal(&Anna::new().agreed()), "nothing_bought");
    assert_eq!(refusal(&Anna::new().agreed().bought("main", "tea")), json!(null));
}

#[test]
fn a_backlog_begins_as_its_policy_says() {
    let enlist = json!([{ "journey": "back", "from": 0 }]);
    let published = |enlist: Value| {
        let mut anna = Anna::new().agreed().bought("main", "tea").under(win_back(json!("all")));
        anna.publish(MONDAY, enlist)
    };
    assert_eq!(published(json!([])), [""; 0], "due for three weeks when the journey came: nothing by itself");
    assert_eq!(published(enlist), ["win-back"]);
}

#[test]
fn a_backlog_is_told_with_its_policy_until_it_began() {
    let mut anna = Anna::new().bought("main", "tea").under(win_back(json!({ "per_day": 5 })));
    let due = json!([{ "journey": "back", "policy": { "per_day": 5 } }]);
    assert_eq!(anna.ask(json!({ "ask": "publish" })), json!({ "runs": [], "backlog": due, "unfilled": [] }));
    anna.wake(MONDAY);
    assert_eq!(anna.ask(json!({ "ask": "publish" }))["backlog"], due, "nobody has asked for it yet");
    assert_eq!(anna.publish(MONDAY, json!([{ "journey": "back", "from": 0 }])), ["win-back"]);
    assert_eq!(anna.ask(json!({ "ask": "publish" }))["backlog"], json!([]));
}

#[test]
fn those_already_in_an_audience_are_its_backlog() {
    let trigger = json!({ "audience": { "of": { "orders": { "at_least": 1 } } } });
    let club = json!([{ "id": "club", "trigger": trigger, "backlog": "all", "steps": [{ "send": { "template": "club", "class": "transactional" } }] }]);
    let mut anna = Anna::new().bought("main", "tea").under(club);
    let enlist = json!([{ "journey": "club", "from": 0 }]);
    assert_eq!(sent(&anna.wake(MONDAY)), [""; 0], "she did not come in, she was there");
    assert_eq!(anna.publish(MONDAY, enlist.clone()), ["club"]);
    assert_eq!(anna.publish(MONDAY, enlist), [""; 0]);
}

#[test]
fn a_spread_backlog_begins_over_its_days_in_waking_hours_and_forgets_who_came_back() {
    let monday = Instant::parse("2026-03-02T00:00:00Z").unwrap();
    let enlist = json!([{ "journey": "back", "from": monday.0, "days": 10 }]);
    let begins = |number: usize, comes_back: bool| {
        let name = format!("customer-{number}");
        let mut anna = Anna::named(&name);
        let order = json!({ "id": "o", "revision": 1, "status": "completed", "placed_at": "2026-01-26T10:00:00Z", "currency": "EUR", "total": 700, "lines": [] });
        let event = |id: &str, at: &str, mut order: Value| {
            order["id"] = json!(id);
            json!({ "id": id, "source": "test", "type": "order.placed", "at": at, "customer": name, "data": { "order": order } })
        };
        anna.step(SUNDAY, &json!({ "facts": [event("o", "2026-01-26T10:00:00Z", order.clone())] }));
        let mut anna = anna.under(win_back(json!({ "per_day": 5 })));
        assert_eq!(anna.publish("2026-03-02T00:00:00Z", enlist.clone()), [""; 0]);
        if comes_back {
            let event = event("p", "2026-03-02T00:00:01Z", {
                let mut again = order.clone();
                again["placed_at"] = json!("2026-03-02T00:00:01Z");
                again
            });
            anna.step("2026-03-02T00:00:01Z", &json!({ "event": event, "by": "shop" }));
        }
        let at = anna.state.wake_at()?;
        let effects = anna.wake(&at.rfc3339());
        (sent(&effects) == ["win-back"]).then_some(at)
    };
    let all: Vec<Instant> = (0..200).filter_map(|number| begins(number, false)).collect();
    assert_eq!(all.len(), 200);
    let mut days = std::collections::BTreeMap::<i64, usize>::new();
    for at in &all {
        *days.entry((at.0 - monday.0).div_euclid(86_400_000)).or_default() += 1;
        let hour = (at.0 - monday.0).rem_euclid(86_400_000) / 3_600_000;
        assert!((9..17).contains(&hour), "{}", at.rfc3339());
    }
    assert_eq!(days.len(), 10);
    assert!(days.values().all(|&count| (8..=34).contains(&count)), "{days:?}");
    assert_eq!((0..20).filter_map(|number| begins(number, true)).count(), 0);
}

#[test]
fn a_run_over_an_audience_begins_for_those_it_holds_and_once() {
    let when = json!({ "orders": { "at_least": 1 } });
    let news = json!([{ "id": "news", "trigger": { "manual": true }, "when": when, "steps": [{ "send": { "template": "news", "class": "transactional" } }] }]);
    let enlist = json!([{ "journey": "news", "key": "spring", "from": 0 }]);
    let mut buyer = Anna::new().bought("main", "tea").under(news.clone());
    let question = json!({ "ask": "qualifies", "journey": "news", "key": "spring" });
    assert_eq!(buyer.ask(question.clone())["qualifies"], true);
    assert_eq!(buyer.publish(MONDAY, enlist.clone()), ["news"]);
    assert_eq!(buyer.ask(question.clone())["why"], "it began for this key before");
    assert_eq!(buyer.publish(MONDAY, enlist.clone()), [""; 0]);
    let mut other = Anna::new().under(news);
    assert_eq!(other.ask(question)["why"], "its conditions do not hold");
    assert_eq!(other.publish(MONDAY, enlist), [""; 0]);
}

#[test]
fn a_run_stays_restarts_or_leaves_by_a_rule_that_is_told_before() {
    let journey = |rule: &str, wait: &str| {
        let steps = json!([{ "id": wait, "wait": { "for": "3d" } }, { "id": "letter", "send": { "template": "hello", "class": "transactional" } }]);
        json!([{ "id": "hello", "trigger": { "event": "search.performed" }, "when_step_is_gone": rule, "steps": steps }])
    };
    let waiting = || {
        let mut anna = Anna::new().under(journey("leave", "pause"));
        anna.say(SUNDAY, "shop", "search.performed", json!({ "query": "tea" }));
        anna
    };
    let fate = |anna: &Anna| anna.ask(json!({ "ask": "publish" }))["runs"][0]["fate"].clone();
    for (program, told, wakes) in [
        (journey("leave", "pause"), "stays", Some("2026-03-04T12:00:00Z")),
        (journey("restart", "longer-pause"), "restarts", Some("2026-03-05T09:00:00Z")),
        (journey("leave", "longer-pause"), "leaves", None),
        (json!([]), "leaves", None),
    ] {
        let mut anna = waiting().under(program);
        assert_eq!(fate(&anna), told);
        anna.publish(MONDAY, json!([]));
        assert_eq!(anna.state.wake_at(), wakes.and_then(Instant::parse), "{told}");
    }
}

#[test]
fn a_run_that_waits_at_a_step_which_is_gone_is_not_woken_for_ever() {
    let wait = |id: &str| json!([{ "id": "hello", "trigger": { "event": "search.performed" }, "steps": [{ "id": id, "wait": { "for": "3d" } }] }]);
    for program in [wait("another"), json!([])] {
        let mut anna = Anna::new().under(wait("pause"));
        anna.say(SUNDAY, "shop", "search.performed", json!({ "query": "tea" }));
        let mut anna = anna.under(program);
        anna.wake("2026-03-04T12:00:00Z");
        assert_eq!(anna.state.wake_at(), None);
    }
}

/// A letter after gifts worth 50 were wrapped within 30 days.
fn wrapping() -> Env {
    let wraps = json!([{ "id": "wrapped", "event": "cart.item_added", "when": { "product": { "any_of": ["soap"] } }, "sum": "price", "keep": "60d" }]);
    let when = json!({ "counted": { "of": "wrapped", "within": "30d", "at_least": 50 } });
    let journeys = json!([{ "id": "thanks", "trigger": { "event": "cart.item_added" }, "entry": { "rule": "always" }, "when": when, "steps": [{ "send": { "template": "thanks", "class": "transactional" } }] }]);
    env_of(journeys, wraps)
}

fn added(product: &str, price: i64) -> Value {
    json!({ "product": product, "quantity": 1, "price": price })
}

#[test]
fn an_accumulator_sums_what_it_is_about_in_a_sliding_window() {
    let mut anna = Anna::new();
    anna.env = wrapping();
    let mut add =
        |at: &str, product: &str, price: i64| sent(&anna.say(at, "shop", "cart.item_added", added(product, price)));
    assert_eq!(add("2026-03-02T09:00:00Z", "soap", 30), [""; 0]);
    assert_eq!(add("2026-03-02T09:01:00Z", "tea", 30), [""; 0], "not what is counted");
    assert_eq!(add("2026-03-10T09:00:00Z", "soap", 20), ["thanks"]);
    assert_eq!(add("2026-04-02T09:00:00Z", "soap", 20), [""; 0], "the first 30 left the window");
    assert_eq!(add("2026-04-03T09:00:00Z", "soap", 10), ["thanks"]);
}

#[test]
fn a_new_accumulator_is_filled_from_the_journal_and_counts_nothing_twice() {
    let past = |at: &str, price: i64| json!({ "id": at, "source": "shop", "type": "cart.item_added", "at": at, "customer": "anna", "data": added("soap", price) });
    let journal = json!([past("2026-02-20T09:00:00Z", 30), past("2026-03-02T08:00:00Z", 10)]);
    let mut anna = Anna::new();
    anna.env = wrapping();
    let unfilled = |anna: &Anna| anna.ask(json!({ "ask": "publish" }))["unfilled"].clone();
    assert_eq!(unfilled(&anna), json!([{ "id": "wrapped", "event": ["cart.item_added"] }]));
    // One event came under the new program before its publication reached her; the journal knows it too.
    anna.say("2026-03-02T08:00:00Z", "shop", "cart.item_added", added("soap", 10));
    anna.step(MONDAY, &json!({ "publish": { "past": journal } }));
    assert_eq!(unfilled(&anna), json!([]));
    let mut add = |at: &str, price: i64| sent(&anna.say(at, "shop", "cart.item_added", added("soap", price)));
    assert_eq!(add("2026-03-02T10:00:00Z", 9), [""; 0], "30 + 10 + 9");
    assert_eq!(add("2026-03-02T10:01:00Z", 1), ["thanks"]);
}

#[test]
fn an_accumulator_that_can_not_answer_is_an_error() {
    let problems = |counted: Value| {
        let program = json!({
            "comeback": 1,
            "accumulators": [{ "id": "wraps", "event": "cart.item_added", "keep": "30d" }],
            "journeys": [{ "id": "a", "trigger": { "event": "page.visited" }, "when": { "counted": counted }, "steps": [{ "assign_tag": "x" }] }],
        });
        Program::check(&program)
            .1
            .into_iter()
            .map(|problem| format!("{} {}", problem.path, problem.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(problems(json!({ "of": "wraps", "within": "30d" })), [""; 0]);
    assert_eq!(
        problems(json!({ "of": "wrap" })),
        ["/journeys/0/when there is no accumulator `wrap`; did you mean `wraps`?"]
    );
    assert_eq!(
        problems(json!({ "of": "wraps", "at_least": 300 })),
        ["/journeys/0/when `wraps` counts at most 256 events of a customer, so it never comes to 300"]
    );
    assert_eq!(
        problems(json!({ "of": "wraps", "within": "31d" })),
        ["/journeys/0/when `wraps` keeps 30d and can't be asked about 31d"]
    );
}

fn on_search(steps: Value) -> Env {
    env(json!([{ "id": "sample", "trigger": { "event": "search.performed" }, "steps": steps }]))
}

#[test]
fn a_step_prepares_a_cart_of_its_own_choice_which_is_quoted_and_confirmed_like_any() {
    let mut anna = Anna::new().agreed();
    anna.env = on_search(json!([{ "prepare_cart": [{ "product": "tea", "quantity": 2 }, { "product": "nothing" }] }]));
    let effects = anna.say(MONDAY, "shop", "search.performed", json!({ "query": "tea" }));
    assert_eq!(anna.carts(), ["main quoting tea"]);
    let receipt =
        json!({ "effect": effects[0].id, "kind": "cart.quote", "result": { "quotes": quotes(&[("tea", 650)]) } });
    anna.say(MONDAY, "host", "effect.completed", receipt);
    assert_eq!(anna.carts(), ["main ready tea"]);
    assert_eq!(anna.shown(&[])["total"], 1300);
    assert_eq!(ordered(&anna.confirm(&[])), [("tea".to_owned(), 650)]);
}

#[test]
fn a_step_makes_an_order_of_what_is_on_sale() {
    let mut anna = Anna::new();
    anna.env = on_search(
        json!([{ "create_order": [{ "product": "soap", "price": 0 }, { "product": "tea" }, { "product": "nothing" }] }]),
    );
    let effects = anna.say(MONDAY, "shop", "search.performed", json!({ "query": "tea" }));
    assert_eq!(ordered(&effects), [("soap".to_owned(), 0), ("tea".to_owned(), 700)]);
}

#[test]
fn categories_that_go_together_are_recommended_by_the_merchants_own_map() {
    let recommend = json!([{ "name": "more", "by": "mapped", "limit": 3 }]);
    let steps = json!([{ "send": { "template": "thanks", "class": "transactional", "recommend": recommend } }]);
    let journeys = json!([{ "id": "more", "trigger": { "event": "order.placed" }, "steps": steps }]);
    let picks = |product: &str| {
        let mut anna = Anna::new();
        anna.env = env(journeys.clone());
        let line = json!({ "id": "1", "product": product, "quantity": 1, "price": 700 });
        let order = json!({ "id": "o", "revision": 1, "status": "completed", "placed_at": MONDAY, "currency": "EUR", "total": 700, "lines": [line] });
        let effects = anna.say(MONDAY, "shop", "order.placed", json!({ "order": order }));
        let message = effects.iter().find(|effect| effect.what.name() == "message.send").unwrap();
        let context = &json!(message)["context"]["recipient"]["recommendations"]["more"];
        context
            .as_array()
            .unwrap()
            .iter()
            .map(|card| format!("{} {}", card["product"], card["reason"]["code"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(picks("tea"), ["\"soap\" \"mapped\""]);
}

#[test]
fn a_region_is_kept_and_gives_the_zone_until_one_is_reported() {
    let mut anna = Anna::new();
    let place = |anna: &Anna| {
        let profile = anna.ask(json!({ "ask": "profile" }));
        json!([profile["country"], profile["region"], profile["zone"]])
    };
    assert_eq!(place(&anna), json!([null, null, "UTC"]));
    anna.say(SUNDAY, "shop", "customer.updated", json!({ "country": "US", "region": "HI" }));
    anna.wake(SUNDAY);
    assert_eq!(place(&anna), json!(["US", "HI", "Pacific/Honolulu"]));
    anna.say(SUNDAY, "shop", "customer.updated", json!({ "zone": "Europe/Paris" }));
    assert_eq!(place(&anna), json!(["US", "HI", "Europe/Paris"]));
    anna.say(SUNDAY, "shop", "customer.updated", json!({ "zone": null, "region": null }));
    assert_eq!(place(&anna), json!(["US", null, "America/New_York"]));
}
