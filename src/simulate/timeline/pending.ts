import type { RunHistory, TaskHistory } from '../history.ts';

/** Tasks that waited for one reason at one time. */
export interface PendingSpell {
  readonly service: string;
  readonly reason: string;
  /** ms after the start. */
  readonly from: number;
  readonly to: number;
  /** `web.4`, in order of creation. */
  readonly tasks: readonly string[];
  /** Some of them still wait at the end. */
  readonly lasts: boolean;
}

/** Why tasks waited, in order of time; tasks of a service with one reason are one spell. */
export function pendingSpells(history: RunHistory, endedAt: number): readonly PendingSpell[] {
  const spells = new Map<string, PendingSpell>();
  for (const { name, tasks } of history.services) {
    for (const spell of tasks.flatMap((task) => spellsOf(name, task, endedAt))) {
      const key = JSON.stringify([name, spell.reason]);
      const known = spells.get(key);
      spells.set(key, known ? joined(known, spell) : spell);
    }
  }
  return [...spells.values()].sort((a, b) => a.from - b.from);
}

function spellsOf(
  service: string,
  { name, moments }: TaskHistory,
  endedAt: number,
): PendingSpell[] {
  return moments.flatMap(({ at, state, note }, index) => {
    if ((state !== 'pending' && state !== 'new') || note === undefined) return [];
    const next = moments[index + 1];
    const to = next?.at ?? endedAt;
    return [{ service, reason: note, from: at, to, tasks: [name], lasts: !next }];
  });
}

function joined(known: PendingSpell, spell: PendingSpell): PendingSpell {
  return {
    ...known,
    from: Math.min(known.from, spell.from),
    to: Math.max(known.to, spell.to),
    tasks: [...new Set([...known.tasks, ...spell.tasks])],
    lasts: known.lasts || spell.lasts,
  };
}
