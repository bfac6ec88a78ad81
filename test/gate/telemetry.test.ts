import * as api from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { TelemetryApi } from '../../src/gate/index.js';
import { PermissionDeniedError, RequestInvalidError } from '../../src/model/index.js';
import { testGate, view } from './gate-fixtures.js';

function recordTelemetry() {
  const spans = new InMemorySpanExporter();
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter: metrics,
    exportIntervalMillis: 3_600_000,
  });
  const meters = new MeterProvider({ readers: [reader] });
  const read = async (name: string) => {
    metrics.reset();
    await reader.forceFlush();
    return metrics
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) => dataPoints as readonly DataPoint<number | Histogram>[]);
  };
  return {
    tracers,
    meters,
    spans: () => spans.getFinishedSpans().map(({ name, attributes }) => ({ name, attributes })),
    /** By name of the metric: attributes, and the sum or count. */
    points: async (name: string) =>
      (await read(name)).map(({ attributes, value }) => ({
        attributes,
        value: typeof value === 'number' ? value : value.count,
      })),
    /** By name of the metric: where its buckets end. */
    boundaries: async (name: string) =>
      (await read(name)).map(({ value }) => typeof value === 'object' && value.buckets.boundaries),
    end: async () => {
      await meters.shutdown();
      await tracers.shutdown();
    },
  };
}

const READ = { actions: 'READ_ONLINE', resources: [view('open_a'), view('open_b')] } as const;
const DENIED = { actions: ['READ_ONLINE', 'DESCRIBE'], resources: view('shut_c') } as const;

const ALLOWED_ATTRIBUTES = {
  'feast_permissions.decision': 'allowed',
  'feast_permissions.reason': 'granted',
  'feast_permissions.action': 'READ_ONLINE',
  'feast_permissions.resource_type': 'FeatureView',
};
const DENIED_ATTRIBUTES = {
  'feast_permissions.decision': 'denied',
  'feast_permissions.reason': 'denied',
  'feast_permissions.action': 'READ_ONLINE,DESCRIBE',
  'feast_permissions.resource_type': 'FeatureView',
};

describe('what is recorded', () => {
  test('a span for each request, a count for each decision, and nothing private', async () => {
    const record = recordTelemetry();
    const telemetry: TelemetryApi = {
      trace: record.tracers,
      metrics: { getMeterProvider: () => record.meters },
    };
    const { gate } = testGate({ telemetry });
    const authorization = 'Bearer ann-token';
    await gate.check({ authorization, requirements: READ });
    const caller = await gate.authenticate(authorization);
    expect(() => gate.authorize(caller, DENIED)).toThrow(PermissionDeniedError);
    await expect(gate.check({ authorization: 'Basic x', requirements: READ })).rejects.toThrow();
    expect(() => gate.authorize(caller, [])).toThrow(TypeError);

    expect(record.spans()).toEqual([
      { name: 'feast_permissions.check', attributes: ALLOWED_ATTRIBUTES },
      {
        name: 'feast_permissions.check',
        attributes: { ...DENIED_ATTRIBUTES, 'error.type': 'ERR_PERMISSION_DENIED' },
      },
      { name: 'feast_permissions.check', attributes: { 'error.type': 'ERR_IDENTITY_INVALID' } },
      { name: 'feast_permissions.check', attributes: { 'error.type': 'ERR_INTERNAL' } },
    ]);
    expect(await record.points('feast_permissions.decisions')).toEqual([
      { attributes: ALLOWED_ATTRIBUTES, value: 2 },
      { attributes: DENIED_ATTRIBUTES, value: 1 },
    ]);
    const durations = await record.points('feast_permissions.check.duration');
    expect(durations.map(({ value }) => value)).toEqual([1, 1, 1, 1]);
    const recorded = JSON.stringify([record.spans(), durations]);
    for (const secret of ['ann', 'open_a', 'shut_c', 'analyst', 'secret']) {
      expect(recorded).not.toContain(secret);
    }
    await record.end();
  });

  test('a count and a span for each request that is refused before a decision', async () => {
    const record = recordTelemetry();
    const telemetry = { trace: record.tracers, metrics: { getMeterProvider: () => record.meters } };
    const { gate } = testGate({ telemetry });
    gate.refuse(new RequestInvalidError('m'));
    gate.refuse(new RequestInvalidError('m'));
    gate.refuse(new TypeError('m'));
    const checked = gate.check({ authorization: 'Basic x', requirements: READ });
    gate.refuse(await checked.catch((error: unknown) => error));
    const refused = { 'error.type': 'ERR_REQUEST_INVALID' };
    const unknown = { 'error.type': 'ERR_IDENTITY_INVALID' };
    expect(await record.points('feast_permissions.refusals')).toEqual([
      { attributes: refused, value: 2 },
      { attributes: unknown, value: 1 },
    ]);
    expect(record.spans()).toEqual([
      { name: 'feast_permissions.refusal', attributes: refused },
      { name: 'feast_permissions.refusal', attributes: refused },
      { name: 'feast_permissions.check', attributes: unknown },
    ]);
    await record.end();
  });

  test('durations in buckets that tell memory, a network and a wait apart', async () => {
    const record = recordTelemetry();
    const telemetry = { trace: record.tracers, metrics: { getMeterProvider: () => record.meters } };
    const { gate } = testGate({ telemetry });
    await gate.check({ authorization: 'Bearer ann-token', requirements: READ });
    const [boundaries] = await record.boundaries('feast_permissions.check.duration');
    for (const seconds of [0.0001, 0.01, 1]) expect(boundaries).toContain(seconds);
    await record.end();
  });
});

describe('the installed API', () => {
  afterEach(() => {
    api.trace.disable();
    api.metrics.disable();
  });

  test('is found by itself, and a provider that comes late takes over', async () => {
    const { gate } = testGate({ telemetry: undefined });
    const check = () => gate.check({ authorization: 'Bearer ann-token', requirements: READ });
    await check();
    const record = recordTelemetry();
    api.trace.setGlobalTracerProvider(record.tracers);
    api.metrics.setGlobalMeterProvider(record.meters);
    await check();
    expect(record.spans()).toHaveLength(1);
    expect(await record.points('feast_permissions.decisions')).toEqual([
      { attributes: ALLOWED_ATTRIBUTES, value: 2 },
    ]);
    await record.end();
  });

  test('is left alone where the server wants none', async () => {
    const record = recordTelemetry();
    api.trace.setGlobalTracerProvider(record.tracers);
    api.metrics.setGlobalMeterProvider(record.meters);
    const { gate } = testGate({ telemetry: false });
    await gate.check({ authorization: 'Bearer ann-token', requirements: READ });
    expect(record.spans()).toEqual([]);
    expect(await record.points('feast_permissions.decisions')).toEqual([]);
    await record.end();
  });

  test('may be missing', async () => {
    vi.resetModules();
    vi.doMock('@opentelemetry/api', () => {
      throw new Error('Cannot find package');
    });
    const { createTelemetry } = await import('../../src/gate/telemetry.js');
    const telemetry = createTelemetry(undefined);
    await telemetry.ready;
    const record = telemetry.startCheck();
    expect(() => {
      record.failed(new Error('x'));
      record.end();
    }).not.toThrow();
    vi.doUnmock('@opentelemetry/api');
  });

  test('is what the option takes', () => {
    const telemetry: TelemetryApi = api;
    expect(testGate({ telemetry }).gate.warnings).toHaveLength(1);
  });
});

describe('telemetry that fails', () => {
  const fail = (): never => {
    throw new Error('telemetry');
  };
  const brokenSpan = { setAttributes: fail, end: fail };
  const brokenMeter = {
    createCounter: () => ({ add: fail }),
    createHistogram: () => ({ record: fail }),
  };

  test.each<[string, TelemetryApi]>([
    ['everywhere', { trace: { getTracer: fail }, metrics: { getMeterProvider: fail } }],
    [
      'when it records',
      {
        trace: { getTracer: () => ({ startSpan: () => brokenSpan }) },
        metrics: { getMeterProvider: () => ({ getMeter: () => brokenMeter }) },
      },
    ],
    ['as it is no API', {} as TelemetryApi],
  ])('%s changes no answer', async (_, telemetry) => {
    const { gate } = testGate({ telemetry });
    const authorization = 'Bearer ann-token';
    await gate.check({ authorization, requirements: READ });
    await expect(gate.check({ authorization, requirements: DENIED })).rejects.toThrow(
      PermissionDeniedError,
    );
  });
});

test('an API without listeners receives nothing', async () => {
  const startSpan = vi.spyOn(api.ProxyTracer.prototype, 'startSpan');
  const { gate } = testGate({ telemetry: api });
  const request = { authorization: 'Bearer ann-token', requirements: READ };
  await gate.check(request);
  expect(startSpan).not.toHaveBeenCalled();
  const { tracers, spans, end } = recordTelemetry();
  api.trace.setGlobalTracerProvider(tracers);
  await gate.check(request);
  expect(spans().map(({ name }) => name)).toEqual(['feast_permissions.check']);
  api.trace.disable();
  await end();
});
