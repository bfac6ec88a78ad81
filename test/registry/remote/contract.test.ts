import { openRegistry } from '../../../src/registry/index.js';
import { describeRegistrySource } from '../support/source-contract.js';
import { startFakeRegistry } from './support/fake-registry-server.js';
import { serveRegistry } from './support/serve-registry.js';

describeRegistrySource(
  'a registry server',
  async () => {
    const server = await startFakeRegistry();
    return {
      open: () => openRegistry({ type: 'remote', url: `127.0.0.1:${server.port}` }, { env: {} }),
      write: async (bytes) => {
        server.state.failures.clear();
        serveRegistry(server.state, bytes);
      },
      breakDown: async () => {
        server.state.failures.set('ListProjects', {
          code: 2,
          details: 'Error in service handler!',
        });
      },
      close: async () => server.stop(),
    };
  },
  { hasVersions: false },
);
