import type { Plan } from '../model/plan.ts';
import { roundsNeeded } from '../model/rounds-needed.ts';
import { planDuration } from './plan-duration.ts';

/** Why a plan cannot give any interval. */
export interface TooShort {
  /** Rounds that it is expected to have. */
  readonly rounds: number;
  /** Fewest rounds that give an interval, or after which a precision is looked at first. */
  readonly needed: number;
  readonly neededSeconds: number;
  /** The flag that makes it long enough. */
  readonly flag: string;
}

/** Whether a plan ends before it can have an interval: by its rounds, or by its time. */
export function tooShort(plan: Plan): TooShort | undefined {
  const { stopping } = plan;
  const needed = Math.max(roundsNeeded(plan.confidence), stopping?.precision?.looks[0] ?? 0);
  const { rounds } = planDuration(plan);
  if (rounds >= needed) return undefined;
  const { stopping: _, ...fixed } = plan;
  const neededSeconds = planDuration({ ...fixed, rounds: needed }).totalSeconds;
  const byRounds = plan.rounds < needed;
  const flag = byRounds ? `--rounds ${needed}` : `--time ${roundTime(neededSeconds)}`;
  return { rounds, needed, neededSeconds, flag };
}

/** Rounded up to minutes, or to five seconds below a minute, as the flag takes it. */
function roundTime(seconds: number): string {
  return seconds <= 55 ? `${Math.ceil(seconds / 5) * 5}s` : `${Math.ceil(seconds / 60)}m`;
}
