import { describe } from 'vitest';
import { describeContainerRuntime } from '../../support/container-contract.ts';

/** Socket of an engine to use, and an image in it with a shell; the swarm suite brings its own. */
const socket = process.env['TSTACK_TEST_ENGINE'];
const image = process.env['TSTACK_TEST_IMAGE'] ?? 'busybox:latest';

describe.runIf(socket !== undefined)('containers of a given engine', () => {
  describeContainerRuntime('container', socket ?? '', image);
});
