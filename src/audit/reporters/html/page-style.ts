/** The style of the report page. Colours meet the contrast of WCAG 2.2 AA in both schemes. */
export const PAGE_STYLE = `
:root {
  --text: #1c2330; --soft: #505a6b; --page: #ffffff; --panel: #f4f6f9; --line: #d3d9e2;
  --accent: #1f5fbf; --error: #b3261e; --warning: #8a5300; --note: #505a6b; --good: #1b6e3c;
  --heat1: #dbe8fa; --heat2: #b3d0f5; --heat3: #7fb0ee; --heat4: #1f5fbf; --heat-text: #10203a;
  --heat4-text: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e7ebf2; --soft: #a9b4c4; --page: #12161d; --panel: #1b212b; --line: #364050;
    --accent: #8ab8ff; --error: #ff9d94; --warning: #f2bd63; --note: #a9b4c4; --good: #7fd6a1;
    --heat1: #1d2f4a; --heat2: #244a7d; --heat3: #2e63ad; --heat4: #8ab8ff; --heat-text: #f2f6fc;
    --heat4-text: #0b1626;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; color: var(--text); background: var(--page);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header, main, footer { max-width: 1280px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 24px; }
main { overflow-wrap: anywhere; }
h1 { font-size: 24px; margin: 0; }
h2 { font-size: 19px; margin: 0 0 12px; }
h3 { font-size: 16px; margin: 0 0 8px; }
header p, footer { color: var(--soft); margin: 4px 0 0; overflow-wrap: anywhere; }
footer { padding-bottom: 32px; }
section { margin: 28px 0; }
a { color: var(--accent); }
nav a { display: inline-block; margin: 12px 16px 0 0; padding: 2px 0; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 20px; top: 8px; background: var(--page); padding: 4px 8px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; padding: 0; margin: 16px 0 0; list-style: none; }
.tiles li {
  flex: 1 1 130px; padding: 10px 14px; background: var(--panel); border: 1px solid var(--line);
  border-radius: 8px; color: var(--soft);
}
.tiles strong { display: block; font-size: 22px; line-height: 1.3; color: var(--text); }
.tiles .error strong { color: var(--error); }
.tiles .warning strong { color: var(--warning); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; min-width: 620px; overflow-wrap: normal; }
td.name { max-width: 360px; overflow-wrap: anywhere; min-width: 150px; }
th { white-space: nowrap; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 120px; height: 12px; vertical-align: middle; }
.controls { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: end; margin: 0 0 12px; }
.controls label { display: grid; gap: 2px; font-size: 13px; color: var(--soft); grid-template-columns: minmax(0, auto); max-width: 100%; }
.controls select { max-width: min(100%, 300px); }
.controls label.check { display: flex; gap: 6px; align-items: center; min-height: 34px; }
input[type="search"], select, button {
  font: inherit; color: var(--text); background: var(--page); border: 1px solid var(--soft);
  border-radius: 6px; padding: 4px 8px; min-height: 34px; max-width: 100%;
}
input[type="search"] { width: 230px; }
button { cursor: pointer; background: var(--panel); }
.count { color: var(--soft); margin: 0 0 8px; }
details {
  border: 1px solid var(--line); border-radius: 8px; margin: 0 0 10px; background: var(--panel);
}
summary { padding: 10px 14px; cursor: pointer; overflow-wrap: anywhere; }
details > div { padding: 0 14px 12px; }
.level { font-weight: 600; }
.level.error { color: var(--error); }
.level.warning { color: var(--warning); }
.level.note { color: var(--note); }
.level.good { color: var(--good); }
.soft { color: var(--soft); }
code, pre { font: 13px/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
pre { overflow-x: auto; padding: 8px; background: var(--page); border: 1px solid var(--line); }
.list { padding-left: 20px; margin: 8px 0; }
.list li { overflow-wrap: anywhere; margin: 0 0 6px; }
.list .soft { font-size: 13px; }
.name { unicode-bidi: isolate; }
.legend { display: flex; flex-wrap: wrap; gap: 6px 14px; margin: 0 0 10px; font-size: 13px; }
.legend span::before {
  content: ""; display: inline-block; width: 14px; height: 14px; margin-right: 5px;
  vertical-align: -2px; border: 1px solid var(--line);
}
.legend .h1::before { background: var(--heat1); }
.legend .h2::before { background: var(--heat2); }
.legend .h3::before { background: var(--heat3); }
.legend .h4::before { background: var(--heat4); }
#grid {
  position: relative; overflow: auto; height: min(70vh, 620px); border: 1px solid var(--line);
  border-radius: 8px; background: var(--page); contain: strict;
}
#grid .row { position: absolute; left: 0; height: 28px; display: block; }
#grid .head { position: sticky; top: 0; z-index: 3; height: 112px; background: var(--panel); }
#grid .cell, #grid .column {
  position: absolute; top: 0; width: 34px; height: 27px; line-height: 27px; text-align: center;
  font-size: 12px; font-variant-numeric: tabular-nums; cursor: pointer;
}
#grid .column {
  height: 108px; line-height: 34px; writing-mode: vertical-rl; transform: rotate(180deg);
  overflow: hidden; white-space: nowrap; text-overflow: ellipsis; text-align: left; cursor: default;
}
#grid .title {
  position: sticky; left: 0; z-index: 2; display: block; width: var(--title, 300px); height: 28px;
  line-height: 28px; padding: 0 8px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
  background: var(--page); border-right: 1px solid var(--line); border-bottom: 1px solid var(--line);
  font-size: 13px;
}
#grid .head .title { background: var(--panel); height: 112px; line-height: 1.4; padding-top: 84px; }
#grid .title.unsecured { box-shadow: inset 4px 0 var(--warning); }
.h1 { background: var(--heat1); color: var(--heat-text); }
.h2 { background: var(--heat2); color: var(--heat-text); }
.h3 { background: var(--heat3); color: var(--heat-text); }
.h4 { background: var(--heat4); color: var(--heat4-text); }
.legend .h1, .legend .h2, .legend .h3, .legend .h4 { background: none; color: inherit; }
#grid .active { outline: 2px solid var(--accent); outline-offset: -2px; z-index: 1; }
#panel {
  margin-top: 14px; padding: 14px; background: var(--panel); border: 1px solid var(--line);
  border-radius: 8px; overflow-wrap: anywhere;
}
#panel[hidden] { display: none; }
@media (max-width: 640px) {
  header, main, footer { padding-left: 12px; padding-right: 12px; }
  #grid { --title: 150px; }
  .controls label, input[type="search"], select { width: 100%; }
  .controls select { max-width: 100%; }
  .controls label.check { width: auto; }
}
@media (prefers-contrast: more) { :root { --line: var(--soft); } }
@media print { #grid, .controls, nav { display: none; } }
`;
