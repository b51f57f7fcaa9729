import { EXIT_CODE, UserError } from '../base/errors.ts';
import type { StackSpec } from '../stack/stack-spec.ts';
import type { SecretSpec } from '../swarm/secret.ts';
import type { Resolution } from './images.ts';
import type { PlanDocument } from './plan-document.ts';
import type { PlanOptions } from './plan-options.ts';
import type { PlanPin } from './plan-pin.ts';

/** Where the content of a secret is read again. */
export interface SecretSource {
  /** Name in the cluster. */
  readonly name: string;
  /** Absolute path; absent when a variable holds the content. */
  readonly file?: string;
  readonly environment?: string;
  /** Keyed digest of the content, hex; the key stays on the machine that planned. */
  readonly fingerprint: string;
}

/** A plan that can be carried out later; the content of secrets is not in it. */
export interface PlanFile {
  readonly format: 'tstack-plan-file';
  readonly version: 1;
  readonly stack: string;
  /** For people. */
  readonly plan: PlanDocument;
  readonly options: Pick<PlanOptions, 'prune' | 'resolveImage'> & {
    readonly forces: boolean;
    readonly toleratesDrift: boolean;
    /** What the files say of where history is kept. */
    readonly history?: string;
  };
  readonly spec: Omit<StackSpec, 'locate'>;
  readonly secrets: readonly SecretSource[];
  readonly pin: Omit<PlanPin, 'resolutions'> & {
    readonly resolutions: readonly (readonly [image: string, resolution: Resolution])[];
  };
}

/** What a plan file is made of. */
export interface PlanFileParts extends Pick<PlanFile, 'plan' | 'options' | 'secrets'> {
  readonly spec: StackSpec;
  readonly pin: PlanPin;
}

/** Texts shorter than this are words of any file. */
const SHORTEST_SECRET = 4;

/**
 * The text of a plan file.
 * @throws UserError (exit 4) when the content of a secret also stands elsewhere in the plan
 */
export function formatPlanFile({ plan, options, spec, secrets, pin }: PlanFileParts): string {
  const { locate: _ofTheFiles, ...rest } = spec;
  const file: PlanFile = {
    format: 'tstack-plan-file',
    version: 1,
    stack: spec.stack,
    plan,
    options,
    spec: { ...rest, secrets: spec.secrets.map(withoutData) },
    secrets,
    pin: { ...pin, resolutions: [...pin.resolutions] },
  };
  const text = `${JSON.stringify(file, undefined, 1)}\n`;
  const shown = spec.secrets.find((one) => isShown(one, file, text));
  if (!shown) return text;
  throw new UserError(`secret ${shown.Name}: its content also stands elsewhere in the plan`, {
    code: 'plan-holds-secret',
    exitCode: EXIT_CODE.preflight,
    hint: 'A plan file may be shown around: keep the content out of variables, labels, commands and configs.',
  });
}

function withoutData({ Data: _content, ...rest }: SecretSpec): SecretSpec {
  return rest;
}

/** Whether the content can be read from the text, as it is or in base64. */
function isShown({ Data = '' }: SecretSpec, { spec }: PlanFile, text: string): boolean {
  const content = decode(Data).trim();
  if (content.length < SHORTEST_SECRET) return false;
  const escaped = JSON.stringify(content).slice(1, -1);
  if (text.includes(escaped) || text.includes(Data)) return true;
  return spec.configs.some((one) => decode(one.Data ?? '').includes(content));
}

function decode(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (one) => one.charCodeAt(0)));
}

/**
 * Reads a plan file.
 * @throws UserError (exit 3) when it is none, or of another version
 */
export function parsePlanFile(text: string, name: string): PlanFile {
  const file = readJson(text);
  if (isPlanFile(file) && file.version === 1) return file;
  throw new UserError(
    isPlanFile(file)
      ? `${name}: plan file of version ${String(file.version)}, which this tstack does not know`
      : `${name}: not a plan file`,
    {
      code: 'plan-file-invalid',
      exitCode: EXIT_CODE.invalidFile,
      hint: 'Make one with: tstack plan -c FILE --out PLAN STACK.',
    },
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether it has the shape of a plan file, of whatever version. */
function isPlanFile(value: unknown): value is PlanFile & { readonly version: number } {
  if (!isRecord(value) || value['format'] !== 'tstack-plan-file') return false;
  const { stack, spec, options, pin, secrets } = value;
  if (typeof stack !== 'string' || !isRecord(options) || !Array.isArray(secrets)) return false;
  return hasLists(spec, LISTS) && hasLists(pin, ['objects', 'operations', 'resolutions']);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function hasLists(value: unknown, lists: readonly string[]): boolean {
  return isRecord(value) && lists.every((list) => Array.isArray(value[list]));
}

const LISTS = [
  'services',
  'networks',
  'secrets',
  'configs',
  'externalNetworks',
  'externalSecrets',
  'externalConfigs',
] as const;

/** The pin of a file in its working form. */
export function toPin({ pin }: PlanFile): PlanPin {
  return { ...pin, resolutions: new Map(pin.resolutions) };
}
