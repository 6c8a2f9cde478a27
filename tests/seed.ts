/** Loaded before every test file: `npm test` repeats itself (TOGUNA_SEED names another sample); `npm run soak` draws anew. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.TOGUNA_SEED ?? 20261121) });
