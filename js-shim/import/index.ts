/** Past orders and other history: facts that trigger nothing. */
export { importOrders, type CustomerOrders, type ImportOptions, type ImportTold, type Stepper } from "./import.js";
export { factsOf, type History } from "./history.js";
