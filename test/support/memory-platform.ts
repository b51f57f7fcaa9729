import { VirtualClock } from '../../src/base/clock.ts';
import { createSeededRandom } from '../../src/base/random.ts';
import type { Environment, Platform, Stream } from '../../src/cli/context.ts';
import { NO_SECRET_MEMORY, type SecretMemory } from '../../src/plan/secret-memory.ts';
import { MemoryStore } from './memory-store.ts';
import type { EngineClient } from '../../src/engine/client.ts';

interface MemoryPlatformFacts {
  readonly env?: Environment;
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly clock?: VirtualClock;
  readonly engine?: EngineClient;
  readonly isTerminal?: boolean;
  readonly columns?: number;
  /** What is typed at a question; makes a terminal of standard input. */
  readonly answer?: string;
  /** Default: remembers nothing. */
  readonly secretMemory?: SecretMemory;
  /** What this machine keeps of stacks; given to several platforms it is one machine. */
  readonly stores?: Map<string, MemoryStore>;
}

/** A Platform in memory: what was written, and the controller that interrupts it. */
export interface MemoryPlatform {
  readonly platform: Platform;
  readonly controller: AbortController;
  /** Files that were written, by path. */
  readonly replaced: ReadonlyMap<string, string>;
  stdout(): string;
  stderr(): string;
}

/** Files are keyed by the path as the command asks for it. */
export function createMemoryPlatform(facts: MemoryPlatformFacts = {}): MemoryPlatform {
  const written = { stdout: '', stderr: '' };
  const replaced = new Map<string, string>();
  const stores = facts.stores ?? new Map<string, MemoryStore>();
  const controller = new AbortController();
  const stream = (name: 'stdout' | 'stderr'): Stream => ({
    write: (text) => {
      written[name] += text;
    },
    isTerminal: facts.isTerminal ?? false,
    columns: facts.columns ?? 80,
    isClosed: false,
  });
  const platform: Platform = {
    env: facts.env ?? {},
    workingDirectory: '/project',
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    readStdin: () => Buffer.from(facts.stdin ?? ''),
    stdinIsTerminal: facts.answer !== undefined,
    readFile: (path) => {
      const text = facts.files?.[path];
      return text === undefined
        ? { kind: 'error', code: 'ENOENT', message: `open ${path}: no such file or directory` }
        : { kind: 'data', bytes: Buffer.from(text) };
    },
    ask: (question) => {
      written.stderr += question;
      return Promise.resolve(facts.answer);
    },
    replaceFile: (path, content) => {
      if (path.startsWith('/read-only/')) return Promise.resolve(`open ${path}: EACCES`);
      replaced.set(path, typeof content === 'string' ? content : Buffer.from(content).toString());
      return Promise.resolve(undefined);
    },
    clock: facts.clock ?? new VirtualClock(),
    random: createSeededRandom(1),
    signal: controller.signal,
    openSecretMemory: () => Promise.resolve(facts.secretMemory ?? NO_SECRET_MEMORY),
    openReleaseFiles: (cluster, stack) => {
      const key = `${cluster} ${stack}`;
      const store = stores.get(key) ?? new MemoryStore();
      stores.set(key, store);
      return Promise.resolve(store);
    },
    describeSelf: () =>
      Promise.resolve({ user: 'alice', host: 'desk', process: '', isGone: () => false }),
    connect: () =>
      facts.engine ? Promise.resolve(facts.engine) : Promise.reject(new Error('no engine given')),
  };
  return {
    platform,
    controller,
    replaced,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
  };
}
