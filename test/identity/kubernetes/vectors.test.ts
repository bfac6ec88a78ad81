import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createKubernetesAuthenticator,
  createTokenReviewer,
} from '../../../src/identity/kubernetes/kubernetes-authenticator.js';
import { readDivergences, readVectors } from '../../support/conformance.js';
import {
  type FakeApiServer,
  list,
  RBAC,
  REVIEWS,
  raw,
  review,
  startFakeApiServer,
} from './fake-server.js';

interface Binding {
  readonly name: string;
  readonly namespace: string | null;
  readonly role: string;
  readonly kind?: string;
  readonly subjects: readonly (readonly [string, string, string | null])[] | null;
  readonly labels?: Readonly<Record<string, string>>;
}

interface World {
  readonly roleBindings: readonly Binding[];
  readonly clusterRoleBindings: readonly Binding[];
  readonly clusterRoles: Readonly<
    Record<
      string,
      readonly {
        readonly resources: readonly string[];
        readonly verbs: readonly string[];
        readonly resource_names: readonly string[] | null;
      }[]
    >
  >;
}

interface Answer {
  readonly user?: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

interface Row {
  readonly id: string;
  readonly parser: string;
  readonly note: string;
  readonly token: string;
  readonly result: Answer;
  readonly k8s?: {
    readonly tokenReview: {
      readonly authenticated: boolean;
      readonly username?: string;
      readonly groups?: readonly string[];
      readonly error?: string;
    } | null;
  };
}

const [header, ...rows] = readVectors<Row & { readonly k8sWorld: World }>('tokens.jsonl.gz');
const world = (header as { readonly k8sWorld: World }).k8sWorld;
const divergences = readDivergences<Answer>('kubernetes_tokens');

function toManifest({ name, namespace, role, kind = 'Role', subjects, labels }: Binding): unknown {
  return {
    metadata: { name, namespace, labels },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role },
    subjects: subjects?.map(([of, who, where]) => ({
      kind: of,
      name: who,
      ...(where === null ? {} : { namespace: where }),
    })),
  };
}

function answerWith(
  server: FakeApiServer,
  { roleBindings, clusterRoleBindings, clusterRoles }: World,
) {
  server.answer(`${RBAC}/rolebindings`, () => list(roleBindings.map(toManifest)));
  for (const namespace of new Set(roleBindings.flatMap(({ namespace }) => namespace ?? []))) {
    const inside = roleBindings.filter((binding) => binding.namespace === namespace);
    server.answer(`${RBAC}/namespaces/${namespace}/rolebindings`, () =>
      list(inside.map(toManifest)),
    );
  }
  server.answer(`${RBAC}/clusterrolebindings`, () => list(clusterRoleBindings.map(toManifest)));
  const roles = Object.entries(clusterRoles).map(([name, rules]) => ({
    metadata: { name },
    rules: rules.map(({ resource_names, ...rule }) => ({ ...rule, resourceNames: resource_names })),
  }));
  server.answer(`${RBAC}/clusterroles`, () => list(roles));
}

describe('the answers of Feast 0.66.0', () => {
  let server: FakeApiServer;
  beforeAll(async () => {
    server = await startFakeApiServer();
    answerWith(server, world);
  });
  afterAll(() => server.stop());

  async function ask({ parser, token, k8s }: Row): Promise<Answer> {
    const status = k8s?.tokenReview;
    server.answer(
      REVIEWS,
      status
        ? ({ body }) => {
            expect(JSON.parse(body)).toMatchObject({ kind: 'TokenReview', spec: { token } });
            const { authenticated, error, username, groups } = status;
            return review({ authenticated, error, user: { username, groups } });
          }
        : raw(500, 'connection refused'),
    );
    // What Feast reads; by default less is believed.
    const reviewed = { kubeConfig: server.config, opaqueTokens: true };
    const options = { ...reviewed, namespaces: 'all', namespaceGroups: true } as const;
    const authenticate =
      parser === 'kubernetes'
        ? () => createKubernetesAuthenticator(options).authenticate({ token })
        : () => createTokenReviewer(reviewed)(token);
    return authenticate().then(
      (user) => ({ user: { ...user } }),
      (error: { readonly code: string }) => ({ error: error.code }),
    );
  }

  const reviewed = rows.filter((row) => row.k8s !== undefined);
  test('there are rows, and every divergence is one of them', () => {
    expect(reviewed.length).toBeGreaterThan(5);
    const ids = new Set(reviewed.map(({ id }) => id));
    for (const id of divergences.keys()) expect(ids).toContain(id);
  });

  test.each(reviewed.map((row) => [row.id, row.note, row] as const))(
    '%s: %s',
    async (id, _, row) => {
      const divergence = divergences.get(id);
      const ours = await ask(row);
      // Feast has one error for everything: which of ours is meant is said by the tests of
      // failures.
      const same =
        row.result.error === undefined ? row.result : { error: expect.stringContaining('ERR_') };
      if (divergence === undefined) {
        expect(ours).toEqual(same);
      } else {
        expect(ours).toEqual(divergence.ours);
        expect(ours).not.toEqual(same);
      }
    },
  );
});
