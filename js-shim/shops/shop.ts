import type { OrderFacts, OperatorCancel, OperatorTask, Product, Quote } from "../core/types.js";

/** What Comeback needs of a shop. One implementation for each platform. */
export interface Shop {
  readonly name: string;
  /** Every product on sale or once sold. Called at start and when the shop says it changed. */
  products(): Promise<Product[]> | Product[];
  /** Stock, price and successor now. Answers for every line asked. */
  quote(request: QuoteRequest): Promise<Quote[]>;
  /** Makes an order in the shop's unconfirmed state. The same `key` must give the same order. */
  createOrder(request: CreateOrderRequest): Promise<{ order_id: string; number: string; status: string }>;
  /** Cancelling a cancelled order is not an error. */
  cancelOrder(request: { key: string; order_id: string; reason: string }): Promise<void>;
  addToWishlist(request: { key: string; customer: string; products: string[] }): Promise<void>;
  /** Puts a task before the shop's staff. The same `key` is the same task. */
  notifyOperator(request: { key: string; task: OperatorTask | OperatorCancel }): Promise<void>;
  /** Orders changed since an instant, oldest first, for the reconciler. */
  ordersSince(since: number): AsyncIterable<{ customer: string; store: string; order: OrderFacts }>;
  assignRole?(request: { key: string; customer: string; role: string; assigned: boolean }): Promise<void>;
  assignTag?(request: { key: string; customer: string; tag: string; assigned: boolean }): Promise<void>;
  setAttribute?(request: { key: string; customer: string; name: string; value: string | null }): Promise<void>;
  /** Creates the coupon under the given code. The same `key` must not make a second one. */
  issueOffer?(request: { key: string; customer: string; offer: import("../core/types.js").OfferIssue }): Promise<{
    code: string;
  }>;
}

export interface QuoteRequest {
  customer: string;
  store: string;
  lines: { product: string; quantity: number }[];
}

export interface CreateOrderRequest {
  /** Idempotency key: the effect id. */
  key: string;
  customer: string;
  store: string;
  cart: string;
  currency: string;
  lines: { product: string; quantity: number; price: number }[];
}
