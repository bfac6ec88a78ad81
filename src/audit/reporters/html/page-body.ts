/** The parts of the report page that are the same in every report. */
export const PAGE_BODY = `<a class="skip" href="#findings">Skip to the findings</a>
<header>
<h1>Audit of permissions</h1>
<p id="about"></p>
<ul class="tiles" id="tiles"></ul>
<nav aria-label="Sections"><a href="#coverage">Coverage</a><a href="#findings">Findings</a><a href="#access">Access</a></nav>
</header>
<main>
<noscript><p>This report shows its data with a script. Allow scripts to read it.</p></noscript>
<section id="coverage" aria-labelledby="coverage-title">
<h2 id="coverage-title">Coverage by project and type</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="coverage-title">
<table><thead><tr><th scope="col">Project</th><th scope="col">Type</th><th scope="col" class="number">Resources</th><th scope="col" class="number">Secured</th><th scope="col" class="number">Unsecured</th><th scope="col">Covered</th></tr></thead><tbody id="coverage-rows"></tbody></table>
</div>
<button type="button" id="coverage-more" hidden>Show all</button>
</section>
<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
<form class="controls" id="finding-filter" role="search" aria-label="Findings">
<label>Search findings<input type="search" id="finding-search" autocomplete="off"></label>
<label>Rule<select id="finding-rule"><option value="">All rules</option></select></label>
<label class="check"><input type="checkbox" id="level-error" checked>Errors</label>
<label class="check"><input type="checkbox" id="level-warning" checked>Warnings</label>
<label class="check"><input type="checkbox" id="level-note" checked>Notes</label>
</form>
<p class="count" id="finding-count" role="status"></p>
<div id="finding-list"></div>
<div id="accepted-list"></div>
</section>
<section id="access" aria-labelledby="access-title">
<h2 id="access-title">Who may do what</h2>
<form class="controls" id="access-filter" role="search" aria-label="Access">
<label>Search resources<input type="search" id="access-search" autocomplete="off"></label>
<label>Type<select id="access-type"><option value="">All types</option></select></label>
<label>Project<select id="access-project"><option value="">All projects</option></select></label>
<label>Search roles, groups and namespaces<input type="search" id="access-principal" autocomplete="off"></label>
<label>Action<select id="access-action"><option value="">All actions</option></select></label>
<label class="check"><input type="checkbox" id="access-unsecured">Unsecured only</label>
</form>
<p class="count" id="access-count" role="status"></p>
<p class="legend"><span class="h1">1 action</span><span class="h2">up to half</span><span class="h3">more than half</span><span class="h4">all actions</span></p>
<p class="soft" id="grid-help">A cell shows how many actions a role, group or namespace alone allows. Arrow keys move, Enter shows who can act on the resource.</p>
<div id="grid" role="grid" tabindex="0" aria-labelledby="access-title" aria-describedby="grid-help"></div>
<div id="panel" role="region" aria-label="Who can" tabindex="-1" hidden></div>
</section>
</main>
<footer id="footer"></footer>
`;
