import { defineGroup } from '../define-command.ts';
import { clusterCa } from './cluster-ca.ts';
import { clusterExport } from './cluster-export.ts';
import { clusterImport } from './cluster-import.ts';
import { clusterRepair } from './cluster-repair.ts';
import { clusterRun } from './cluster-run.ts';
import { clusterStart } from './cluster-start.ts';
import { clusterStatus } from './cluster-status.ts';
import { clusterStop } from './cluster-stop.ts';
import { clusterSystemd } from './cluster-systemd.ts';

export const cluster = defineGroup({
  name: 'cluster',
  summary: 'Start, stop and look after embedded clusters on this machine',
  commands: [
    clusterStart,
    clusterStop,
    clusterStatus,
    clusterRun,
    clusterSystemd,
    clusterExport,
    clusterImport,
    clusterRepair,
    clusterCa,
  ],
});
