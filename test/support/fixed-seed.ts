import fc from 'fast-check';

/** One seed unless another is asked for: a check says the same twice; `npm run fuzz` explores. */
const seed = Number(process.env['TSTACK_SEED'] ?? 20_261_120);

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
