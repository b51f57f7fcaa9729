import type { GroupPrediction } from '../../src/orchestrator/scheduler/predict.ts';
import type { NodeId } from '../../src/swarm/object.ts';
import { isTerminal, taskStateRank } from '../../src/swarm/task-state.ts';
import type { CaseGroup, CaseNode, GroupResult, SchedulerCase } from './scheduler-case.ts';

/** New tasks per branch of each preference level: `{ descriptor: { value: count } }`. */
type BranchCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What was recorded of one pending group. */
interface Expectation {
  readonly assigned: readonly number[];
  readonly idealAssigned?: readonly number[];
  readonly perNode?: Readonly<Record<string, number>>;
  readonly perNodeRange?: Readonly<Record<string, readonly [number, number]>>;
  readonly finalServiceCounts?: readonly (readonly number[])[];
  readonly idealFinalServiceCounts?: readonly (readonly number[])[];
  readonly perBranch?: readonly BranchCounts[];
  readonly idealPerBranch?: readonly BranchCounts[];
  readonly errors?: readonly string[];
}

/** A recorded case with its outcome. */
export interface JudgedCase extends SchedulerCase {
  readonly expect: readonly Expectation[];
}

/** What is wrong with the results, by the rules of the README beside the cases; empty when right. */
export function judgeCase(one: JudgedCase, results: readonly GroupResult[]): string[] {
  return one.pending.flatMap((group, at) => {
    const expected = one.expect[at];
    const result = results[at];
    if (!expected || !result) return [`group ${at}: no expectation or no result`];
    const found = new GroupFindings(one, group, result);
    return found.problems(expected).map((problem) => `group ${at}: ${problem}`);
  });
}

/**
 * What is wrong with predictions of a case with one group: nodes that never got what was foretold,
 * or a certainty that was none; empty when right.
 */
export function judgePrediction(
  one: JudgedCase,
  predictions: readonly GroupPrediction[],
): string[] {
  const expected = one.expect[0];
  const perNode = predictions[0]?.perNode;
  if (!expected || !perNode) return ['no expectation or no prediction'];
  return one.nodes.flatMap(({ id }) => {
    const { least, most } = perNode.get(id as NodeId) ?? { least: 0, most: 0 };
    const exact = expected.perNode?.[id] ?? 0;
    const [low, high] = expected.perNodeRange?.[id] ?? [exact, exact];
    if (least >= low && most <= high) return [];
    return [`${id}: foretold ${least} to ${most}, recorded ${low} to ${high}`];
  });
}

class GroupFindings {
  readonly #case: JudgedCase;
  readonly #group: CaseGroup;
  readonly #result: GroupResult;

  constructor(one: JudgedCase, group: CaseGroup, result: GroupResult) {
    this.#case = one;
    this.#group = group;
    this.#result = result;
  }

  problems(expected: Expectation): string[] {
    const problems = [this.#assigned(expected), this.#perNode(expected), this.#reason(expected)];
    if (this.#group.node === undefined) {
      problems.push(this.#finalCounts(expected), this.#branches(expected));
    }
    return problems.filter((problem) => problem !== undefined);
  }

  #on(node: string): number {
    return this.#result.perNode[node] ?? 0;
  }

  #total(): number {
    return this.#case.nodes.reduce((sum, node) => sum + this.#on(node.id), 0);
  }

  #assigned({ assigned, idealAssigned = [] }: Expectation): string | undefined {
    const total = this.#total();
    if ([...assigned, ...idealAssigned].includes(total)) return undefined;
    return `${total} assigned, expected ${assigned.join(' or ')}`;
  }

  #perNode({ perNode }: Expectation): string | undefined {
    if (!perNode) return undefined;
    const wrong = this.#case.nodes.find(({ id }) => this.#on(id) !== (perNode[id] ?? 0));
    return wrong && `${wrong.id} got ${this.#on(wrong.id)}, expected ${perNode[wrong.id] ?? 0}`;
  }

  #reason({ errors }: Expectation): string | undefined {
    const total = this.#total();
    const { error } = this.#result;
    if (total === 0 && errors && (error === undefined || !errors.includes(error))) {
      return `reason ${error}, expected one of ${errors.join(' | ')}`;
    }
    return total < this.#group.count && error === undefined ? 'unassigned, no reason' : undefined;
  }

  #finalCounts(expected: Expectation): string | undefined {
    if (!expected.finalServiceCounts) return undefined;
    const counts = this.#case.nodes
      .map((node) => this.#on(node.id) + this.#activeBefore(node))
      .sort((a, b) => b - a);
    const seen = [...expected.finalServiceCounts, ...(expected.idealFinalServiceCounts ?? [])];
    return seen.some((one) => one.join() === counts.join())
      ? undefined
      : `final counts ${counts.join()}, expected one of ${seen.join(' | ')}`;
  }

  #activeBefore(node: CaseNode): number {
    return (this.#case.existing ?? [])
      .filter((tasks) => tasks.node === node.id && tasks.service === this.#group.service)
      .filter((tasks) => taskStateRank(tasks.desired) <= taskStateRank('complete'))
      .filter((tasks) => !isTerminal(tasks.state))
      .reduce((sum, tasks) => sum + tasks.count, 0);
  }

  #branches(expected: Expectation): string | undefined {
    if (!expected.perBranch) return undefined;
    const branches = normalised(this.#branchCounts());
    const seen = [...expected.perBranch, ...(expected.idealPerBranch ?? [])].map(normalised);
    return seen.includes(branches) ? undefined : `branches ${branches}, expected ${seen.join('|')}`;
  }

  #branchCounts(): BranchCounts {
    const levels: Record<string, Record<string, number>> = {};
    for (const node of this.#case.nodes) {
      const names: string[] = [];
      const values: string[] = [];
      for (const descriptor of this.#group.spread ?? []) {
        const label = /^(node|engine)\.labels\.(.+)$/i.exec(descriptor);
        if (!label) continue;
        const labels = label[1]?.toLowerCase() === 'node' ? node.labels : node.engineLabels;
        names.push(descriptor);
        values.push(labels?.[label[2] ?? ''] ?? '');
        const level = (levels[names.join(' > ')] ??= {});
        const path = values.join('/');
        level[path] = (level[path] ?? 0) + this.#on(node.id);
      }
    }
    return levels;
  }
}

function normalised(counts: BranchCounts): string {
  return Object.entries(counts)
    .flatMap(([level, branches]) =>
      Object.entries(branches).map(([value, count]) => `${level}=${value}:${count}`),
    )
    .sort()
    .join(' ');
}
