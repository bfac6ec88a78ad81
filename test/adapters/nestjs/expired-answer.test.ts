import { StreamableFile } from '@nestjs/common';
import { Requires } from '../../../src/adapters/nestjs/index.js';
import { viewNamed } from '../support/case-resources.js';
import { runStreamCases } from '../support/stream-suite.js';
import { asController, decorate, onRoute, serveApp } from './nest-app.js';

runStreamCases({
  name: 'nestjs',
  start: async ({ gate, streams, openBody }) => {
    class StreamController {
      view(): StreamableFile {
        return new StreamableFile(openBody());
      }
    }
    const oneView = Requires('READ_ONLINE', ({ params }) => viewNamed(params));
    decorate(StreamController, 'view', onRoute('GET', '/views/:name'), oneView);
    return await serveApp(gate, [asController(StreamController)], streams);
  },
});
