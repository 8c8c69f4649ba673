//! The shop's word on stock and price: once before a cart is offered, and again when it is looked at and confirmed.

use super::cart::{Cart, CartLine, LeftOutLine};
use crate::event::Quote;
use crate::model::{Catalogue, ProductKey};

impl Cart {
    /// The first quote: every line has the shop's price, gives way to its successor, or is left out with the reason.
    pub(super) fn quote(&mut self, quotes: &[Quote], catalogue: &Catalogue) {
        for line in std::mem::take(&mut self.lines) {
            match quoted(line, quotes, catalogue) {
                Ok((line, currency)) => {
                    self.currency = currency;
                    self.lines.push(line);
                }
                Err(left_out) => self.left_out.push(left_out),
            }
        }
    }

    /// A later quote of a cart that was offered: prices that changed since are shown beside the old ones, and what can't
    /// be had any more is left out. A line that is not quoted stays as it was.
    pub fn requote(&mut self, quotes: &[Quote], catalogue: &Catalogue) {
        let asked = |line: &CartLine| {
            let id = catalogue.get(line.product).map(|product| &product.id);
            !line.removed && id.is_some_and(|id| quotes.iter().any(|quote| quote.product == *id))
        };
        for line in std::mem::take(&mut self.lines) {
            let (was, is_asked) = (line.price_before.unwrap_or(line.price), asked(&line));
            let fresh = if is_asked { quoted(line, quotes, catalogue) } else { Ok((line, self.currency.clone())) };
            match fresh {
                Ok((mut line, _)) => {
                    line.price_before = Some(was).filter(|was| *was != line.price);
                    self.lines.push(line);
                }
                Err(left_out) => self.left_out.push(left_out),
            }
        }
    }
}

/// A line with the shop's price, its successor if it is discontinued, or why it is left out.
fn quoted(mut line: CartLine, quotes: &[Quote], catalogue: &Catalogue) -> Result<(CartLine, String), LeftOutLine> {
    let left_out = |reason: &str| LeftOutLine { product: line.product, reason: reason.to_owned() };
    let Some(product) = catalogue.get(line.product) else { return Err(left_out("unknown")) };
    let Some(quote) = quotes.iter().find(|quote| quote.product == product.id) else {
        return Err(left_out("not_quoted"));
    };
    if quote.discontinued {
        let successor = quote.successor.as_deref().and_then(|id| catalogue.get(ProductKey::of("", id)));
        let Some(successor) = successor.filter(|product| product.is_on_sale()) else {
            return Err(left_out("discontinued"));
        };
        line.reason.with = Some(product.id.clone());
        line.reason.code = "successor".to_owned();
        line.product = successor.key();
        line.price = successor.price;
        return Ok((line, successor.currency.clone()));
    }
    if !quote.in_stock {
        return Err(left_out("out_of_stock"));
    }
    line.price = quote.price.unwrap_or(line.price);
    Ok((line, quote.currency.clone().unwrap_or_else(|| product.currency.clone())))
}
