//! Fixed-width records of a snapshot: little-endian, field after field, read where they lie.

/// Declares a record with its width, how it is read and how it is written.
macro_rules! record {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$field_doc:meta])* pub $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }

        impl $name {
            /// Bytes of one record.
            pub const WIDTH: usize = 0 $(+ size_of::<$kind>())*;

            /// Reads the record at the start of `bytes`, which must hold [`WIDTH`](Self::WIDTH) bytes.
            pub(super) fn read(bytes: &[u8]) -> Self {
                let mut rest = bytes;
                Self { $($field: {
                    let (field, after) = rest.split_at(size_of::<$kind>());
                    rest = after;
                    let _ = rest;
                    <$kind>::from_le_bytes(field.try_into().expect("the field was cut to its size"))
                },)* }
            }

            /// Appends the record to `out`.
            pub(super) fn write(&self, out: &mut Vec<u8>) {
                $(out.extend_from_slice(&self.$field.to_le_bytes());)*
            }
        }
    };
}

/// Index of a record that is not there.
pub const NONE: u32 = u32::MAX;

record! {
    /// What is known of one product, or of one class of products (category, type, variant group), over all customers.
    pub struct Record {
        /// Key of the product or class.
        pub key: u64,
        /// Where its id starts among the texts.
        pub id_start: u32,
        /// Length of its id in bytes.
        pub id_length: u32,
        /// Index of its category among the classes, or [`NONE`].
        pub category: u32,
        /// Index of its type among the classes, or [`NONE`].
        pub kind: u32,
        /// Index of its variant group among the classes, or [`NONE`].
        pub group: u32,
        /// First day anybody bought it.
        pub first_seen: i32,
        /// Last day anybody bought it.
        pub last_seen: i32,
        /// Purchases: distinct (customer, day).
        pub buys: u32,
        /// Distinct customers.
        pub buyers: u32,
        /// Customers who bought it on two days or more.
        pub repeat_buyers: u32,
        /// Purchases within the last 7 days before the model's day.
        pub buys_7: u32,
        /// Purchases within the last 28 days.
        pub buys_28: u32,
        /// Purchases within the last 91 days.
        pub buys_91: u32,
        /// Purchases within the last 365 days.
        pub buys_365: u32,
        /// Purchases within the four weeks that began 365 days before the model's day: what the season asks for next.
        pub buys_season: u32,
        /// Purchases decayed by 0.5 for every order of their customer since, over the number of customers.
        pub recent: f32,
        /// How much longer its gaps are than the shop's mean, in logarithms, shrunk.
        pub gap_shift: f32,
        /// Gaps seen.
        pub gaps: u32,
        /// Chance of being bought again on a day after the first purchase, shrunk.
        pub hazard_day: f32,
        /// Chance of being bought again at an order after the first, shrunk.
        pub hazard_order: f32,
        /// Share of its buyers who bought it again, shrunk.
        pub repeat_share: f32,
        /// Median price of one unit; not a number where prices are not known.
        pub price: f32,
        /// Median quantity of a purchase.
        pub quantity: f32,
        /// Where its row of similar products starts in the pool, in entries.
        pub alike_start: u32,
        /// Length of that row.
        pub alike_length: u16,
        /// Length of its row of companions, which follows at once.
        pub companions_length: u16,
    }
}

record! {
    /// What is known of the shop as a whole.
    pub struct Shop {
        /// The model's day: it knows what lies before it.
        pub day: i32,
        /// First day of the data.
        pub first_day: i32,
        /// Customers seen.
        pub customers: u32,
        /// Order days of all customers.
        pub orders: u32,
        /// Purchases of all customers: distinct (customer, day, product).
        pub purchases: u64,
        /// Mean of the logarithms of gaps, each at most 90 days.
        pub ln_gap_mean: f64,
        /// Gaps per day of exposure.
        pub hazard_day: f64,
        /// Repeat purchases per order of exposure.
        pub hazard_order: f64,
        /// Share of (customer, product) bought on two days or more.
        pub repeat_share: f64,
        /// Products per order.
        pub order_size: f64,
    }
}

/// The one entry of the neighbour pool: index of a product and a score, in [`NEIGHBOUR_WIDTH`] bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// Index of the product.
    pub index: u32,
    /// How close, above zero; kept to 8 bits of precision.
    pub score: f32,
}

/// Bytes of a [`Neighbour`].
pub const NEIGHBOUR_WIDTH: usize = 6;

impl Neighbour {
    pub(super) fn read(bytes: &[u8]) -> Self {
        let index = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        // The upper half of an f32 is itself a number, only coarser (bfloat16).
        let score = f32::from_bits(u32::from(u16::from_le_bytes([bytes[4], bytes[5]])) << 16);
        Self { index, score }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.index.to_le_bytes());
        out.extend_from_slice(&((self.score.to_bits() >> 16) as u16).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_as_written() {
        let record = Record { key: 7, first_seen: -3, recent: 0.25, companions_length: 9, ..Record::default() };
        let mut bytes = Vec::new();
        record.write(&mut bytes);
        assert_eq!(bytes.len(), Record::WIDTH);
        assert_eq!(Record::read(&bytes), record);
    }

    #[test]
    fn scores_keep_two_digits() {
        for score in [1.0f32, 0.37, 0.004_21, 1e-7] {
            let mut bytes = Vec::new();
            Neighbour { index: 5, score }.write(&mut bytes);
            assert_eq!(bytes.len(), NEIGHBOUR_WIDTH);
            let back = Neighbour::read(&bytes);
            assert!(back.index == 5 && (back.score / score - 1.0).abs() < 0.008);
        }
    }
}
