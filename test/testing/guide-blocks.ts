/** The fenced blocks of a page in one language, without those that are included from files. */
export function blocksOf(page: string, language: string): readonly string[] {
  const own = page.replace(/^<!-- (\S+) -->\n[\s\S]*?^<!-- \/\1 -->$/gm, '');
  const blocks = own.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return Array.from(blocks, ([, text = '']) => text);
}
