/** The look of the inspector: paper and ink, and small flags for what came from where. Nothing of the page reaches in here: its rules for
 * the element itself yield to what is important, and what is inherited ends inside. */
export const STYLE = `
:host {
  all: initial !important;
  position: fixed !important;
  z-index: 2147483647 !important;
  inset: auto 0 0 auto !important;
  pointer-events: none !important;
}
@media print { :host { display: none !important; } }
.inspector {
  all: initial;
  pointer-events: none;
  direction: ltr;
  color-scheme: light dark;
  --paper: light-dark(#faf8f4, #15171c);
  --raised: light-dark(#fff, #1c1f26);
  --ink: light-dark(#1c1f27, #ebe8e1);
  --soft: light-dark(#5a5f6b, #a5aab6);
  --line: light-dark(#dfdacf, #2f333d);
  --edge: light-dark(#827a6b, #7d8290);
  --wash: light-dark(#f1ede4, #22262f);
  --cloth: light-dark(#c8371f, #f0634a);
  --defaults: light-dark(#5a6170, #aab1c0);
  --storage: light-dark(#855600, #e2b04a);
  --network: light-dark(#0b6a5c, #5fc9b4);
  --override: light-dark(#7a3b8f, #cf98e0);
  --bad: light-dark(#a92a15, #ff9280);
  --shadow: 0 0 0 1px var(--line), 0 6px 28px rgb(0 0 0 / 25%);
  --mono: 12px/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font: 13px/1.5 system-ui, sans-serif;
  color: var(--ink);
}
*, ::before, ::after { box-sizing: border-box; margin: 0; padding: 0; font: inherit; color: inherit; }
[hidden] { display: none !important; }
ol, ul { list-style: none; }
h3, h4 { font-weight: 600; margin: 18px 0 6px; }
code, pre, .name, .value { font: var(--mono); overflow-wrap: anywhere; unicode-bidi: isolate; }
pre { white-space: pre-wrap; max-height: 190px; overflow: auto; }
i { color: var(--soft); font-style: italic; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 1px; border-radius: 3px; }
.soft { color: var(--soft); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button, select, input:not([type="checkbox"], [type="radio"]), textarea {
  min-height: 30px; padding: 3px 10px; background: var(--raised); border: 1px solid var(--edge); border-radius: 5px;
}
input, textarea { min-width: 0; }
input::placeholder { color: var(--soft); opacity: 1; }
select { padding-inline: 6px 4px; }
textarea { display: block; width: 100%; resize: vertical; font: var(--mono); padding: 6px 8px; }
button { cursor: pointer; }
button:hover { background: var(--wash); }
.main { background: var(--ink); border-color: var(--ink); color: var(--paper); }
.main:hover { background: var(--soft); }
.quiet { min-height: 24px; padding: 0 8px; border-color: var(--line); font-size: 12px; }
.line { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
.line input { flex: 1 1 220px; max-width: 420px; font: var(--mono); }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
.buttons:empty, .complaint:empty { display: none; }
svg { display: block; width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.cloth { fill: var(--cloth); stroke: none; }
.pole { stroke: var(--edge); }
.area { fill: currentColor; stroke: none; opacity: .45; }

/* Small flags. */
.tag {
  --colour: var(--defaults);
  justify-self: start;
  padding: 1px 13px 1px 7px;
  background: color-mix(in srgb, var(--colour) 13%, var(--paper));
  color: var(--colour);
  clip-path: polygon(0 0, 100% 0, calc(100% - 7px) 50%, 100% 100%, 0 100%);
  font-size: 11px; font-weight: 600; line-height: 17px; white-space: nowrap;
}
[data-kind="storage"], [data-kind="transient"], [data-kind="guard"] { --colour: var(--storage); }
[data-kind="network"], [data-kind="persistent"], [data-kind="page"], [data-kind="tab"], [data-kind="stream"] { --colour: var(--network); }
[data-kind="override"], [data-kind="user"] { --colour: var(--override); }
[data-kind="error"] { --colour: var(--bad); }

/* The button in the corner. What is around it is the page's. */
.badge, .panel { pointer-events: auto; }
.badge {
  display: flex; align-items: center; gap: 7px; margin: 12px; min-height: 34px; padding: 0 12px 0 10px;
  background: var(--paper); border: 1px solid var(--edge); border-radius: 17px; box-shadow: var(--shadow); font-weight: 600;
}
.badge svg { width: 18px; height: 18px; }
.badge[data-loud] { background: var(--override); border-color: var(--override); color: var(--paper); }
.badge[data-loud] .cloth { fill: currentColor; }
.badge[data-loud] .pole { stroke: currentColor; }

/* The panel. */
.panel {
  position: fixed; display: grid; grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
  background: var(--paper); box-shadow: var(--shadow); container: panel / inline-size;
}
.panel[data-dock="bottom"] { inset: auto 0 0 0; height: min(var(--bottom, 400px), 92vh); }
.panel[data-dock="right"] { inset: 0 0 0 auto; width: min(var(--right, 460px), 96vw); }
.grip { position: absolute; z-index: 2; touch-action: none; }
.grip::after { content: ""; position: absolute; background: var(--edge); border-radius: 2px; opacity: .55; }
[data-dock="bottom"] > .grip { inset: -5px 0 auto 0; height: 11px; cursor: ns-resize; }
[data-dock="bottom"] > .grip::after { width: 36px; height: 3px; left: calc(50% - 18px); top: 7px; }
[data-dock="right"] > .grip { inset: 0 auto 0 -5px; width: 11px; cursor: ew-resize; }
[data-dock="right"] > .grip::after { height: 36px; width: 3px; top: calc(50% - 18px); left: 7px; }
.grip:hover::after, .grip:focus-visible::after { opacity: 1; background: var(--cloth); }
.head { display: flex; align-items: center; gap: 4px 16px; padding: 4px 8px 0 16px; border-bottom: 1px solid var(--line); background: var(--paper); }
.head h2 { display: flex; align-items: center; gap: 6px; font-size: 14px; font-weight: 600; }
.head h2 svg { width: 20px; height: 20px; }
.tabs { display: flex; gap: 2px; flex: 1; min-width: 0; overflow-x: auto; scrollbar-width: none; }
.tabs button {
  min-height: 40px; padding: 2px 10px 0; background: none; border: 0; border-bottom: 2px solid transparent; border-radius: 0;
  color: var(--soft); white-space: nowrap;
}
.tabs button:hover { color: var(--ink); }
.tabs button:focus-visible { outline-offset: -3px; }
.tabs [aria-selected="true"] { color: var(--ink); font-weight: 600; border-bottom-color: var(--cloth); }
.stand { display: flex; align-items: center; gap: 6px 12px; white-space: nowrap; }
.state::before, .on::before {
  content: ""; display: inline-block; width: 9px; height: 9px; margin-right: 6px; border-radius: 50%;
}
.state::before { background: var(--network); }
.state[data-state="starting"]::before, .state[data-state="refreshing"]::before, .state[data-state="stale"]::before { background: var(--storage); }
.state[data-state="offline"]::before, .state[data-state="error"]::before { background: var(--bad); }
.icons { display: flex; }
.icons button { display: grid; place-items: center; width: 34px; min-height: 34px; padding: 0; background: none; border: 0; }
.icons button:hover { background: var(--wash); }
.foot { padding: 4px 16px; min-height: 28px; border-top: 1px solid var(--line); color: var(--soft); font-size: 12px; line-height: 19px; }
.views { min-height: 0; }
.view { height: 100%; overflow: auto; }
.view[id="guidon-view-flags"] { overflow: hidden; }
.page { padding: 2px 16px 20px; }
.page h3:first-child { margin-top: 12px; }

/* Flags. */
.flags { display: grid; grid-template: minmax(0, 1fr) / minmax(0, 1fr); height: 100%; }
.flags[data-selected] { grid-template-columns: minmax(0, 1fr) 320px; }
.side { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); align-items: start; min-height: 0; }
.bar { display: flex; align-items: center; gap: 8px; padding: 8px 16px; border-bottom: 1px solid var(--line); }
.bar input { flex: 0 1 260px; }
.count { white-space: nowrap; font-variant-numeric: tabular-nums; }
.none, .side > button { margin: 16px; justify-self: start; }
.list { height: 100%; overflow: auto; overflow-anchor: none; }
.list:focus-visible, .view:focus-visible { outline-offset: -2px; }
.space { position: relative; }
.row {
  position: absolute; inset: 0 0 auto 0; height: 36px; padding: 0 16px 0 13px; border-left: 3px solid transparent;
  border-bottom: 1px solid var(--line); display: grid; grid-template-columns: minmax(0, 1.1fr) minmax(0, 1.4fr) 44px 92px;
  gap: 12px; align-items: center; cursor: default;
}
.row > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row .name { font-weight: 600; }
.row .name[data-empty], [data-type="none"] { font-style: italic; color: var(--soft); }
.row .value { color: var(--soft); }
.row:hover { background: var(--wash); }
.row[aria-selected="true"] { background: color-mix(in srgb, var(--ink) 9%, var(--paper)); }
.row[data-overridden] { border-left-color: var(--override); }
.on { color: var(--soft); }
.on::before { border: 2px solid var(--edge); }
.on[data-on] { color: var(--ink); }
.on[data-on]::before { background: var(--ink); border-color: var(--ink); }
[data-type="number"], [data-type="boolean"] { color: var(--storage) !important; }
.detail { overflow: auto; padding: 12px 16px 20px; border-left: 1px solid var(--line); background: var(--raised); }
.detail h3 { margin: 0 0 8px; font-weight: 700; }
.back { display: none; margin-bottom: 10px; }
dl > div { display: grid; grid-template-columns: 124px minmax(0, 1fr); gap: 8px; padding: 2px 0; }
dt { color: var(--soft); }
dd { overflow-wrap: anywhere; }
.full { display: inline-block; max-width: 100%; vertical-align: top; max-height: 130px; overflow: auto; white-space: pre-wrap; }
.editor:focus { outline: none; }
.editor form { display: grid; gap: 8px; }
.pair { display: flex; justify-content: space-between; align-items: center; }
.place input:not([type="checkbox"]) { width: 100%; font: var(--mono); }
.complaint { color: var(--bad); }
[aria-invalid="true"] { border-color: var(--bad); }
.switch {
  appearance: none; position: relative; flex: none; width: 36px; height: 20px; margin: 0; background: var(--raised);
  border: 2px solid var(--edge); border-radius: 10px; cursor: pointer;
}
.switch::before { content: ""; position: absolute; top: 2px; left: 2px; width: 12px; height: 12px; border-radius: 50%; background: var(--edge); }
.switch:checked { background: var(--ink); border-color: var(--ink); }
.switch:checked::before { background: var(--paper); translate: 16px; }
.past li { display: grid; grid-template-columns: auto auto minmax(0, 1fr); gap: 8px; align-items: baseline; padding: 3px 0; }
time { color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; white-space: nowrap; }

/* Timeline. */
.timeline { padding-top: 6px; }
.timeline > li { display: grid; grid-template-columns: auto 78px minmax(0, 1fr); gap: 12px; align-items: baseline; padding: 5px 0; border-bottom: 1px solid var(--line); }
.timeline p { overflow-wrap: anywhere; }
b { font-weight: 600; }
summary { cursor: pointer; color: var(--soft); width: max-content; }
.changes { padding: 2px 0 4px; }
.changes li { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; }

/* Tables. */
table { width: 100%; border-collapse: collapse; }
th, td { padding: 4px 14px 4px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; overflow-wrap: anywhere; }
th { color: var(--soft); font-size: 12px; }
dd .tag, td .tag { display: inline-block; }
.who { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; margin-bottom: 8px; }
.masked { display: inline-flex; gap: 10px; align-items: baseline; }
.roads { display: flex; flex-wrap: wrap; gap: 2px 20px; margin-top: 12px; border: 0; }
.roads legend { font-weight: 600; margin-bottom: 4px; }
.roads label, .switch-label { display: flex; align-items: center; gap: 6px; min-height: 28px; }
.roads input, .switch { accent-color: var(--ink); }
.outcome[data-bad] { color: var(--bad); }
.took { display: flex; align-items: center; gap: 8px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.bar[aria-hidden] { flex: none; width: 70px; height: 3px; padding: 0; border: 0; background: linear-gradient(var(--network) 0 0) 0 / var(--share) no-repeat, var(--line); }

@container panel (min-width: 980px) {
  .flags[data-selected] { grid-template-columns: minmax(0, 1fr) 560px; }
  .columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 40px; }
  .detail .columns { gap: 0 28px; }
  .editor h4 { margin-top: 0; }
}
@container panel (max-width: 640px) {
  .head { flex-wrap: wrap; padding: 4px 4px 0 12px; }
  .stand { margin-left: auto; }
  .tabs { order: 3; flex-basis: 100%; margin-left: -10px; }
  .flags[data-selected] { grid-template-columns: minmax(0, 1fr); }
  .detail { border: 0; display: none; }
  .flags[data-selected] > .side { display: none; }
  .flags[data-selected] > .detail { display: block; }
  .back { display: inline-block; }
  .row { grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr) 44px; padding-right: 12px; }
  .row .tag { display: none; }
  .bar { padding-inline: 12px; }
  .page { padding-inline: 12px; }
  .timeline > li { grid-template-columns: auto minmax(0, 1fr); gap: 2px 10px; }
  .timeline > li > div { grid-column: 1 / -1; }
  th, td { padding-right: 8px; }
  .bar[aria-hidden] { display: none; }
}
@container panel (max-width: 420px) {
  .count { display: none; }
}
@media (max-width: 640px) {
  .move { display: none !important; }
}
@media (prefers-reduced-motion: no-preference) {
  .switch::before { transition: translate .15s; }
}
@media (forced-colors: active) {
  .row[aria-selected="true"], .badge[data-loud] { outline: 2px solid Highlight; outline-offset: -2px; }
  .panel { border: 1px solid; }
  .tag { clip-path: none; border: 1px solid; }
  .tabs button { border-color: Canvas; }
  .tabs [aria-selected="true"] { border-color: Highlight; }
  .row { border-left-color: Canvas; }
  .row[data-overridden] { border-left-color: Highlight; }
  .switch::before { background: ButtonText; }
  .switch:checked { background: Highlight; }
  .switch:checked::before { background: HighlightText; }
  .on::before, .state::before { forced-color-adjust: none; }
}
`
