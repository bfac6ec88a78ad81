import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A running browser, as far as it is needed: its own types need those of a browser. */
export interface Browser {
  newPage(options: {
    readonly colorScheme: 'light' | 'dark';
    readonly viewport: { readonly width: number; readonly height: number };
  }): Promise<Page>;
  close(): Promise<void>;
}

/** Elements of a page that a selector finds. */
export interface Locator {
  all(): Promise<readonly Locator[]>;
  count(): Promise<number>;
  click(): Promise<void>;
  first(): Locator;
  isHidden(): Promise<boolean>;
}

/** A page of a browser. */
export interface Page {
  readonly keyboard: { press(key: string): Promise<void> };
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): unknown;
  on(event: 'pageerror', listener: (error: Error) => void): unknown;
  on(
    event: 'request',
    listener: (request: { url(): string; resourceType(): string }) => void,
  ): unknown;
  goto(address: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
  locator(selector: string): Locator;
  textContent(selector: string): Promise<string | null>;
  getAttribute(selector: string, name: string): Promise<string | null>;
  title(): Promise<string>;
  focus(selector: string): Promise<void>;
  fill(selector: string, text: string): Promise<void>;
  check(selector: string): Promise<void>;
  uncheck(selector: string): Promise<void>;
  selectOption(selector: string, option: { readonly label: string }): Promise<unknown>;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core') as {
  readonly chromium: {
    launch(options: {
      readonly executablePath: string;
      readonly args: readonly string[];
    }): Promise<Browser>;
  };
};

/** Starts the Chromium that `scripts/e2e/prepare.sh` installs. */
export async function startChromium(): Promise<Browser> {
  // Tests may run as root, where its sandbox does not work. They open pages of their own only.
  return await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
}

/** What a page did beside showing itself. */
export interface PageLog {
  /** Errors and warnings of the console, and errors that nothing caught. */
  readonly problems: readonly string[];
  /** Addresses that it asked for, without its own. */
  readonly requests: readonly string[];
}

/** Gathers what a page reports. Call it before the page opens. */
export function watchPage(page: Page): PageLog {
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (request.resourceType() !== 'document') requests.push(request.url());
  });
  return { problems, requests };
}

/** The defects that axe finds in a page and rates serious or critical. */
export async function seriousDefects(page: Page): Promise<readonly string[]> {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const violations = (await page.evaluate('axe.run()')) as {
    readonly violations: readonly {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  };
  return violations.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
