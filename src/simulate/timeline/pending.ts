import type { RunHistory } from '../history.ts';

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
  for (const { name: service, tasks } of history.services) {
    for (const { name, moments } of tasks) {
      for (const [index, { at, state, note }] of moments.entries()) {
        if ((state !== 'pending' && state !== 'new') || note === undefined) continue;
        const next = moments[index + 1];
        const to = next?.at ?? endedAt;
        const key = JSON.stringify([service, note]);
        const known = spells.get(key);
        const names = known?.tasks ?? [];
        spells.set(key, {
          service,
          reason: note,
          from: Math.min(known?.from ?? at, at),
          to: Math.max(known?.to ?? to, to),
          tasks: names.includes(name) ? names : [...names, name],
          lasts: known?.lasts === true || next === undefined,
        });
      }
    }
  }
  return [...spells.values()].sort((a, b) => a.from - b.from);
}
