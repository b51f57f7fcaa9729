import { EXIT_CODE, UsageError, UserError } from '../base/errors.ts';
import type { EngineClient } from '../engine/client.ts';
import type { Node, NodeAvailability, NodeRole, NodeSpec } from '../swarm/node.ts';
import type { StringMap } from '../swarm/object.ts';

/** What is to change about a node; absent members stay. */
export interface NodeChange {
  readonly availability?: NodeAvailability | undefined;
  readonly role?: NodeRole | undefined;
  /** `KEY=VALUE` */
  readonly addLabels?: readonly string[];
  readonly removeLabels?: readonly string[];
}

/**
 * The spec with a change applied. Pure.
 * @throws UserError a label is to be removed that is not there
 * @source docker/cli cli/command/node/update.go (mergeNodeUpdate)
 */
export function changeNodeSpec(spec: NodeSpec, change: NodeChange): NodeSpec {
  const { availability, role, addLabels = [], removeLabels = [] } = change;
  const missing = removeLabels.find((key) => !Object.hasOwn(spec.Labels ?? {}, key));
  if (missing !== undefined) {
    throw new UserError(`key ${missing} doesn't exist in node's labels`, {
      code: 'label-not-found',
      exitCode: EXIT_CODE.failed,
      hint: "'tstack node inspect' shows the labels.",
    });
  }
  const kept = Object.entries({ ...spec.Labels, ...parseLabels(addLabels) });
  return {
    ...spec,
    Labels: Object.fromEntries(kept.filter(([key]) => !removeLabels.includes(key))),
    ...(availability !== undefined && { Availability: availability }),
    ...(role !== undefined && { Role: role }),
  };
}

/** `KEY=VALUE` and `KEY` as a map. @throws UsageError an empty key */
export function parseLabels(texts: readonly string[]): StringMap {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      const key = at < 0 ? text : text.slice(0, at);
      if (key.trim() === '') throw new UsageError(`invalid label: ${JSON.stringify(text)}`);
      return [key, at < 0 ? '' : text.slice(at + 1)];
    }),
  );
}

/**
 * Reads a node, changes its spec and writes it; gives the node as it was.
 * @throws EngineError exit 8 when somebody else wrote in between
 */
export async function updateNode(
  client: EngineClient,
  name: string,
  change: NodeChange,
  signal: AbortSignal,
): Promise<Node> {
  const node = await client.nodes.inspect(name, { signal });
  const spec = changeNodeSpec(node.Spec, change);
  await client.nodes.update(node.ID, spec, { version: node.Version.Index, signal });
  return node;
}

/** The id that a node's name or `self` stands for. @throws UserError the engine is no node */
export async function resolveNode(
  client: EngineClient,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  if (name !== 'self') return name;
  const { Swarm } = await client.info({ signal });
  const id = Swarm?.NodeID ?? '';
  if (id !== '') return id;
  throw new UserError('this engine is not a node of a swarm', {
    code: 'no-node',
    exitCode: EXIT_CODE.unreachable,
    hint: 'Name a node, or talk to a manager with -H, --context or --embedded.',
  });
}
