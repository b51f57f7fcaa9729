/*
 * What the command line loads of the daemon, as one bundle of its own (`dist/tstackd.cjs`): only the
 * commands that run a cluster, or read the state of one that does not run, pay for it.
 */
export { exportState, importState, repairState } from '../host/state-transfer.ts';
export { runDaemon } from './main.ts';
