import type { Commit } from '../../../src/orchestrator/store/commit.ts';
import type { StoredTask } from '../../../src/orchestrator/store/stored-object.ts';
import { taskStateRank, type TaskState } from '../../../src/swarm/task-state.ts';

/** One observed state of a task. */
export interface Seen {
  readonly state: TaskState;
  readonly desired: TaskState;
  /** The status's own time, ms. */
  readonly at: number;
  readonly node: string;
}

/** Everything seen of one task. */
export interface Record {
  readonly id: string;
  readonly service: string;
  readonly slot: number;
  readonly created: number;
  readonly states: Seen[];
}

/** Follows every task and watches over what must hold in every scenario. */
export class Recorder {
  readonly tasks = new Map<string, Record>();
  readonly violations = new Set<string>();

  observe(commit: Commit): void {
    for (const change of commit.changes) {
      if (change.kind === 'task' && change.object) this.#note(change.object);
    }
  }

  of(service: string): readonly Record[] {
    return [...this.tasks.values()].filter((record) => record.service === service);
  }

  #note(task: StoredTask): void {
    const record = this.tasks.get(task.ID) ?? {
      id: task.ID,
      service: task.ServiceID,
      slot: task.Slot ?? 0,
      created: Date.parse(task.CreatedAt),
      states: [],
    };
    this.tasks.set(task.ID, record);
    const seen: Seen = {
      state: task.Status.State,
      desired: task.DesiredState,
      at: Date.parse(task.Status.Timestamp ?? ''),
      node: task.NodeID ?? '',
    };
    const last = record.states.at(-1);
    if (last) this.#check(last, seen);
    if (record.slot !== (task.Slot ?? 0)) this.violations.add('a task changed its slot');
    record.states.push(seen);
  }

  #check(last: Seen, seen: Seen): void {
    if (taskStateRank(seen.state) < taskStateRank(last.state)) {
      this.violations.add(`a task's state went back: ${last.state} to ${seen.state}`);
    }
    if (taskStateRank(seen.desired) < taskStateRank(last.desired)) {
      this.violations.add(`a task's desired state went back: ${last.desired} to ${seen.desired}`);
    }
    if (last.node !== '' && seen.node !== last.node) this.violations.add('a task changed its node');
  }
}
