import { EXIT_CODE, UserError, type ExitCode } from '../base/errors.ts';
import type { Context } from './context.ts';

interface AdoptFlags {
  readonly stack: string;
  readonly out: string | undefined;
  readonly configs: string | undefined;
}

/** A file to be written, and where. */
interface Written {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Writes the stack file of a running stack, to standard output or to a file, with its configs on request.
 * @throws UserError when there is no such stack, or a file is there already with other content
 */
export async function adoptRunning(context: Context, flags: AdoptFlags): Promise<ExitCode> {
  const { stack, out, configs } = flags;
  const [{ observeRunning }, { adoptStack }] = await Promise.all([
    import('../adopt/observe-running.ts'),
    import('../adopt/adopt-stack.ts'),
  ]);
  const running = await observeRunning(await context.engine(), stack, { signal: context.signal });
  if (running.services.length === 0) {
    throw new UserError(`no service belongs to a stack ${stack}`, {
      code: 'stack-not-found',
      exitCode: EXIT_CODE.failed,
      hint: '`tstack ls` lists the stacks of the cluster.',
    });
  }
  const adopted = adoptStack(running, {
    configDirectory: configs === undefined ? undefined : besideFile(configs),
  });
  const base = out?.includes('/') ? out.slice(0, out.lastIndexOf('/') + 1) : '';
  const files: Written[] = adopted.files.map(({ path, bytes }) => ({
    path: path.startsWith('/') ? path : `${base}${path}`,
    bytes,
  }));
  if (out !== undefined) files.push({ path: out, bytes: new TextEncoder().encode(adopted.text) });
  for (const file of files) checkFree(context, file);
  for (const file of files) await write(context, file);
  if (out === undefined) context.stdout.write(adopted.text);
  for (const { severity, message } of adopted.notes) {
    context.stderr.write(`${severity}: ${message}\n`);
  }
  return adopted.isWhole ? EXIT_CODE.ok : EXIT_CODE.partial;
}

/** A directory as a stack file names it: relative to itself. */
function besideFile(directory: string): string {
  const plain = directory.replace(/\/+$/, '');
  return plain.startsWith('/') || plain.startsWith('./') || plain.startsWith('../')
    ? plain
    : `./${plain}`;
}

/** What somebody wrote is not replaced. */
function checkFree(context: Context, { path, bytes }: Written): void {
  const found = context.readFile(path);
  if (found.kind === 'error' && found.code === 'ENOENT') return;
  if (found.kind === 'data' && Buffer.compare(found.bytes, bytes) === 0) return;
  throw new UserError(`${path} is there already`, {
    code: 'adopt-file-exists',
    exitCode: EXIT_CODE.failed,
    hint: 'Move it away, or choose another name.',
  });
}

async function write(context: Context, { path, bytes }: Written): Promise<void> {
  const problem = await context.replaceFile(path, bytes);
  if (problem === undefined) return;
  throw new UserError(`cannot write ${path}: ${problem}`, {
    code: 'adopt-not-written',
    exitCode: EXIT_CODE.failed,
    hint: 'Make its directory, or choose another one.',
  });
}
