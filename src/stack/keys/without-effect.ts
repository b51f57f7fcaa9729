import { scalarList, textList } from '../collections.ts';
import { ignoredKey, type KeySpec } from '../key-spec.ts';
import { flag, text } from '../scalars.ts';

const AGENT = 'the Swarm API has no field for it';
const PEERS = 'services reach each other by name on a common network';

/** @source spec/stack-file.md 8.8 */
export const cgroupnsMode: KeySpec<string> = ignoredKey(text, AGENT);
/** @source spec/stack-file.md 8.8 */
export const cgroupParent: KeySpec<string> = ignoredKey(text, AGENT);
/** @source spec/stack-file.md 8.8 */
export const containerName: KeySpec<string> = ignoredKey(
  text,
  'Setting the container name is not supported.',
  'deprecated',
);
/** @source spec/stack-file.md 8.8 */
export const devices: KeySpec<readonly string[]> = ignoredKey(textList, AGENT);
/** @source spec/stack-file.md 8.8 */
export const domainname: KeySpec<string> = ignoredKey(text, 'write the full name in "hostname"');
/** @source spec/stack-file.md 8.8 */
export const expose: KeySpec<readonly string[]> = ignoredKey(
  scalarList,
  "Exposing ports is unnecessary - services on the same network can access each other's containers on any port.",
  'deprecated',
);
/** @source spec/stack-file.md 8.8 */
export const externalLinks: KeySpec<readonly string[]> = ignoredKey(textList, PEERS);
/** @source spec/stack-file.md 8.8 */
export const ipc: KeySpec<string> = ignoredKey(text, AGENT);
/** @source spec/stack-file.md 8.8 */
export const links: KeySpec<readonly string[]> = ignoredKey(textList, PEERS);
/** @source spec/stack-file.md 8.8 */
export const macAddress: KeySpec<string> = ignoredKey(text, AGENT);
/** @source spec/stack-file.md 8.8 */
export const pid: KeySpec<string> = ignoredKey(text, AGENT);
/** @source spec/stack-file.md 8.8 */
export const privileged: KeySpec<boolean> = ignoredKey(flag, AGENT);
/** @source spec/stack-file.md 8.8 */
export const usernsMode: KeySpec<string> = ignoredKey(text, AGENT);
