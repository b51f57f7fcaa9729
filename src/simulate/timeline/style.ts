/** Running tasks of a service's first, second and third spec have colours of their own. */
export const SPEC_COLOURS = 3;

const LIGHT = `
--bg:#ffffff;--card:#f6f8fa;--fg:#1b1f24;--muted:#57606a;--grid:#d8dee4;--line:#8c959f;
--v1:#1a7f37;--v2:#0b63c4;--v3:#7a3fc4;--on:#ffffff;--wait:#9a6700;--wait-fill:#fff8e1;
--start:#bf8700;--start-fill:#fbe9b5;--stop:#6e7781;--stop-fill:#e3e7eb;--bad:#b62324;
--bad-fill:#ffe5e3;--good:#1a7f37;--good-fill:#dcf5e3;--area:#8fd3a4;--band:#f6f8fa;`;

const DARK = `
--bg:#0d1117;--card:#161b22;--fg:#e6edf3;--muted:#9aa4b0;--grid:#2c333b;--line:#7d8590;
--v1:#3fb950;--v2:#58a6ff;--v3:#bc8cff;--on:#04110a;--wait:#e3b341;--wait-fill:#2a2210;
--start:#e3b341;--start-fill:#4a3b12;--stop:#9aa4b0;--stop-fill:#2b323a;--bad:#ff7b72;
--bad-fill:#3d1513;--good:#3fb950;--good-fill:#12301c;--area:#25693a;--band:#12171e;`;

/** Colours of both schemes; the reader's system chooses. Text stands out by 4.5 to 1 in each. */
export const COLOUR_RULES = `:root,svg{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root,svg{${DARK}}}`.replaceAll(';\n', ';');

/** How the parts of the drawing look. */
export const DRAWING_RULES = `
.tl text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--fg)}
.tl .m{fill:var(--muted)} .tl .s{font-size:10px} .tl .b{font-weight:600} .tl .h{font-size:13px;font-weight:600}
.tl .t{font-size:18px;font-weight:700} .tl .good{fill:var(--good)} .tl .bad{fill:var(--bad)}
.tl .bg{fill:var(--bg)} .tl .band{fill:var(--band)} .tl .grid{stroke:var(--grid)} .tl .gap{fill:url(#gap)}
.tl .event{stroke:var(--fg);stroke-dasharray:2 3} .tl .flag{fill:var(--card);stroke:var(--line)}
.tl .r1{fill:var(--v1)} .tl .r2{fill:var(--v2)} .tl .r3{fill:var(--v3)} .tl .on{fill:var(--on);font-size:9.5px}
.tl .waiting{fill:var(--wait-fill);stroke:var(--wait);stroke-dasharray:2 2} .tl .starting{fill:url(#starting);stroke:var(--start)}
.tl .stopping{fill:url(#stopping);stroke:var(--stop)} .tl .lost{fill:var(--bad-fill);stroke:var(--bad);stroke-dasharray:4 2}
.tl .cross{stroke:var(--bad);stroke-width:2.2;stroke-linecap:round;fill:none} .tl .tick{stroke:var(--good);stroke-width:2.2;stroke-linecap:round;fill:none}
.tl .halt{fill:var(--stop)} .tl .ring{fill:none;stroke:var(--bad);stroke-width:1.8}
.tl .area{fill:var(--area);opacity:.75} .tl .edge{fill:none;stroke:var(--good);stroke-width:1.5}
.tl .wanted{fill:none;stroke:var(--muted);stroke-dasharray:4 3} .tl .least{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:7 3}
.tl .ok{fill:var(--good-fill);stroke:var(--good)} .tl .notyet{fill:url(#starting);stroke:var(--start)}
.tl .ready{fill:var(--good-fill);stroke:var(--good)} .tl .aside{fill:var(--start-fill);stroke:var(--start)} .tl .gone{fill:var(--bad-fill);stroke:var(--bad);stroke-dasharray:4 2}
.tl .p0{fill:var(--bg)} .tl .p1{stroke:var(--grid);stroke-width:3} .tl .ps{fill:var(--start-fill)} .tl .pl{stroke:var(--start);stroke-width:2}
.tl .qs{fill:var(--stop-fill)} .tl .ql{stroke:var(--stop);stroke-width:2}`;

/** Stripes: what is under way is told by more than its colour. */
export const PATTERNS = `<defs>
<pattern id="starting" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="ps" width="6" height="6"/><line class="pl" x1="0" y1="0" x2="0" y2="6"/></pattern>
<pattern id="stopping" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="qs" width="6" height="6"/><line class="ql" x1="0" y1="0" x2="0" y2="6"/></pattern>
<pattern id="gap" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(30)"><rect class="p0" width="7" height="7"/><line class="p1" x1="0" y1="0" x2="0" y2="7"/></pattern>
</defs>`;
