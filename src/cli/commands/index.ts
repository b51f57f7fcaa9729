import { defineGroup } from '../define-command.ts';
import { adopt } from './adopt.ts';
import { cluster } from './cluster.ts';
import { completion } from './completion.ts';
import { config } from './config.ts';
import { deploy } from './deploy.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { logs } from './logs.ts';
import { ls } from './ls.ts';
import { node } from './node.ts';
import { plan } from './plan.ts';
import { ps } from './ps.ts';
import { restart } from './restart.ts';
import { resume } from './resume.ts';
import { rollback } from './rollback.ts';
import { rm } from './rm.ts';
import { scale } from './scale.ts';
import { schema } from './schema.ts';
import { services } from './services.ts';
import { simulate } from './simulate.ts';
import { unlock } from './unlock.ts';
import { version } from './version.ts';
import { wait } from './wait.ts';
import { why } from './why.ts';

/** All commands, in the order help shows them. */
export const ROOT = defineGroup({
  name: 'tstack',
  summary: 'Deploy Compose files as stacks: see what will change, wait for it, trust the exit code',
  commands: [
    plan,
    diff,
    deploy,
    config,
    ls,
    services,
    ps,
    logs,
    why,
    wait,
    scale,
    restart,
    adopt,
    history,
    rollback,
    resume,
    unlock,
    rm,
    simulate,
    explain,
    schema,
    cluster,
    node,
    version,
    completion,
    help,
  ],
});
