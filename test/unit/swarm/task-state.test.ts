import { expect, test } from 'vitest';
import {
  DESIRED_AT_BIRTH,
  DESIRED_TRANSITIONS,
  isLegalBirth,
  isLegalDesiredTransition,
  isLegalTransition,
  isTerminal,
  taskStateRank,
  TASK_STATES,
  TRANSITIONS,
  type Actor,
} from '../../../src/swarm/task-state.ts';

test('no row of either table goes back', () => {
  for (const { from, to } of [...TRANSITIONS, ...DESIRED_TRANSITIONS]) {
    for (const state of from) expect(taskStateRank(to)).toBeGreaterThan(taskStateRank(state));
  }
});

test('observed and desired states have separate writers, the control API and allocator aside', () => {
  const observed = new Set(TRANSITIONS.map((row) => row.by));
  const desired = new Set([...DESIRED_TRANSITIONS, ...DESIRED_AT_BIRTH].map((row) => row.by));
  expect([...desired].filter((actor) => observed.has(actor))).toEqual([]);
});

test('every state that a task is observed in can be reached from new', () => {
  const reached = new Set(['new']);
  for (let size = 0; size !== reached.size;) {
    size = reached.size;
    for (const { from, to } of TRANSITIONS)
      if (from.some((one) => reached.has(one))) reached.add(to);
  }
  // `allocated` is known to clients only; `remove` is only ever desired.
  expect(TASK_STATES.filter((state) => !reached.has(state))).toEqual(['allocated', 'remove']);
});

test('nothing leaves a terminal state', () => {
  expect(TRANSITIONS.flatMap((row) => row.from).filter(isTerminal)).toEqual([]);
});

test('an agent may skip states in its report but not invent them', () => {
  expect(isLegalTransition('assigned', 'running', 'agent')).toBe(true);
  expect(isLegalTransition('preparing', 'failed', 'agent')).toBe(true);
  expect(isLegalTransition('pending', 'running', 'agent')).toBe(false);
  expect(isLegalTransition('running', 'ready', 'agent')).toBe(false);
  expect(isLegalTransition('starting', 'rejected', 'agent')).toBe(false);
});

test('each move belongs to its actor', () => {
  const movers = (from: 'new' | 'pending', to: 'pending' | 'assigned'): Actor[] =>
    [...new Set(TRANSITIONS.map((row) => row.by))].filter((by) => isLegalTransition(from, to, by));
  expect(movers('new', 'pending')).toEqual(['allocator']);
  expect(movers('pending', 'assigned')).toEqual(['scheduler']);
  expect(isLegalDesiredTransition('running', 'shutdown', 'updater')).toBe(true);
  expect(isLegalDesiredTransition('complete', 'shutdown', 'updater')).toBe(false);
  expect(isLegalDesiredTransition('running', 'remove', 'restart-supervisor')).toBe(false);
});

test('a task is born new, with the desired state of its creator', () => {
  expect(isLegalBirth('running', 'new', 'orchestrator')).toBe(true);
  expect(isLegalBirth('ready', 'new', 'updater')).toBe(true);
  expect(isLegalBirth('running', 'new', 'updater')).toBe(false);
  expect(isLegalBirth('running', 'pending', 'orchestrator')).toBe(false);
  expect(isLegalBirth('shutdown', 'failed', 'import')).toBe(true);
});
