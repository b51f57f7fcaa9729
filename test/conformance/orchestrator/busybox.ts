import type { Assignment } from '../../../src/orchestrator/agent/executor.ts';
import type { SimulatedBehaviour } from '../../../src/runtimes/simulated-container.ts';
import type { ContainerSpec } from '../../../src/swarm/service.ts';

/** Latencies of a small container on an idle engine, ms. */
const ENGINE = { prepareMs: 60, startMs: 120, stopMs: 80 };

/** Files on shared volumes, as `volume/path`. */
export type Volumes = Set<string>;

interface Run {
  readonly env: ReadonlyMap<string, string>;
  /** Files this container wrote, and when, ms after its start. */
  readonly files: Map<string, number>;
  readonly hasFile: (path: string) => boolean;
  readonly write: (path: string, afterMs: number) => void;
  readonly remove: (path: string) => void;
  elapsedMs: number;
}

/**
 * How a container of image busybox would behave: interprets the little shell that scenarios use.
 *
 * Known: `sleep`, `true`, `false`, `exit`, `test` and `[` with `-e`, `=` and `!=`, `echo … > file`,
 * `rm -f`, `trap`, endless `while`; `;`, `||`, `&&`, `!`.
 */
export function busyboxBehaviour(
  { task, container: spec }: Assignment,
  volumes: Volumes,
): SimulatedBehaviour {
  const refused = refusal(spec);
  if (refused !== undefined) return { ...ENGINE, rejectedWith: refused };
  const command = [...(spec.Command ?? []), ...(spec.Args ?? [])];
  const program = command[0] ?? 'sh';
  if (program.includes('/')) {
    const why = `exec: "${program}": stat ${program}: no such file or directory`;
    return { ...ENGINE, failsToStartWith: `starting container failed: ${why}` };
  }
  const run = startRun(spec, volumes, task.ID);
  const script = program === 'sh' ? (command[2] ?? '') : command.map(quote).join(' ');
  const exitCode = runScript(script, run);
  return {
    ...ENGINE,
    stopExitCode: stopCode(spec, script),
    ...(Number.isFinite(run.elapsedMs) && { exitsAfterMs: run.elapsedMs, exitCode }),
    ...health(spec, run),
  };
}

function refusal(spec: ContainerSpec): string | undefined {
  const image = spec.Image ?? '';
  if (!/^busybox(:latest)?$/.test(image)) return `No such image: ${image}`;
  const bind = spec.Mounts?.find((mount) => mount.Type === 'bind' && mount.Source !== '/tmp');
  if (!bind) return undefined;
  return `invalid mount config for type "bind": bind source path does not exist: ${bind.Source}`;
}

function startRun(spec: ContainerSpec, volumes: Volumes, task: string): Run {
  const mounts = (spec.Mounts ?? []).filter((mount) => mount.Type === 'volume');
  const files = new Map<string, number>();
  const shared = (path: string): string | undefined => {
    const mount = mounts.find((one) => path.startsWith(`${one.Target}/`));
    return mount && `${mount.Source ?? task}${path.slice(mount.Target.length)}`;
  };
  const env = (spec.Env ?? []).map((entry): [string, string] => {
    const at = entry.indexOf('=');
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
  return {
    env: new Map(env),
    files,
    elapsedMs: 0,
    hasFile: (path) => files.has(path) || volumes.has(shared(path) ?? ''),
    write: (path, afterMs) => {
      const name = shared(path);
      if (name === undefined) files.set(path, afterMs);
      else volumes.add(name);
    },
    remove: (path) => {
      files.delete(path);
      volumes.delete(shared(path) ?? '');
    },
  };
}

function runScript(script: string, run: Run): number {
  let code = 0;
  for (const statement of script.split(';').map((one) => one.trim())) {
    const ended = runStatement(statement, run);
    if (ended.exits || run.elapsedMs === Infinity) return ended.code;
    code = ended.code;
  }
  return code;
}

interface Ended {
  readonly code: number;
  readonly exits: boolean;
}

function runStatement(statement: string, run: Run): Ended {
  if (statement.startsWith('while ')) run.elapsedMs = Infinity;
  let ended: Ended = { code: 0, exits: false };
  for (const [index, part] of statement.split(/(\|\||&&)/).entries()) {
    if (index % 2 === 1) continue;
    const joint = index === 0 ? '' : statement.split(/(\|\||&&)/)[index - 1];
    if (joint === '||' && ended.code === 0) continue;
    if (joint === '&&' && ended.code !== 0) continue;
    ended = runCommand(part.trim(), run);
    if (ended.exits) return ended;
  }
  return ended;
}

function runCommand(text: string, run: Run): Ended {
  if (text === '') return { code: 0, exits: false };
  const [name = '', ...args] = words(text, run);
  switch (name === 'busybox' ? (args.shift() ?? '') : name) {
    case 'exit':
      return { code: Number(args[0] ?? 0), exits: true };
    case 'sleep':
      run.elapsedMs += Number(args[0]) >= 10_000 ? Infinity : Number(args[0]) * 1000;
      return { code: 0, exits: false };
    case 'false':
      return { code: 1, exits: false };
    case 'test':
    case '[':
      return { code: isTrue(args, run) ? 0 : 1, exits: false };
    case 'echo': {
      const at = args.indexOf('>');
      if (at >= 0) run.write(args[at + 1] ?? '', run.elapsedMs);
      return { code: 0, exits: false };
    }
    case 'rm':
      for (const path of args) run.remove(path);
      return { code: 0, exits: false };
    case 'true':
    case 'trap':
    case 'while':
    case 'do':
    case 'done':
    case ':':
      return { code: 0, exits: false };
    default:
      throw new Error(`busybox: ${text}: not a command this harness knows`);
  }
}

function isTrue(args: readonly string[], run: Run): boolean {
  if (args[0] === '!') return !isTrue(args.slice(1), run);
  if (args[0] === '-e' || args[0] === '-f') return run.hasFile(args[1] ?? '');
  if (args[1] === '=') return args[0] === args[2];
  if (args[1] === '!=') return args[0] !== args[2];
  throw new Error(`busybox: test ${args.join(' ')}: not a test this harness knows`);
}

/** Words of a command, quotes taken off and variables replaced. */
function words(text: string, run: Run): string[] {
  const found = text.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? [];
  return found.map((word) =>
    word
      .replace(/^(["'])(.*)\1$/, '$2')
      .replace(/\$\{?(\w+)\}?/g, (_, name: string) => run.env.get(name) ?? ''),
  );
}

function quote(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `"${word}"`;
}

/** A trap on the stop signal exits as it says; otherwise the signal kills. */
function stopCode(spec: ContainerSpec, script: string): number {
  const trapped = /trap "exit (\d+)"/.exec(script);
  return trapped && spec.StopSignal !== 'SIGKILL' ? Number(trapped[1]) : 137;
}

/** First checked one interval after the start; `Retries` failures in a row mean unhealthy. */
function health(spec: ContainerSpec, run: Run): SimulatedBehaviour {
  const check = spec.Healthcheck;
  const [kind, test = ''] = check?.Test ?? [];
  if (!check || kind === undefined || kind === 'NONE') return {};
  const intervalMs = (check.Interval ?? 30e9) / 1e6;
  const passesFrom = healthyFrom(test, run);
  const unhealthyAfterMs = intervalMs * (check.Retries || 3);
  if (passesFrom === undefined) return { unhealthyAfterMs };
  const healthyAfterMs = Math.max(1, Math.ceil(passesFrom / intervalMs)) * intervalMs;
  return healthyAfterMs > unhealthyAfterMs ? { unhealthyAfterMs } : { healthyAfterMs };
}

/** From when on the check passes, ms after the start; undefined = never. */
function healthyFrom(test: string, run: Run): number | undefined {
  const file = /^test -e (\S+)$/.exec(test)?.[1];
  if (file !== undefined) return run.files.get(file);
  return runScript(test, { ...run, elapsedMs: 0 }) === 0 ? 0 : undefined;
}
