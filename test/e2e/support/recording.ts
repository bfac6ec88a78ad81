import type { ChildProcess } from 'node:child_process';
import { expect, inject } from 'vitest';
import { createTranscript, type Transcript } from './transcript.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the transcripts of this run. */
    readonly transcripts: string;
  }
}

/** The transcript of the test file that runs in this process. */
export const transcript: Transcript = createTranscript(inject('transcripts'), currentFile());

function currentFile(): string {
  const { testPath = '' } = expect.getState();
  return testPath.slice(testPath.lastIndexOf('/test/') + 1);
}

/**
 * Records what the methods of an object throw and reject with. What they give is handed on purpose,
 * and not recorded.
 */
export function recordErrors<T extends object>(target: T): T {
  return recordCalls(target, () => {});
}

/** Records what the methods of an object give, too. */
export function recordAnswers<T extends object>(channel: string, target: T): T {
  return recordCalls(target, (answer) => transcript.record(channel, answer));
}

/** Records what a promise rejects with. */
export async function recordRejection<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    transcript.record('error', error);
    throw error;
  }
}

/** Records what a program of this package writes to its standard output and standard error. */
export function recordProcess(name: string, child: Pick<ChildProcess, 'stdout' | 'stderr'>): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (piece: string | Uint8Array) =>
      transcript.write(`${stream} of ${name}`, piece),
    );
  }
}

function recordCalls<T extends object>(target: T, onAnswer: (answer: unknown) => void): T {
  // Not a proxy of the object itself, whose methods must stay as they are when it is frozen.
  return new Proxy(Object.create(target) as T, {
    get(_, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]): unknown => {
        try {
          const answer: unknown = Reflect.apply(member, target, args);
          if (answer instanceof Promise) return recordRejection(answer.then(pass));
          return pass(answer);
        } catch (error) {
          transcript.record('error', error);
          throw error;
        }
      };
    },
  });

  function pass(answer: unknown): unknown {
    onAnswer(answer);
    return answer;
  }
}
