import type { ServiceDefinition } from '@grpc/grpc-js';
import { quote, type Vocabulary } from '../../model/index.js';
import type { UnguardedCheck } from '../support/adapter-options.js';
import type { MethodAccess, MethodGuard } from './method-guard.js';
import { type GrpcRequirement, guardOf, readRequirements } from './requires.js';

/**
 * What a method requires: resources, `authenticated` for a caller who is known and nothing else, or
 * `public` for nothing at all.
 */
export type MethodRule<V extends Vocabulary> =
  | GrpcRequirement<V>
  | readonly GrpcRequirement<V>[]
  | 'authenticated'
  | 'public';

/** What a table of gRPC methods is made of. */
export interface MethodTableOptions {
  readonly methods: Readonly<Record<string, MethodRule<Vocabulary>>>;
  /** Of the gate, where it is known. */
  readonly vocabulary: Vocabulary | undefined;
  /** Says what becomes of a method that nothing is said about. */
  readonly checkUnguarded: UnguardedCheck;
  /** Access to well-known services, which `methods` may replace one by one. */
  readonly known: (path: string) => MethodAccess | undefined;
}

export interface MethodTable {
  readonly accessOf: (path: string) => MethodAccess;
  /** Whether the table has a rule for a method, including a rule that refuses everyone. */
  readonly knows: (path: string) => boolean;
}

/** `/package.Service/Method`, or `/package.Service/*` for all methods of a service. */
const METHOD = /^\/[\w.]+\/(?:\w+|\*)$/;

/** Public, as `GET /health` is: whatever keeps a server running has no token. */
const HEALTH: ReadonlySet<string> = new Set([
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
]);

/** Every verified caller may call. */
const AUTHENTICATED: MethodGuard = Object.freeze({});

/**
 * Who may call which method.
 *
 * Shape: looked up by a method's full path. A rule for the method wins over one for its service,
 * and both over what is known of it.
 *
 * @throws TypeError when a rule is wrong
 */
export function createMethodTable(options: MethodTableOptions): MethodTable {
  const { checkUnguarded, known, vocabulary } = options;
  const rules = new Map<string, MethodGuard | 'public'>();
  for (const [path, rule] of Object.entries(options.methods)) {
    rules.set(path, read(path, rule, vocabulary));
  }
  const find = (path: string): MethodAccess | undefined => {
    const service = path.slice(0, path.lastIndexOf('/'));
    return rules.get(path) ?? rules.get(`${service}/*`) ?? known(path) ?? healthOf(path);
  };
  return {
    knows: (path) => find(path) !== undefined,
    accessOf: (path) => {
      const access = find(path);
      if (access !== undefined) return access;
      return checkUnguarded(path) === 'refuse' ? 'closed' : AUTHENTICATED;
    },
  };
}

/**
 * Looks up all methods of services, so that one that nothing is said about is noticed at the start.
 *
 * @throws TypeError that names the methods without a rule
 */
export function assertServices(table: MethodTable, services: readonly ServiceDefinition[]): void {
  const closed: string[] = [];
  for (const { path } of services.flatMap((service) => Object.values(service))) {
    if (table.accessOf(path) === 'closed' && !table.knows(path)) closed.push(path);
  }
  if (closed.length === 0) return;
  throw new TypeError(
    `methods without a rule: ${closed.map(quote).join(', ')}. Add their rules to \`methods\``,
  );
}

function healthOf(path: string): 'public' | undefined {
  return HEALTH.has(path) ? 'public' : undefined;
}

function read(
  path: string,
  rule: MethodRule<Vocabulary>,
  vocabulary: Vocabulary | undefined,
): MethodGuard | 'public' {
  if (!METHOD.test(path)) {
    throw new TypeError(`${quote(path)} is not a method: write \`/package.Service/Method\``);
  }
  if (rule === 'public') return rule;
  if (rule === 'authenticated') return AUTHENTICATED;
  return guardOf(readRequirements(rule, path, vocabulary));
}
