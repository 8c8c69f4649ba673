//! Reading what the shop says of its products: category, type, variant group. Everything here is optional; without it a model still works.
//!
//! | column | reads |
//! |---|---|
//! | `product_id` | the id orders use; a row without one is reported and not used |
//! | `category` (`product_category`, `department`) | what it is filed under |
//! | `type` (`product_type`, `kind`) | what it is: siblings that replace one another share it |
//! | `variant_group` (`group`, `parent_id`) | flavours and sizes of one article share it |

use super::orders_csv::{BAD_ROWS_KEPT, BadRow, CsvError, ReadReport, Row, TableReader, same_name};

/// One product. Texts are empty where the file says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductRow<'a> {
    /// Never empty.
    pub product_id: &'a str,
    /// What it is filed under.
    pub category: &'a str,
    /// What it is.
    pub kind: &'a str,
    /// What it is a variant of.
    pub group: &'a str,
}

/// Reads products from pieces of a CSV file.
#[derive(Default)]
pub struct ProductsReader {
    table: TableReader,
    at: Option<[Option<usize>; 4]>,
    report: ReadReport,
}

impl ProductsReader {
    /// Takes the next piece of the file.
    ///
    /// # Errors
    ///
    /// The file has no column of product ids, or a row too long to be one.
    pub fn push(&mut self, bytes: &[u8], sink: &mut dyn FnMut(ProductRow<'_>)) -> Result<(), CsvError> {
        let Self { table, at, report } = self;
        table.push(bytes, &mut |row| take(at, report, row, sink))
    }

    /// Takes the end of the file; an empty file is no products.
    ///
    /// # Errors
    ///
    /// As for [`push`](Self::push).
    pub fn finish(mut self, sink: &mut dyn FnMut(ProductRow<'_>)) -> Result<ReadReport, CsvError> {
        let Self { table, at, report } = &mut self;
        table.finish(&mut |row| take(at, report, row, sink))?;
        Ok(self.report)
    }
}

fn take(
    at: &mut Option<[Option<usize>; 4]>,
    report: &mut ReadReport,
    row: &Row<'_>,
    sink: &mut dyn FnMut(ProductRow<'_>),
) -> Result<(), CsvError> {
    let Some(places) = at else {
        *at = Some(find_columns(row)?);
        return Ok(());
    };
    let text = |place: Option<usize>| place.and_then(|place| row.text(place).ok()).unwrap_or("");
    let [product_id, category, kind, group] = places.map(text);
    if product_id.is_empty() {
        report.bad_rows += 1;
        if report.examples.len() < BAD_ROWS_KEPT {
            report.examples.push(BadRow { line: row.line, reason: "no product".into() });
        }
    } else {
        report.rows += 1;
        sink(ProductRow { product_id, category, kind, group });
    }
    Ok(())
}

fn find_columns(header: &Row<'_>) -> Result<[Option<usize>; 4], CsvError> {
    let names: Vec<String> =
        (0..header.len()).map(|place| header.text(place).unwrap_or_default().to_string()).collect();
    let find = |usual: &[&str]| usual.iter().find_map(|usual| names.iter().position(|name| same_name(name, usual)));
    let Some(product_id) = find(&["product_id", "id", "sku", "item_id", "article"]) else {
        return Err(CsvError::MissingColumns { missing: vec!["product_id".into()], found: names });
    };
    let category = find(&["category", "product_category", "category_path", "department"]);
    let kind = find(&["type", "product_type", "kind"]);
    Ok([Some(product_id), category, kind, find(&["variant_group", "group", "parent_id", "parent_sku"])])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<String>, CsvError> {
        let mut rows = Vec::new();
        let mut reader = ProductsReader::default();
        let mut sink =
            |row: ProductRow<'_>| rows.push(format!("{}|{}|{}|{}", row.product_id, row.category, row.kind, row.group));
        reader.push(text.as_bytes(), &mut sink)?;
        reader.finish(&mut sink)?;
        Ok(rows)
    }

    #[test]
    fn columns_are_found_by_their_names() {
        let rows = read("sku;Product Type;Department\n1;tea;drinks\n;x;y\n2;;\n").unwrap();
        assert_eq!(rows, ["1|drinks|tea|", "2|||"]);
    }

    #[test]
    fn a_row_without_an_id_is_told_with_its_line() {
        let mut reader = ProductsReader::default();
        reader.push(b"sku,category\n1,tea\n,coffee\n", &mut |_| {}).unwrap();
        let report = reader.finish(&mut |_| {}).unwrap();
        assert_eq!((report.rows, report.bad_rows), (1, 1));
        assert_eq!(report.examples, [BadRow { line: 3, reason: "no product".into() }]);
    }

    #[test]
    fn a_file_without_ids_is_refused() {
        assert_eq!(
            read("name\ntea\n").unwrap_err().to_string(),
            "no column `product_id` among `name`; name the column that holds it"
        );
        assert_eq!(read(""), Ok(Vec::new()));
    }
}
