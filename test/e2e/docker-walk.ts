import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WALK, WALK_FILES, type WalkStep } from './docker-walk-steps.ts';

/** An engine outside any swarm, for the walk to begin at. */
export interface WalkTarget {
  readonly kind: 'embedded' | 'swarm';
  readonly socket: string;
  readonly host: string;
  readonly image: string;
  /** The command: the one on PATH unless told. */
  readonly docker?: string;
}

/** What a step brought, and what is wrong about it. */
export interface WalkResult {
  readonly step: WalkStep;
  readonly command: string;
  readonly problems: readonly string[];
}

interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const PATIENCE_MS = 20_000;

/** Types every command of the walk, and tells what each brought; goes on after a failure. */
export async function walkThrough(target: WalkTarget): Promise<readonly WalkResult[]> {
  const dir = mkdtempSync(join(tmpdir(), 'tstack-walk-'));
  const kept = new Map([
    ['host', target.host],
    ['image', target.image],
    ['dir', dir],
  ]);
  const results: WalkResult[] = [];
  try {
    for (const [name, text] of Object.entries(WALK_FILES)) {
      writeFileSync(join(dir, name), fill(text, kept));
    }
    for (const step of WALK.filter(({ only = target.kind }) => only === target.kind)) {
      results.push(await take(step, target, kept));
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
  return results;
}

async function take(
  step: WalkStep,
  target: WalkTarget,
  kept: Map<string, string>,
): Promise<WalkResult> {
  const command = fill(step.run, kept);
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const ended = await runDocker(words(command), step.stdin, target, kept.get('dir') ?? '');
    const problems = problemsOf(step, ended, kept);
    if (problems.length === 0 || !step.eventually || Date.now() > deadline) {
      if (step.keep !== undefined) kept.set(step.keep, ended.stdout.trim());
      return { step, command, problems };
    }
    await sleep(250);
  }
}

function problemsOf(step: WalkStep, ended: Ended, kept: ReadonlyMap<string, string>): string[] {
  const { exit = 0, out, like = [], err = [] } = step;
  const stdout = ended.stdout.replace(/\n$/, '');
  const fits = (pattern: string, text: string): boolean => toPattern(pattern, kept).test(text);
  return [
    ...(ended.exit === exit ? [] : [`exit ${ended.exit} in place of ${exit}: ${ended.stderr}`]),
    ...(out === undefined || fill(out, kept) === stdout
      ? []
      : [`printed ${JSON.stringify(stdout)} in place of ${JSON.stringify(fill(out, kept))}`]),
    ...like
      .filter((pattern) => !fits(pattern, stdout))
      .map((pattern) => `printed ${JSON.stringify(stdout)}, which is not like ${pattern}`),
    ...err
      .filter((pattern) => !fits(pattern, ended.stderr))
      .map((pattern) => `complained ${JSON.stringify(ended.stderr)}, which is not like ${pattern}`),
  ];
}

function toPattern(pattern: string, kept: ReadonlyMap<string, string>): RegExp {
  const escaped = fill(pattern, kept)
    .replaceAll(/\bID\b/g, '[0-9a-z]{25}')
    .replaceAll('SHORT', '[0-9a-z]{12}');
  return new RegExp(escaped, 'm');
}

/** Fills in what was kept; templates of docker's own stay. */
function fill(text: string, kept: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (all, name: string) => kept.get(name) ?? all);
}

function words(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function runDocker(
  args: readonly string[],
  stdin: string | undefined,
  { socket, docker = 'docker' }: WalkTarget,
  dir: string,
): Promise<Ended> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    DOCKER_CONFIG: join(dir, 'docker-config'),
    DOCKER_HOST: `unix://${socket}`,
    DOCKER_CLI_HINTS: 'false',
  };
  return new Promise((resolve) => {
    const options = { env, timeout: 90_000, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(docker, args, options, (error, stdout, stderr) => {
      const exit = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ exit, stdout, stderr });
    });
    child.stdin?.end(stdin ?? '');
  });
}
