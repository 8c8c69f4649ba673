//! The types of event and who is believed about each.

use serde::{Deserialize, Serialize};

/// Who reports an event. The host finds out (a secret, a signature, a signed link); the core
/// decides what each may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventBy {
    /// The shop's own server.
    Shop,
    /// A mail, SMS or call provider behind a verified signature.
    Provider,
    /// A storefront page: it only observes.
    Page,
    /// A person who followed a link signed for this customer.
    Link,
    /// Shop staff, signed in.
    Operator,
    /// The host, reporting what came of an effect.
    Host,
}

impl EventBy {
    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            EventBy::Shop => "the shop",
            EventBy::Provider => "a provider",
            EventBy::Page => "a page",
            EventBy::Link => "a signed link",
            EventBy::Operator => "an operator",
            EventBy::Host => "the host",
        }
    }
}

/// Everything that can be reported. The list is open to growth: numbers are stored, so new kinds
/// go at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // The names are the documentation; docs/events.md has the payloads.
#[repr(u8)]
pub enum EventKind {
    ProductViewed,
    CategoryViewed,
    ManufacturerViewed,
    PageVisited,
    SearchPerformed,
    CartUpdated,
    CartItemAdded,
    CheckoutStarted,
    CheckoutStepReached,
    CheckoutFailed,
    OrderPlaced,
    OrderStatusChanged,
    OrderPaid,
    OrderCancelled,
    OrderLineReturned,
    CustomerRegistered,
    CustomerLoggedIn,
    CustomerUpdated,
    CustomerIdentified,
    CustomerErased,
    ConsentChanged,
    WishlistUpdated,
    ReviewPosted,
    ReviewRemoved,
    CouponRedeemed,
    ReferralUsed,
    FormAnswered,
    PushSubscribed,
    LeadSubmitted,
    ProductUpdated,
    CartPrepared,
    CartConfirmed,
    CartUndone,
    CartPostponed,
    CartLineRemoved,
    CartLineRestored,
    CartQuantityChanged,
    CartViewed,
    CartStopped,
    CartKept,
    CartLapsed,
    MessageSent,
    MessageDelivered,
    MessageOpened,
    MessageClicked,
    MessageFailed,
    MessageBounced,
    MessageComplained,
    MessageUncertain,
    MessageDropped,
    BannerShown,
    BannerClicked,
    BannerDismissed,
    CallFinished,
    OperatorCallDone,
    LinkFetched,
    EffectCompleted,
    EffectFailed,
    EffectUncertain,
    Emitted,
}

use EventKind::*;

/// Name and the reporters that are believed, one row a kind.
const TABLE: &[(EventKind, &str, &[EventBy])] = {
    use EventBy::*;
    &[
        (ProductViewed, "product.viewed", &[Shop, Page]),
        (CategoryViewed, "category.viewed", &[Shop, Page]),
        (ManufacturerViewed, "manufacturer.viewed", &[Shop, Page]),
        (PageVisited, "page.visited", &[Shop, Page]),
        (SearchPerformed, "search.performed", &[Shop, Page]),
        (CartUpdated, "cart.updated", &[Shop]),
        (CartItemAdded, "cart.item_added", &[Shop]),
        (CheckoutStarted, "checkout.started", &[Shop]),
        (CheckoutStepReached, "checkout.step_reached", &[Shop, Page]),
        (CheckoutFailed, "checkout.failed", &[Shop]),
        (OrderPlaced, "order.placed", &[Shop]),
        (OrderStatusChanged, "order.status_changed", &[Shop]),
        (OrderPaid, "order.paid", &[Shop]),
        (OrderCancelled, "order.cancelled", &[Shop]),
        (OrderLineReturned, "order.line_returned", &[Shop]),
        (CustomerRegistered, "customer.registered", &[Shop]),
        (CustomerLoggedIn, "customer.logged_in", &[Shop]),
        (CustomerUpdated, "customer.updated", &[Shop]),
        (CustomerIdentified, "customer.identified", &[Shop]),
        (CustomerErased, "customer.erased", &[Shop, Host]),
        (ConsentChanged, "consent.changed", &[Shop, Link]),
        (WishlistUpdated, "wishlist.updated", &[Shop]),
        (ReviewPosted, "review.posted", &[Shop]),
        (ReviewRemoved, "review.removed", &[Shop]),
        (CouponRedeemed, "coupon.redeemed", &[Shop]),
        (ReferralUsed, "referral.used", &[Shop]),
        (FormAnswered, "form.answered", &[Shop, Link]),
        (PushSubscribed, "push.subscribed", &[Shop]),
        (LeadSubmitted, "lead.submitted", &[Shop]),
        (ProductUpdated, "product.updated", &[Shop]),
        (CartPrepared, "predicted_cart.prepared", &[]),
        (CartConfirmed, "predicted_cart.confirmed", &[Link, Operator, Shop]),
        (CartUndone, "predicted_cart.undone", &[Link, Operator, Shop]),
        (CartPostponed, "predicted_cart.postponed", &[Link, Operator, Shop]),
        (CartLineRemoved, "predicted_cart.line_removed", &[Link, Operator, Shop]),
        (CartLineRestored, "predicted_cart.line_restored", &[Link, Operator, Shop]),
        (CartQuantityChanged, "predicted_cart.quantity_changed", &[Link, Operator, Shop]),
        (CartViewed, "predicted_cart.viewed", &[Link, Shop]),
        (CartStopped, "predicted_cart.stopped", &[Link, Operator, Shop]),
        (CartKept, "predicted_cart.kept", &[Link, Operator, Shop]),
        (CartLapsed, "predicted_cart.lapsed", &[]),
        (MessageSent, "message.sent", &[Host, Provider]),
        (MessageDelivered, "message.delivered", &[Host, Provider]),
        (MessageOpened, "message.opened", &[Host, Provider]),
        (MessageClicked, "message.clicked", &[Host, Provider]),
        (MessageFailed, "message.failed", &[Host, Provider]),
        (MessageBounced, "message.bounced", &[Host, Provider]),
        (MessageComplained, "message.complained", &[Host, Provider]),
        (MessageUncertain, "message.uncertain", &[Host]),
        (MessageDropped, "message.dropped", &[Host]),
        (BannerShown, "banner.shown", &[Page, Shop]),
        (BannerClicked, "banner.clicked", &[Page, Shop]),
        (BannerDismissed, "banner.dismissed", &[Page, Shop]),
        (CallFinished, "call.finished", &[Host, Provider]),
        (OperatorCallDone, "operator.call_done", &[Operator, Shop]),
        (LinkFetched, "link.fetched", &[Host]),
        (EffectCompleted, "effect.completed", &[Host]),
        (EffectFailed, "effect.failed", &[Host]),
        (EffectUncertain, "effect.uncertain", &[Host]),
        (Emitted, "event.emitted", &[Host, Shop]),
    ]
};

impl EventKind {
    /// The kind with this dotted name.
    pub fn named(name: &str) -> Option<EventKind> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The dotted name.
    pub fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// Whether a reporter is believed about this kind. `prepared` and `lapsed` come only from the
    /// core itself.
    pub fn may_be_said_by(self, by: EventBy) -> bool {
        TABLE[self as usize].2.contains(&by)
    }

    /// Every kind, in stored order.
    pub fn all() -> impl Iterator<Item = EventKind> {
        TABLE.iter().map(|row| row.0)
    }

    /// Kinds that carry a whole order.
    pub fn carries_order(self) -> bool {
        matches!(self, OrderPlaced | OrderStatusChanged | OrderPaid | OrderCancelled | OrderLineReturned)
    }

    /// Receipts record what came of an effect; they start nothing by themselves.
    pub fn is_receipt(self) -> bool {
        matches!(
            self,
            MessageSent
                | MessageDelivered
                | MessageOpened
                | MessageClicked
                | MessageFailed
                | MessageBounced
                | MessageComplained
                | MessageUncertain
                | MessageDropped
                | LinkFetched
                | EffectCompleted
                | EffectFailed
                | EffectUncertain
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_numbers_and_names_are_unique() {
        for (index, kind) in EventKind::all().enumerate() {
            assert_eq!(kind as usize, index, "{}", kind.name());
            assert_eq!(EventKind::named(kind.name()), Some(kind));
        }
    }

    #[test]
    fn a_page_only_observes() {
        let believed: Vec<_> =
            EventKind::all().filter(|kind| kind.may_be_said_by(EventBy::Page)).map(EventKind::name).collect();
        assert_eq!(
            believed,
            [
                "product.viewed",
                "category.viewed",
                "manufacturer.viewed",
                "page.visited",
                "search.performed",
                "checkout.step_reached",
                "banner.shown",
                "banner.clicked",
                "banner.dismissed"
            ]
        );
    }
}
