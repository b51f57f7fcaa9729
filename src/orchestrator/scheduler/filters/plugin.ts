import type { NodeInfo } from '../node-info.ts';
import type { PlacementRequest } from '../placement-request.ts';
import type { Filter } from './filter.ts';
import { nameOfNode, onNodes } from './filter.ts';

/** Nodes whose engine has the volume, network and log plugins. @source swarmkit manager/scheduler/filter.go PluginFilter */
export const plugin: Filter = {
  name: 'plugin',
  applies: ({ plugins }) => plugins.length > 0,
  accepts: ({ plugins }, node) => plugins.every((needed) => hasPlugin(needed, node)),
  explain: (nodeCount) => onNodes('missing plugin', nodeCount),
  shortfall: (request, node) =>
    missing(request, node)
      .map((one) => `has no ${one}`)
      .join('; '),
  remedy: (request, node) =>
    `install the ${missing(request, node).join(' and the ')} on ${nameOfNode(node)}`,
};

/** As in `volume plugin "rexray"`. */
function missing({ plugins }: PlacementRequest, node: NodeInfo): readonly string[] {
  return plugins
    .filter((needed) => !hasPlugin(needed, node))
    .map((needed) => {
      const slash = needed.indexOf('/');
      return `${needed.slice(0, slash).toLowerCase()} plugin "${needed.slice(slash + 1)}"`;
    });
}

function hasPlugin(needed: string, node: NodeInfo): boolean {
  const { plugins, reportsLogPlugins } = node.facts;
  // A node that has not described its engine is given the benefit of the doubt.
  if (!plugins || plugins.has(needed) || plugins.has(`${needed}:latest`)) return true;
  // Parity: engines too old to report log plugins at all are not held to them.
  return needed.startsWith('Log/') && !reportsLogPlugins;
}
