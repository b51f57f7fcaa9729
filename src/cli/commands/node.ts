import { defineGroup } from '../define-command.ts';
import { nodeAdd } from './node-add.ts';
import { nodeFail, nodeRecover } from './node-fail.ts';
import { nodeInspect } from './node-inspect.ts';
import { nodeLs } from './node-ls.ts';
import { nodeDemote, nodePromote } from './node-promote.ts';
import { nodePs } from './node-ps.ts';
import { nodeRm } from './node-rm.ts';
import { nodeUpdate } from './node-update.ts';

export const node = defineGroup({
  name: 'node',
  summary: 'Look after the nodes of the cluster, and rehearse their failure',
  commands: [
    nodeLs,
    nodePs,
    nodeInspect,
    nodeUpdate,
    nodePromote,
    nodeDemote,
    nodeAdd,
    nodeRm,
    nodeFail,
    nodeRecover,
  ],
});
