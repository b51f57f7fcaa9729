import { compareStrings } from '../../base/compare.ts';
import type { Instant } from '../../base/clock.ts';
import type { Task } from '../../swarm/task.ts';
import { describeAge } from '../render/age.ts';
import { truncateToWidth } from '../render/truncate.ts';
import type { Listing } from '../render/listing.ts';
import { compareNatural } from '../render/natural-order.ts';
import { formatHostPorts } from './published-ports.ts';
import { shortImage } from './short-image.ts';

/** What turns a task into a row. */
export interface TaskView {
  readonly now: Instant;
  /** Full ids, images and errors. */
  readonly noTrunc: boolean;
  /** Names by id; an id that is missing stands for itself. */
  readonly serviceNames: ReadonlyMap<string, string>;
  readonly nodeNames: ReadonlyMap<string, string>;
}

/** Columns an error takes at most. */
const ERROR_WIDTH = 30;

/**
 * Tasks of a stack as `ps` shows them: by name, newest first, the history of a slot marked.
 * @source spec/stack-file.md section 2.4
 */
export function listTasks(tasks: readonly Task[], view: TaskView): Listing {
  const named = tasks
    .map((task) => ({ task, name: taskName(task, view) }))
    .sort(
      (a, b) =>
        compareNatural(a.name, b.name) || compareStrings(b.task.CreatedAt, a.task.CreatedAt),
    );
  const rows = named.map(({ task, name }) => toRow(task, name, view));
  return {
    titles: {
      ID: 'ID',
      Name: 'NAME',
      Image: 'IMAGE',
      Node: 'NODE',
      DesiredState: 'DESIRED STATE',
      CurrentState: 'CURRENT STATE',
      Error: 'ERROR',
      Ports: 'PORTS',
    },
    columns: ['ID', 'Name', 'Image', 'Node', 'DesiredState', 'CurrentState', 'Error', 'Ports'],
    rows,
    tableRows: rows.map((row, at) =>
      row.Name === rows[at - 1]?.Name ? { ...row, Name: ` \\_ ${row.Name}` } : row,
    ),
    raw: [
      ['id', 'ID'],
      ['name', 'Name'],
      ['image', 'Image'],
      ['node', 'Node'],
      ['desired_state', 'DesiredState'],
      ['current_state', 'CurrentState'],
      ['error', 'Error'],
      ['ports', 'Ports'],
    ],
    quietField: 'ID',
  };
}

/** Parity: tasks without a slot carry the *id* of their node, resolved or not. */
function taskName(task: Task, view: TaskView): string {
  const service = view.serviceNames.get(task.ServiceID) ?? task.ServiceID;
  const slot = task.Slot === undefined || task.Slot === 0 ? task.NodeID : task.Slot;
  return `${service}.${slot ?? ''}`;
}

function toRow(task: Task, name: string, view: TaskView) {
  const image = task.Spec.ContainerSpec?.Image ?? '';
  const node = task.NodeID ?? '';
  return {
    ID: view.noTrunc ? task.ID : task.ID.slice(0, 12),
    Name: name,
    Image: view.noTrunc ? image : shortImage(image),
    Node: view.nodeNames.get(node) ?? node,
    DesiredState: capitalise(task.DesiredState),
    CurrentState:
      `${capitalise(task.Status.State)} ${describeAge(task.Status.Timestamp, view.now)}`.trimEnd(),
    Error: describeError(task.Status.Err ?? '', view.noTrunc),
    Ports: formatHostPorts(task.Status.PortStatus?.Ports ?? []),
  };
}

function describeError(error: string, noTrunc: boolean): string {
  if (error === '') return '';
  return `"${noTrunc ? error : truncateToWidth(error, ERROR_WIDTH)}"`;
}

function capitalise(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
