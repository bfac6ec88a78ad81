import { attempt } from '../foundation/notify.js';
import { AuthzError, type Decision } from '../model/index.js';

/**
 * What is recorded of a decision. Neither roles nor users nor names of resources: they are private,
 * or without bound.
 */
export type TelemetryAttributes = Readonly<Record<string, string | number | boolean>>;

/** The part of `@opentelemetry/api` that is used: the package itself is such an object. */
export interface TelemetryApi {
  readonly trace: {
    getTracer(name: string): {
      startSpan(name: string): {
        setAttributes(attributes: TelemetryAttributes): unknown;
        end(): void;
      };
    };
    getTracerProvider?(): object;
  };
  readonly metrics: { getMeterProvider(): TelemetryMeterProvider };
}

interface TelemetryMeterProvider {
  getMeter(name: string): {
    createCounter(
      name: string,
      options: TelemetryInstrument,
    ): { add(value: number, attributes: TelemetryAttributes): void };
    createHistogram(
      name: string,
      options: TelemetryInstrument,
    ): { record(value: number, attributes: TelemetryAttributes): void };
  };
}

interface TelemetryInstrument {
  readonly description: string;
  readonly unit: string;
  /** A list that may be written to, as the API asks for one. */
  readonly advice?: { readonly explicitBucketBoundaries: number[] };
}

/**
 * Traces and counts what the gate does. Nothing in it throws: telemetry that fails changes no
 * answer.
 */
export interface Telemetry {
  /** Resolves when it is known whether there is anything to record with. */
  readonly ready: Promise<void>;
  /** Whether that is known. */
  readonly isReady: boolean;
  startCheck(): CheckRecord;
  /** A request that was refused before anything was decided on, in a check or elsewhere. */
  countRefusal(error: AuthzError): void;
  /** The same, where it has no span of a check. */
  refused(error: AuthzError): void;
}

/** One request at the gate. */
export interface CheckRecord {
  decided(decision: Decision): void;
  failed(error: unknown): void;
  end(): void;
}

const SCOPE = 'feast-permissions';
const SPAN = 'feast_permissions.check';
const REFUSAL_SPAN = 'feast_permissions.refusal';

/**
 * Seconds: from a decision in memory to a wait for an identity provider. The default of
 * OpenTelemetry is for milliseconds.
 */
const DURATIONS = [1e-5, 1e-4, 1e-3, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** No listener is registered. */
export const NO_RECORD: CheckRecord = { decided: () => {}, failed: () => {}, end: () => {} };
const NO_TELEMETRY: Telemetry = {
  ready: Promise.resolve(),
  isReady: true,
  startCheck: () => NO_RECORD,
  countRefusal: () => {},
  refused: () => {},
};

/**
 * Records a span `feast_permissions.check` for each request, counts decisions as
 * `feast_permissions.decisions` and times requests as `feast_permissions.check.duration`, in
 * seconds. Refusals before a decision are counted as `feast_permissions.refusals`, and have a span
 * `feast_permissions.refusal` if a request caused them.
 *
 * @param given the API; undefined: `@opentelemetry/api`, where it is installed; false: none
 */
export function createTelemetry(given: TelemetryApi | false | undefined): Telemetry {
  if (given === false) return NO_TELEMETRY;
  let recorder = given === undefined ? undefined : createRecorder(given);
  let isReady = given !== undefined;
  const ready =
    given === undefined
      ? loadApi().then((api) => {
          recorder = api && createRecorder(api);
          isReady = true;
        })
      : Promise.resolve();
  return {
    ready,
    get isReady() {
      return isReady;
    },
    startCheck: () => recorder?.startCheck() ?? NO_RECORD,
    countRefusal: (error) => recorder?.countRefusal(error),
    refused: (error) => recorder?.refused(error),
  };
}

async function loadApi(): Promise<TelemetryApi | undefined> {
  try {
    return await import('@opentelemetry/api');
  } catch {
    return undefined;
  }
}

type Recorder = Omit<Telemetry, 'ready' | 'isReady'>;

function createRecorder(api: TelemetryApi): Recorder {
  const instruments = createInstruments(api);
  const startCheck = createCheckRecorder(api, instruments);
  return {
    startCheck,
    countRefusal: ({ code }) => {
      if (isHeard(api)) attempt(() => instruments().refusals.add(1, { 'error.type': code }));
    },
    refused: ({ code }) => {
      if (!isHeard(api)) return;
      attempt(() => {
        const span = api.trace.getTracer(SCOPE).startSpan(REFUSAL_SPAN);
        span.setAttributes({ 'error.type': code });
        span.end();
      });
    },
  };
}

function createCheckRecorder(
  api: TelemetryApi,
  instruments: ReturnType<typeof createInstruments>,
): () => CheckRecord {
  return () => {
    if (!isHeard(api)) return NO_RECORD;
    const started = performance.now();
    const span = attempt(() => api.trace.getTracer(SCOPE).startSpan(SPAN));
    let last: TelemetryAttributes = {};
    return {
      decided: (decision) => {
        last = attributesOf(decision);
        attempt(() => instruments().decisions.add(1, last));
      },
      failed: (error) => {
        const type = error instanceof AuthzError ? error.code : 'ERR_INTERNAL';
        last = { ...last, 'error.type': type };
      },
      end: () => {
        const seconds = (performance.now() - started) / 1000;
        attempt(() => instruments().duration.record(seconds, last));
        attempt(() => span?.setAttributes(last));
        attempt(() => span?.end());
      },
    };
  };
}

/**
 * Whether a provider is registered: without one the API drops what it is told, and it would be
 * worked out for nothing.
 */
function isHeard({ trace, metrics }: TelemetryApi): boolean {
  const provider: TracerProviderProxy | undefined = attempt(() => trace.getTracerProvider?.());
  const tracers = attempt(() => provider?.getDelegate?.()) ?? provider;
  return !(isNoop(tracers) && isNoop(attempt(() => metrics.getMeterProvider())));
}

/** What the API gives for a tracer provider stands for one that may be registered later. */
interface TracerProviderProxy {
  getDelegate?(): object;
}

/** In a build that renames classes all providers count as registered. */
function isNoop(provider: object | undefined): boolean {
  return provider?.constructor.name.startsWith('Noop') === true;
}

/**
 * Instruments of the provider in force. One that is registered late takes over: instruments do not
 * move by themselves.
 */
function createInstruments({ metrics }: TelemetryApi) {
  const make = (provider: TelemetryMeterProvider) => {
    const meter = provider.getMeter(SCOPE);
    return {
      provider,
      decisions: meter.createCounter('feast_permissions.decisions', {
        description: 'Decisions on one resource each',
        unit: '{decision}',
      }),
      refusals: meter.createCounter('feast_permissions.refusals', {
        description: 'Requests that were refused before anything was decided on',
        unit: '{request}',
      }),
      duration: meter.createHistogram('feast_permissions.check.duration', {
        description: 'What checking a request took',
        unit: 's',
        advice: { explicitBucketBoundaries: [...DURATIONS] },
      }),
    };
  };
  let current: ReturnType<typeof make> | undefined;
  return (): ReturnType<typeof make> => {
    const provider = metrics.getMeterProvider();
    if (current?.provider !== provider) current = make(provider);
    return current;
  };
}

/** All of them come from small sets: what a caller makes up cannot multiply the series. */
function attributesOf({ allowed, reason, actions, resource }: Decision): TelemetryAttributes {
  return {
    'feast_permissions.decision': allowed ? 'allowed' : 'denied',
    'feast_permissions.reason': reason,
    'feast_permissions.action': actions.join(','),
    'feast_permissions.resource_type': resource.type,
  };
}
