/** How a product is drawn: a package shape, its label and two colours. */
export interface Art {
  shape:
    | "bag"
    | "box"
    | "tin"
    | "carton"
    | "case"
    | "pouchbox"
    | "sack"
    | "pouch"
    | "jar"
    | "bottle"
    | "cartridge"
    | "rolls"
    | "kayak"
    | "vest"
    | "oars"
    | "drybag";
  /** One short word on the label. */
  label: string;
  size: string;
  base: string;
  accent: string;
  /** So that a half-kilo bag looks larger than a quarter; 1 when absent. */
  scale?: number;
  emblem:
    | "bean"
    | "leaf"
    | "oat"
    | "cat"
    | "dog"
    | "wheat"
    | "drop"
    | "flower"
    | "cup"
    | "moon"
    | "sun"
    | "star"
    | "berry"
    | "none";
}
