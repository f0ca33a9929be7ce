import { Failure } from '../../bench/model/failure.ts';

/** An error for the calls of one kind, or for those about names (or tags) that fit. Such a call does nothing. */
export interface FakeFault {
  readonly call: FakeCall;
  readonly name?: RegExp;
  readonly with: Failure;
}

type FakeCall =
  | 'create'
  | 'start'
  | 'inspect'
  | 'move'
  | 'remove'
  | 'containers'
  | 'image-exists'
  | 'images'
  | 'import'
  | 'load'
  | 'claim'
  | 'build'
  | 'remove-image'
  | 'create-network'
  | 'connect'
  | 'remove-network'
  | 'networks'
  | 'volumes'
  | 'remove-volume';

export interface Gate {
  /**
   * Runs before every call. It notes a call that changes something. It throws if the engine is unplugged or
   * the call is scripted to fail.
   */
  enter(call: FakeCall, name: string, words?: string): void;
  /** True when the engine is unplugged: every later call fails. */
  readonly unplugged: boolean;
  unplug(): void;
}

interface GateOptions {
  /** The engine's address, for messages. */
  readonly address: string;
  readonly journal: string[];
  readonly fail?: readonly FakeFault[] | undefined;
}

/** The gate that every call on the engine in memory passes first. */
export function fakeGate({ address, journal, fail = [] }: GateOptions): Gate {
  let unplugged = false;
  return {
    get unplugged() {
      return unplugged;
    },
    unplug() {
      unplugged = true;
    },
    enter(call, name, words = `${call} ${name}`) {
      if (changing.has(call)) journal.push(`${call} ${name}`);
      if (unplugged) {
        throw new Failure(
          'partial',
          `the engine at ${address} stopped answering when bench tried to ${words}`,
          {
            hint: 'Start it again.',
          },
        );
      }
      const fault = fail.find((fault) => fault.call === call && (fault.name?.test(name) ?? true));
      if (fault !== undefined) throw fault.with;
    },
  };
}

const changing: ReadonlySet<FakeCall> = new Set([
  'create',
  'start',
  'move',
  'remove',
  'import',
  'load',
  'claim',
  'build',
  'remove-image',
  'create-network',
  'connect',
  'remove-network',
  'remove-volume',
]);

/** A failure in the words of an engine that refuses a call. */
export function refusal(what: string, why: string, hint = 'Run `bench doctor`.'): Failure {
  return new Failure('casesFailed', `the engine refused to ${what}: ${why}`, { hint });
}
