import { violationsOf, type Violation } from '../check-structure.ts';
import type { StackModel } from '../model.ts';
import type { Path } from '../report.ts';
import { lookUp } from '../service-scope.ts';
import { isYamlMap } from '../yaml-values.ts';
import {
  client,
  DURATION,
  mapped,
  mapping,
  UNIQUE_TEXTS,
  word,
  type KeyFacts,
  type Shape,
} from './table/shape.ts';

const ignore: KeyFacts = client(
  UNIQUE_TEXTS,
  'codes of lint rules to leave out',
  'config --lint and plan do not mention them; at the top for the stack, in a service for that service',
);

const history: KeyFacts = client(
  word('local', 'cluster', 'off'),
  'where revisions of the stack are kept',
  'deploy keeps them on this machine (local), as configs of the cluster, or not at all',
);

const rotate: KeyFacts = client(
  { types: ['boolean'] },
  'whether changed secrets and configs become new objects',
  'deploy makes NAME_<8 hex digits> of other content, under the same file name in containers (default true in compose-spec files)',
);

const REBALANCE = 'the service label io.tstack.rebalance; a Swarm moves no running tasks';

const rebalance: KeyFacts = {
  ...mapped(
    {
      types: ['boolean', 'mapping'],
      keys: {
        after: mapped(DURATION, 'how long a node must have been back (default 30s)', REBALANCE),
      },
      closed: true,
    },
    'whether tasks are evened out after a node has come back',
    REBALANCE,
  ),
  embedded: 'tasks are moved to the node, as few as possible',
};

const replicas: KeyFacts = mapped(
  word('live'),
  'live: the number of tasks belongs to the cluster (an autoscaler, tstack scale)',
  'the service label io.tstack.replicas; an update keeps the number there is, deploy.replicas is for the first deploy',
);

const spec: KeyFacts = mapped(
  { types: ['mapping'] },
  'what no key of a stack file says, in the words of the Engine API',
  'laid over the service spec as a JSON merge patch (RFC 7396): null takes a field away, a list replaces the whole list',
);

/**
 * The extension keys of tstack: `x-tstack` at the top of a file and in a service (whose codec is
 * in x-tstack.ts).
 *
 * The one place that documents them: printed by `explain keys x-tstack`, part of
 * schemas/stack.schema.json. Other tools pass over `x-` keys, so files stay theirs too.
 */
export const X_TSTACK: Readonly<Record<'stack' | 'service', Shape>> = {
  stack: mapping({ ignore, history, rotate }, { closed: true }),
  service: mapping({ ignore, rebalance, replicas, spec }, { closed: true }),
};

/** The name of the extension. */
export const X_TSTACK_KEY = 'x-tstack';

/** Everything wrong in the extension keys at the top of merged files; services check their own. */
export function extensionViolations({ extensions }: StackModel): readonly Violation[] {
  const value = extensions?.[X_TSTACK_KEY];
  if (value === undefined) return [];
  const facts = client(X_TSTACK.stack, 'extension keys of tstack', 'read by tstack');
  return violationsOf({ [X_TSTACK_KEY]: value }, mapping({ [X_TSTACK_KEY]: facts }));
}

/** Where the files want revisions to be kept; undefined when they say nothing. */
export function readHistorySetting(model: StackModel): 'local' | 'cluster' | 'off' | undefined {
  const own = model.extensions?.[X_TSTACK_KEY];
  const setting = isYamlMap(own) ? own['history'] : undefined;
  return setting === 'local' || setting === 'cluster' || setting === 'off' ? setting : undefined;
}

/**
 * Whether other content of a secret or config becomes another object: in the Compose Specification's
 * format unless the files say no; in docker's, where such a deploy is refused, if they say yes.
 */
export function rotatesContent(model: StackModel): boolean {
  const own = model.extensions?.[X_TSTACK_KEY];
  const wish = isYamlMap(own) ? own['rotate'] : undefined;
  return typeof wish === 'boolean' ? wish : model.format === 'compose';
}

/** Codes that the files silence at a path. */
export function ignoredCodes(model: StackModel, path: Path): ReadonlySet<string> {
  const service = path[0] === 'services' ? lookUp(model.services, String(path[1])) : undefined;
  const own = model.extensions?.[X_TSTACK_KEY];
  const codes = isYamlMap(own) ? own['ignore'] : undefined;
  const forAll = Array.isArray(codes) ? codes.filter((one) => typeof one === 'string') : [];
  return new Set([...forAll, ...(service?.['x-tstack']?.ignore ?? [])]);
}
