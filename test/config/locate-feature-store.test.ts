import { describe, expect, it } from 'vitest';
import { locateFeatureStore } from '../../src/config/index.js';
import { ConfigInvalidError } from '../../src/model/errors.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('locateFeatureStore', () => {
  it('takes the first variable that is set', () => {
    const env: Record<string, string> = {};
    const steps: readonly (readonly [string, string, unknown])[] = [
      [
        'TMP_FEATURE_STORE_YAML_BASE64',
        base64('project: a'),
        { text: 'project: a', variable: 'TMP_FEATURE_STORE_YAML_BASE64' },
      ],
      [
        'FEATURE_REPO_DIR_ENV_VAR',
        '/repo',
        { path: '/repo', isConfig: false, variable: 'FEATURE_REPO_DIR_ENV_VAR' },
      ],
      [
        'FEATURE_REPO_DIR',
        '/other',
        { path: '/other', isConfig: false, variable: 'FEATURE_REPO_DIR' },
      ],
      [
        'FEAST_FS_YAML_FILE_PATH',
        '/etc/feast',
        { path: '/etc/feast', isConfig: true, variable: 'FEAST_FS_YAML_FILE_PATH' },
      ],
      [
        'FEATURE_STORE_YAML_BASE64',
        `${base64('project: é').slice(0, 8)}\n${base64('project: é').slice(8)}\n`,
        { text: 'project: é', variable: 'FEATURE_STORE_YAML_BASE64' },
      ],
    ];
    expect(locateFeatureStore(env)).toEqual({ path: '.', isConfig: false });
    for (const [name, value, location] of steps) {
      env[name] = value;
      expect(locateFeatureStore(env)).toEqual(location);
    }
  });

  it('skips empty and inherited variables', () => {
    const env = Object.create({ FEATURE_REPO_DIR: '/inherited' }) as Record<string, string>;
    Object.assign(env, { FEATURE_STORE_YAML_BASE64: '', FEAST_FS_YAML_FILE_PATH: '' });
    expect(locateFeatureStore(env)).toEqual({ path: '.', isConfig: false });
  });

  it.each([
    ['project: p', 'environment variable `FEATURE_STORE_YAML_BASE64` does not hold base64'],
    [Buffer.from([0xff, 0xfe]).toString('base64'), '$FEATURE_STORE_YAML_BASE64: not UTF-8 text'],
    [base64('#'.repeat(1_048_577)), '$FEATURE_STORE_YAML_BASE64: longer than 1048576 bytes'],
  ])('refuses %.20s', (value, message) => {
    const locate = (): unknown => locateFeatureStore({ FEATURE_STORE_YAML_BASE64: value });
    expect(locate).toThrow(ConfigInvalidError);
    expect(locate).toThrow(message);
  });
});
