import { describe, expect, it } from 'vitest';
import { flightMethods } from '../../../src/adapters/flight/flight-methods.js';
import { readRule } from '../../../src/adapters/flight/flight-rules.js';
import { flightRequires } from '../../../src/adapters/flight/index.js';
import type { MethodGuard } from '../../../src/adapters/grpc/method-guard.js';
import { createGate } from '../../../src/gate/index.js';
import { createAuthorizer, definePermission, roles } from '../../../src/index.js';
import { RequestInvalidError } from '../../../src/model/index.js';
import { testAuthenticator } from '../../gate/gate-fixtures.js';
import { SLOW_PATTERNS, slowNames } from '../../support/count-slices.js';

const authorizer = createAuthorizer({
  permissions: SLOW_PATTERNS.map((pattern, index) =>
    definePermission({
      name: `permission-${index}`,
      types: ['FeatureView'],
      namePatterns: [pattern],
      actions: ['READ_OFFLINE'],
      policy: roles('analyst'),
    }),
  ),
});
const caller = authorizer.for({ username: 'ann', roles: ['analyst'] });
const viewOf = ({ path }: { readonly path: readonly string[] }) =>
  ({ type: 'FeatureView', name: path.join('/') }) as const;

function listFlights(): NonNullable<MethodGuard['response']> {
  const method = flightMethods({
    gate: createGate({ authenticator: testAuthenticator(), authorizer, telemetry: false }),
    commands: new Map(),
    paths: readRule(flightRequires('READ_OFFLINE', viewOf), 'paths', undefined),
    feast: undefined,
    readCommand: () => ({ name: '', fields: {} }),
    readTicket: () => ({ kind: 'path', path: [] }),
    maxCommandBytes: 1000,
  })('/arrow.flight.protocol.FlightService/ListFlights');
  if (typeof method !== 'object' || method.response === undefined) throw new TypeError('no filter');
  return method.response;
}
const flight = (...path: readonly string[]) => ({ flight_descriptor: { type: 'PATH', path } });

describe('ListFlights', () => {
  it('fails, and does not cut the list, when its time is spent', async () => {
    const filter = listFlights();
    const call = { request: {}, time: { leftMs: 0 } };
    const [name = ''] = slowNames(1);
    const first = Promise.resolve().then(() => filter(flight(name), caller, call));
    await expect(first).rejects.toThrow(RequestInvalidError);
    const later = Promise.resolve().then(() => filter(flight('unknown'), caller, call));
    await expect(later).rejects.toThrow('takes too long');
  });

  it('hides a flight that no rule knows while there is time', async () => {
    const call = { request: {}, time: { leftMs: 60_000 } };
    expect(await listFlights()({ flight_descriptor: { type: 'UNKNOWN' } }, caller, call)).toBe(
      undefined,
    );
  });
});
