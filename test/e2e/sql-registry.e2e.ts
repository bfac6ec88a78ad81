import { afterAll } from 'vitest';
import { openRegistry } from '../../src/registry/index.js';
import { describeRegistrySource } from '../registry/support/source-contract.js';
import {
  type SqlServer,
  startMariaDbServer,
  startPostgresqlServer,
  tablesOf,
  writeRegistry,
} from './support/sql-places.js';

const servers: readonly SqlServer[] = await Promise.all([
  startPostgresqlServer(),
  startMariaDbServer(),
]);
afterAll(async () => {
  await Promise.all(servers.map(({ stop }) => stop()));
});

for (const server of servers) {
  describeRegistrySource(server.product, async () => {
    await server.create('contract');
    await server.run('contract', ...tablesOf(server));
    return {
      open: () => openRegistry({ type: 'sql', url: server.url('contract') }),
      write: async (bytes) => {
        await server.lockOut(false);
        await writeRegistry(server, 'contract', bytes);
      },
      breakDown: () => server.lockOut(true),
      close: async () => {},
      secret: server.password,
    };
  });
}
