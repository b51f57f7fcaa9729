import { cluster } from './cluster.mjs';
import { configSize } from './config-size.mjs';
import { daemon } from './daemon.mjs';
import { plan } from './plan.mjs';
import { redeploy } from './redeploy.mjs';
import { scheduler } from './scheduler.mjs';
import { startUp } from './start-up.mjs';
import { store } from './store.mjs';

/**
 * The benches, in the order they run.
 *
 * Each has a `name`, a `summary` and `run({ bin, folder, rounds })`, which gives rows
 * `{ name, ms, base?, ratio?, limit? }`; `ratio` compares with the row named `base`, and a `limit`
 * is the ratio that the README promises.
 */
export const BENCHES = [startUp, configSize, redeploy, plan, store, scheduler, cluster, daemon];
