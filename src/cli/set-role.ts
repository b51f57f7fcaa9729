import type { EngineClient } from '../engine/client.ts';
import type { NodeRole } from '../swarm/node.ts';

/** Changes the role of a node; false when it has it already. @throws EngineError */
export async function setRole(
  client: EngineClient,
  name: string,
  role: NodeRole,
  signal: AbortSignal,
): Promise<boolean> {
  const { ID, Spec, Version } = await client.nodes.inspect(name, { signal });
  if (Spec.Role === role) return false;
  await client.nodes.update(ID, { ...Spec, Role: role }, { version: Version.Index, signal });
  return true;
}
