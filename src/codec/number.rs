//! Numbers of variable length: seven bits a byte, lowest first, the top bit says that more follow (LEB128).
//!
//! There is one way to write a number, and reading refuses any other, so that equal numbers are equal bytes.

/// Adds a number.
pub fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number from the front.
#[inline]
pub fn read_number(rest: &mut &[u8]) -> Option<u64> {
    let (&first, tail) = rest.split_first()?;
    if first < 0x80 {
        *rest = tail;
        return Some(u64::from(first));
    }
    read_long(rest)
}

fn read_long(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for (at, &byte) in rest.iter().take(10).enumerate() {
        // The tenth byte has room for one bit.
        if at == 9 && byte > 1 {
            return None;
        }
        number |= u64::from(byte & 0x7f) << (at * 7);
        if byte < 0x80 {
            *rest = &rest[at + 1..];
            return (byte != 0).then_some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_written_reads_back_and_nothing_else_means_the_same(number: u64, bits in 0u32..64, tail: Vec<u8>) {
            let number = number >> bits;
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            let length = bytes.len();
            bytes.extend(&tail);
            let mut rest = &bytes[..];
            prop_assert_eq!(read_number(&mut rest), Some(number));
            prop_assert_eq!(rest, &tail[..]);
            // The same number with a needless zero at its end.
            bytes.truncate(length);
            bytes[length - 1] |= 0x80;
            bytes.push(0);
            prop_assert_eq!(read_number(&mut &bytes[..]), None);
        }

        #[test]
        fn any_bytes_are_one_number_or_none(bytes: Vec<u8>) {
            let mut rest = &bytes[..];
            if let Some(number) = read_number(&mut rest) {
                let mut again = Vec::new();
                write_number(&mut again, number);
                prop_assert_eq!(&again[..], &bytes[..bytes.len() - rest.len()]);
            }
        }
    }
}
