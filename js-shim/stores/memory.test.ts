import { storeConformance } from "./conformance.js";
import { memoryStore } from "./memory.js";

storeConformance("memory", async () => ({ store: memoryStore(), dispose: async () => {} }), { forgets: true });
