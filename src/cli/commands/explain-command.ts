import { neutralize, safeJson } from '../../audit/index.js';
import type { Snapshot } from '../../engine/index.js';
import { didYouMean } from '../../foundation/did-you-mean.js';
import { type FeastVocabulary, quote, type ResourceOf } from '../../model/index.js';
import {
  type Command,
  FORMAT,
  HELP,
  NO_COLOR,
  PATH_NOTE,
  PROJECT,
  UsageError,
} from '../command.js';
import { writeAll } from '../command-io.js';
import { explainDecision } from '../explain-decision.js';
import { explanationText } from '../explanation-text.js';
import { openStore, printWarnings } from '../open-store.js';
import { withProgress } from '../progress.js';
import { readUser } from '../read-user.js';
import { resolveActions, resolveType } from '../resolve-names.js';
import { textLayout } from '../text-layout.js';

/** Names that are compared with one that is not registered. */
const MAX_COMPARED = 20_000;
const MAX_LISTED = 5;

/** `explain`: one decision, with all that is behind it. */
export const explainCommand: Command = {
  name: 'explain',
  summary: 'Decide whether a user may do something to a resource, and say why',
  usage: '--user USER --action ACTION --resource TYPE:NAME [OPTIONS] [PATH]',
  options: [
    {
      name: 'user',
      value: 'USER',
      required: true,
      help: 'JSON with username, roles, groups and namespaces, a file with it, or anonymous',
    },
    {
      name: 'action',
      value: 'ACTION',
      multiple: true,
      required: true,
      help: 'An action or an alias such as READ; repeat it for actions that are asked for together',
    },
    {
      name: 'resource',
      value: 'TYPE:NAME',
      required: true,
      help: 'The resource, for example FeatureView:driver_stats',
    },
    FORMAT,
    PROJECT,
    NO_COLOR,
    HELP,
  ],
  exitCodes: {
    0: 'allowed',
    1: 'refused',
    2: 'the command line or the feature store cannot be understood',
  },
  notes: [
    PATH_NOTE,
    '',
    'Example:',
    '  feast-permissions explain --action READ --resource FeatureView:driver_stats \\',
    '    --user \'{"username": "ann", "roles": ["data-scientist"]}\'',
  ],
  async run(args, io) {
    const user = await readUser(args.get('user') ?? '');
    const opened = await withProgress(io.stderr, (progress) =>
      openStore(args, io, progress, { enforce: true }),
    );
    const { snapshot, store } = opened;
    const actions = resolveActions(snapshot.vocabulary, args.all('action'));
    const resource = findResource(snapshot, args.get('resource') ?? '');
    const enforced = store.config?.auth.type !== 'no_auth';
    const explained = explainDecision(snapshot, { user, actions, resource }, enforced);
    printWarnings(opened, io);
    if (!explained.resource.registered) {
      io.stderr.write(
        `feast-permissions: warning: ${neutralize(sayUnregistered(snapshot, resource))}\n`,
      );
    }
    const text =
      args.get('format') === 'json'
        ? safeJson(explained, 2)
        : explanationText(explained, snapshot.vocabulary, textLayout(args, io)).join('\n');
    await writeAll(io.stdout, `${text}\n`);
    return explained.allowed ? 0 : 1;
  },
};

function findResource(
  { vocabulary, projects }: Snapshot<FeastVocabulary>,
  written: string,
): ResourceOf<FeastVocabulary> {
  const colon = written.indexOf(':');
  if (colon <= 0 || colon === written.length - 1) {
    throw new UsageError(`${quote(written)} is no resource: write \`TYPE:NAME\``);
  }
  const project = projects.get(undefined)?.name;
  if (!projects.has(undefined)) {
    const known = [...projects.keys()].slice(0, MAX_LISTED).map((name) => quote(String(name)));
    throw new UsageError(
      `there are ${projects.size} projects: name one with \`--project\`, such as ${known.join(', ')}`,
    );
  }
  const type = resolveType(
    vocabulary,
    written.slice(0, colon),
  ) as ResourceOf<FeastVocabulary>['type'];
  return { type, name: written.slice(colon + 1), project };
}

/** A misspelt name is the most likely reason why a resource is not in the registry. */
function sayUnregistered(
  { projects }: Snapshot<FeastVocabulary>,
  { type, name, project }: ResourceOf<FeastVocabulary>,
): string {
  const known = projects.get(project)?.registered.get(type)?.keys() ?? [];
  const compared = Array.from(known).slice(0, MAX_COMPARED);
  return `${type} ${quote(name)} is not in the registry, so its tags are not known${didYouMean(name, compared)}`;
}
