import { compareStrings } from '../base/compare.ts';
import { UsageError } from '../base/errors.ts';
import { sha256Hex } from '../base/hash.ts';
import { explainEnvironment } from '../stack/explain-environment.ts';
import { listVariables, type ListedUse, type VariableOrigin } from '../stack/list-variables.ts';
import type { LoadedStack } from '../stack/pipeline.ts';
import { printedService } from '../stack/print-config.ts';
import type { PrintValue } from '../stack/print-value.ts';
import type { ConfigFlags, ViewName } from './config-options.ts';
import { alignColumns } from './render/align-columns.ts';
import { printJson } from './render/print-json.ts';

/** A part of a stack as text lines, and as a tree for JSON. */
interface View {
  readonly text: string;
  readonly tree: PrintValue;
}

/** One part of a loaded stack, as text that ends with a line feed (or is empty). */
export function showView(
  view: ViewName,
  loaded: LoadedStack,
  flags: Pick<ConfigFlags, 'format' | 'hash'>,
): string {
  const { text, tree } = VIEWS[view](loaded, flags.hash ?? '');
  return flags.format === 'json' ? `${printJson(tree)}\n` : text;
}

const VIEWS: Readonly<Record<ViewName, (loaded: LoadedStack, argument: string) => View>> = {
  services: ({ model }) => names(Object.keys(model.services)),
  images: ({ model }) => names(Object.values(model.services).map(({ image = '' }) => image)),
  volumes: ({ model }) => names(Object.keys(model.volumes)),
  networks: ({ model }) => names(Object.keys(model.networks)),
  profiles: ({ profiles }) => names(profiles),
  hash: (loaded, wanted) => hashes(loaded, wanted),
  variables: ({ origin }) => variables(listVariables(origin.read)),
  environment: ({ origin }) => {
    const uses = [...listVariables(origin.read).keys()];
    const { values } = origin.read.env;
    const known = uses.filter((name) => Object.hasOwn(values, name));
    const shown = known.map((name) => [name, shownValue(name, values[name] ?? '')] as const);
    const lines = shown.map(([name, value]) => `${name}=${value}\n`);
    return { text: lines.join(''), tree: Object.fromEntries(shown) };
  },
  explainEnv: (loaded) => explained(loaded),
};

function names(list: readonly string[]): View {
  const tree = [...new Set(list)].filter((name) => name !== '').sort(compareStrings);
  return { text: tree.map((name) => `${name}\n`).join(''), tree };
}

/** @throws UsageError for a service that is not there */
function hashes({ model }: LoadedStack, wanted: string): View {
  const all = Object.keys(model.services).sort(compareStrings);
  const asked = wanted === '*' ? all : wanted.split(',').map((name) => name.trim());
  const rows = asked.map((name) => {
    if (!Object.hasOwn(model.services, name)) {
      throw new UsageError(`no such service: ${name}`, `There are ${all.join(', ')}.`);
    }
    return [name, sha256Hex(printJson(printedService(model, name)))] as const;
  });
  return {
    text: rows.map(([name, hash]) => `${name} ${hash}\n`).join(''),
    tree: Object.fromEntries(rows),
  };
}

function variables(listed: ReadonlyMap<string, readonly ListedUse[]>): View {
  const rows = [...listed].map(([name, uses]) => {
    const textOf = (sign: string): string =>
      uses.find(({ operator }) => operator.endsWith(sign))?.text ?? '';
    const required = uses.some(({ operator }) => operator.endsWith('?'));
    return { name, required, default: textOf('-'), alternate: textOf('+') };
  });
  const lines = rows.map((row) =>
    [row.name, String(row.required), row.default, row.alternate].join('\t'),
  );
  const table = ['NAME\tREQUIRED\tDEFAULT VALUE\tALTERNATE VALUE', ...lines];
  return { text: `${alignColumns(table.join('\n'))}\n`, tree: rows };
}

/** Names whose values are nobody's business on a screen. */
const SECRET = /PASS|SECRET|TOKEN|KEY|CREDENTIAL|PRIVATE|AUTH|DSN|_URL$|_URI$/i;

function shownValue(name: string, value: string): string {
  return SECRET.test(name) && value !== '' ? '***' : value;
}

function explained({ model, origin }: LoadedStack): View {
  const listed = [...listVariables(origin.read)].map(([name, uses]) => ({
    name,
    origins: [...new Set(uses.map((use) => originText(use.origin)))],
    used: uses.map(({ place }) => placeText(origin.read.locate(place))),
  }));
  const services = Object.keys(model.services)
    .sort(compareStrings)
    .map((service) => ({ service, entries: explainEnvironment(service, origin) }));
  const rows = [
    ...listed.map(({ name, origins, used }) =>
      ['', name, origins.join(', '), [...new Set(used)].join(', ')].join('\t'),
    ),
    ...services.flatMap(({ service, entries }) =>
      entries.map((one) => [service, one.name, originText(one.origin), ''].join('\t')),
    ),
  ];
  const text = alignColumns(['SERVICE\tVARIABLE\tCOMES FROM\tUSED AT', ...rows].join('\n'));
  return {
    text: `${text.replaceAll(/ +$/gm, '')}\n`,
    tree: {
      variables: listed.map(({ name, origins, used }) => ({ name, origins, used })),
      services: Object.fromEntries(
        services.map(({ service, entries }) => [
          service,
          Object.fromEntries(entries.map((one) => [one.name, originText(one.origin)])),
        ]),
      ),
    },
  };
}

function originText(origin: VariableOrigin): string {
  return typeof origin === 'string' ? origin : `${origin.file}:${origin.line}`;
}

function placeText(
  span:
    | { readonly file: string; readonly start: { readonly line: number; readonly column: number } }
    | undefined,
): string {
  return span ? `${span.file}:${span.start.line}:${span.start.column}` : '';
}
