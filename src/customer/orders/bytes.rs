//! The stored form of the orders: what is asked of all of them, and each order as a block of its own that is read when somebody
//! looks at it. In a block the lines are again a block: line id and product as eight little-endian bytes each, then quantity,
//! price and what else there is as [numbers](crate::codec::number) of variable length.

use super::{Head, Kept, Order, OrderLine, Orders};
use crate::codec::number::{read_number, write_number};
use crate::codec::{CodecError, Stored, StoredForm};
use crate::model::ProductKey;
use crate::time::{Day, Instant};
use serde::{Deserialize, Serialize, Serializer};

const DAMAGED: CodecError = CodecError::Damaged { what: Orders::WHAT };

impl StoredForm for Orders {
    const VERSION: u8 = 2;
    const WHAT: &'static str = "the orders";

    fn read_body(version: u8, body: &[u8]) -> Result<Orders, CodecError> {
        if version == 1 {
            return postcard::from_bytes::<OrdersV1>(body).map(Orders::from).map_err(|_| DAMAGED);
        }
        let stored: StoredOrders<'_> = postcard::from_bytes(body).map_err(|_| DAMAGED)?;
        let kept = |(head, version, Block(order))| Ok(Kept { head, order: Stored::found(version, order)? });
        Ok(Orders {
            list: stored.list.into_iter().map(kept).collect::<Result<_, _>>()?,
            squashed: stored.squashed,
            squashed_spent: stored.squashed_spent,
            squashed_until: stored.squashed_until,
            squashed_last: stored.squashed_last,
        })
    }

    fn body(&self) -> Vec<u8> {
        let orders: Vec<_> = self.list.iter().map(|kept| (&kept.head, kept.order.bytes())).collect();
        let stored = StoredOrders {
            squashed: self.squashed,
            squashed_spent: self.squashed_spent,
            squashed_until: self.squashed_until,
            squashed_last: self.squashed_last,
            list: orders.iter().map(|(head, (version, order))| ((*head).clone(), *version, Block(order))).collect(),
        };
        postcard::to_allocvec(&stored).expect("plain structs serialise")
    }
}

#[derive(Serialize, Deserialize)]
struct StoredOrders<'a> {
    squashed: u32,
    squashed_spent: i64,
    squashed_until: Option<Instant>,
    squashed_last: Option<Instant>,
    #[serde(borrow)]
    list: Vec<(Head, u8, Block<'a>)>,
}

/// Bytes that are copied at once.
#[derive(Deserialize)]
struct Block<'a>(&'a [u8]);

impl Serialize for Block<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl StoredForm for Order {
    const VERSION: u8 = 1;
    const WHAT: &'static str = "an order";

    fn read_body(_version: u8, body: &[u8]) -> Result<Order, CodecError> {
        postcard::from_bytes(body).map_err(|_| CodecError::Damaged { what: Self::WHAT })
    }

    fn body(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("plain structs serialise")
    }
}

impl Orders {
    /// What was wrong with an order that somebody looked at.
    pub(crate) fn damage(&self) -> Option<&CodecError> {
        self.list.iter().find_map(|kept| kept.order.damage())
    }

    /// Looks at every order.
    pub(crate) fn read_all(&self) {
        for kept in &self.list {
            kept.order.lines.len();
        }
    }
}

/// How the lines of an order are written inside it.
pub(super) mod lines {
    use super::{LINE_BYTES_MIN, OrderLine, read_lines, write_line};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(lines: &[OrderLine], serializer: S) -> Result<S::Ok, S::Error> {
        let mut block = Vec::with_capacity(lines.len() * (LINE_BYTES_MIN + 2));
        lines.iter().for_each(|line| write_line(&mut block, line));
        serializer.serialize_bytes(&block)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<OrderLine>, D::Error> {
        let block: &[u8] = Deserialize::deserialize(deserializer)?;
        read_lines(block).ok_or(D::Error::custom("lines of an order"))
    }
}

const ORIGINAL: u8 = 1;
const HAS_STATUS: u8 = 2;
const LINE_BYTES_MIN: usize = 19;

fn write_line(out: &mut Vec<u8>, line: &OrderLine) {
    let original = if line.original { ORIGINAL } else { 0 };
    let has_status = if line.status.is_some() { HAS_STATUS } else { 0 };
    out.extend(line.id.to_le_bytes());
    out.extend(line.product.0.to_le_bytes());
    out.push(original | has_status);
    write_number(out, u64::from(line.quantity));
    write_number(out, zigzag(line.price));
    if let Some(status) = &line.status {
        write_number(out, status.len() as u64);
        out.extend(status.as_bytes());
    }
}

fn read_lines(mut rest: &[u8]) -> Option<Vec<OrderLine>> {
    let mut lines = Vec::with_capacity(rest.len() / LINE_BYTES_MIN);
    while !rest.is_empty() {
        lines.push(read_line(&mut rest)?);
    }
    Some(lines)
}

fn read_line(rest: &mut &[u8]) -> Option<OrderLine> {
    let id = u64::from_le_bytes(take(rest, 8)?.try_into().ok()?);
    let product = u64::from_le_bytes(take(rest, 8)?.try_into().ok()?);
    let flags = take(rest, 1)?[0];
    let quantity = u32::try_from(read_number(rest)?).ok()?;
    let price = unzigzag(read_number(rest)?);
    let status = if flags & HAS_STATUS == 0 {
        None
    } else {
        let length = usize::try_from(read_number(rest)?).ok()?;
        Some(std::str::from_utf8(take(rest, length)?).ok()?.to_owned())
    };
    if flags > ORIGINAL | HAS_STATUS {
        return None;
    }
    let (product, original) = (ProductKey(product), flags & ORIGINAL != 0);
    Some(OrderLine { id, product, quantity, price, status, original })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

/// Small numbers stay small, whatever their sign.
fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// As release 0.1 wrote them.
#[derive(Deserialize)]
struct OrdersV1 {
    list: Vec<OrderV1>,
    squashed: u32,
    squashed_spent: i64,
    squashed_until: Option<Instant>,
    squashed_last: Option<Instant>,
}

#[derive(Deserialize)]
struct OrderV1 {
    id: String,
    number: Option<String>,
    revision: u64,
    status: String,
    placed_at: Instant,
    changed_at: Instant,
    currency: String,
    total: i64,
    goods_total: i64,
    paid: bool,
    paid_at: Option<Instant>,
    cancelled: bool,
    counted_on: Option<Day>,
    cart: Option<String>,
    coupon: Option<String>,
    lines: Vec<LineV1>,
    statuses: Vec<(String, Instant)>,
}

#[derive(Deserialize)]
struct LineV1 {
    id: u64,
    product: ProductKey,
    quantity: u32,
    price: i64,
    status: Option<String>,
    original: bool,
}

impl From<OrdersV1> for Orders {
    fn from(old: OrdersV1) -> Orders {
        let OrdersV1 { list, squashed, squashed_spent, squashed_until, squashed_last } = old;
        Orders {
            list: list.into_iter().map(|order| Kept::from(Order::from(order))).collect(),
            squashed,
            squashed_spent,
            squashed_until,
            squashed_last,
        }
    }
}

impl From<OrderV1> for Order {
    fn from(old: OrderV1) -> Order {
        let line = |LineV1 { id, product, quantity, price, status, original }| OrderLine {
            id,
            product,
            quantity,
            price,
            status,
            original,
        };
        Order {
            id: old.id,
            number: old.number,
            revision: old.revision,
            status: old.status,
            placed_at: old.placed_at,
            changed_at: old.changed_at,
            currency: old.currency,
            total: old.total,
            goods_total: old.goods_total,
            paid: old.paid,
            paid_at: old.paid_at,
            cancelled: old.cancelled,
            counted_on: old.counted_on,
            cart: old.cart,
            coupon: old.coupon,
            lines: old.lines.into_iter().map(line).collect(),
            statuses: old.statuses,
        }
    }
}
