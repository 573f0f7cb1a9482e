"""How an HTML page looks: colours by name in two palettes, and the style sheet that uses them.

Every pair of `PAIRS` has a contrast of at least 4.5 to 1 in both palettes (WCAG 2.2, 1.4.3, level AA).
"""

from __future__ import annotations

from collections.abc import Mapping

# Steps of a heat map's colours, from none to all.
HEAT = 11


def _mixed(low: str, high: str, part: float) -> str:
    ends = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in (low, high)]
    return "#" + "".join(f"{round(one + part * (other - one)):02x}" for one, other in zip(*ends, strict=True))


def _heat(low: str, high: str) -> dict[str, str]:
    """Return even steps between two colours that both carry that of texts."""
    return {f"heat{step}": _mixed(low, high, step / (HEAT - 1)) for step in range(HEAT)}


LIGHT: Mapping[str, str] = {
    "page": "#ffffff",
    "panel": "#f4f6f8",
    "text": "#1b1f24",
    "quiet": "#57606a",
    "line": "#c9d1d9",
    "link": "#0b5cad",
    "good": "#14652f",
    "bad": "#a8121f",
    "open": "#7a4a00",
    "notice": "#fff4d6",
    "item": "#dcecff",
    **_heat("#f3f8fd", "#62ace3"),
}
DARK: Mapping[str, str] = {
    "page": "#14181d",
    "panel": "#1d232a",
    "text": "#e6eaef",
    "quiet": "#a5afba",
    "line": "#3d4650",
    "link": "#82b9ff",
    "good": "#6fd08c",
    "bad": "#ff938f",
    "open": "#f0bd5a",
    "notice": "#3a2f12",
    "item": "#1f3a5c",
    **_heat("#182029", "#1f609a"),
}
# Which colour is put on which.
PAIRS = (
    *(
        (front, back)
        for front in ("text", "quiet", "link", "good", "bad", "open")
        for back in ("page", "panel")
    ),
    ("text", "notice"),
    ("text", "item"),
    *(("text", f"heat{step}") for step in range(HEAT)),
)


def _variables(palette: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())


_HEATED = " ".join(f".h{step} {{ background: var(--heat{step}); }}" for step in range(HEAT))
_DRAWN = " ".join(
    f"svg .{kind}-{name} {{ {kind}: var(--{name}); }}"
    for kind in ("fill", "stroke")
    for name in ("text", "quiet", "line", "item", "link")
)
CSS = f"""
:root {{ color-scheme: light dark; {_variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {_variables(DARK)} }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 66rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }}
a {{ color: var(--link); }}
:focus-visible {{ outline: 3px solid var(--link); outline-offset: 2px; }}
.skip {{ position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--page);
  border: 2px solid var(--link); }}
.skip:focus {{ top: .5rem; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; }}
h2 {{ font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 .5rem; padding-top: .6rem;
  border-top: 1px solid var(--line); }}
h3 {{ font-size: 1rem; margin: 0 0 .35rem; }}
p {{ margin: .5rem 0; }}
code {{ font: .88em/1.45 ui-monospace, monospace; }}
.aside {{ color: var(--quiet); font-size: .92rem; }}
.notice {{ background: var(--notice); border-left: .35rem solid var(--open); padding: .5rem .75rem; }}
.good, .bad, .open, .plain {{ font-weight: 600; white-space: nowrap; }}
.good {{ color: var(--good); }} .bad {{ color: var(--bad); }} .open {{ color: var(--open); }}
.plain {{ color: var(--quiet); }}
.headline > :first-child {{ font-size: 1.25rem; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .1rem .9rem; margin: .4rem 0; }}
dt {{ color: var(--quiet); }} dd {{ margin: 0; min-width: 0; }}
ul, ol {{ margin: .4rem 0; padding-left: 1.3rem; }} li {{ margin: .2rem 0; }}
nav ul {{ display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; padding: 0; }}
.columns {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; }}
.columns > div {{ background: var(--panel); padding: .7rem .9rem; border-radius: .3rem; min-width: 0; }}
table {{ border-collapse: collapse; width: 100%; margin: .6rem 0; }}
caption {{ text-align: left; color: var(--quiet); font-size: .92rem; padding-bottom: .25rem; }}
th, td {{ text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0;
  border-bottom: 1px solid var(--line); }}
th {{ overflow-wrap: break-word; }}
thead th {{ color: var(--quiet); font-weight: 600; }}
.numbers td, .numbers thead th + th {{ text-align: right; font-variant-numeric: tabular-nums; }}
.cards {{ list-style: none; padding: 0; }}
.cards > li {{ background: var(--panel); border-radius: .3rem; margin: .5rem 0; padding: .6rem .9rem; }}
.cards h3 {{ font-weight: normal; }} .cards h3 > code {{ font-weight: 600; }}
details {{ border-bottom: 1px solid var(--line); padding: .2rem 0; }}
summary {{ cursor: pointer; padding: .3rem 0; }}
.turns {{ list-style: none; padding: 0; }}
.turns > li {{ border-left: .25rem solid var(--line); margin: .9rem 0; padding-left: .8rem; }}
.turns > .model {{ border-color: var(--good); }} .turns > .program {{ border-color: var(--link); }}
.turns > .environment {{ border-color: var(--open); }}
.turns > .simulator, .turns > .human {{ border-left-style: double; border-color: var(--bad); }}
pre {{ margin: .35rem 0; padding: .5rem .7rem; background: var(--panel); white-space: pre-wrap;
  font: .88rem/1.5 ui-monospace, monospace; }}
pre.thought {{ border-left: 2px dashed var(--quiet); color: var(--quiet); }}
mark {{ background: var(--item); color: var(--text); text-decoration: underline dotted; }}
.heat td {{ padding: .35rem .6rem; border: 2px solid var(--page); line-height: 1.35; }}
.heat {{ table-layout: fixed; }} .heat caption {{ color: var(--text); font-weight: 600; }}
.heat td > * {{ display: block; }}
.heat td > b {{ font-size: 1.1rem; }} .heat td > span {{ font-size: .85rem; }}
{_HEATED}
.hatched {{ background: repeating-linear-gradient(135deg, var(--page) 0 .45rem, var(--line) .45rem .6rem); }}
.hatched > * {{ background: var(--page); width: fit-content; max-width: 88%; padding: 0 .3rem; }}
figure {{ margin: 0; }}
.plot {{ overflow-x: auto; margin: .6rem 0; }}
.plot svg {{ display: block; width: 100%; min-width: 40rem; height: auto; font-family: sans-serif; }}
{_DRAWN}
.group {{ margin: 1.2rem 0; }} .group > h3 {{ font-size: 1.05rem; }}
.ladder {{ display: flex; flex-wrap: wrap; gap: .3rem; list-style: none; padding: 0; }}
.ladder > li {{ flex: 1 1 9rem; margin: 0; padding: .25rem .6rem; border: 1px solid var(--quiet); }}
.ladder > .has {{ background: var(--heat7); }} .ladder > .asserts {{ border: 3px dashed var(--open); }}
footer {{ margin-top: 2.5rem; border-top: 1px solid var(--line); }}
@media (max-width: 44rem) {{
  dl {{ grid-template-columns: 1fr; }} dd {{ margin-bottom: .35rem; }}
  table, thead, tbody, tr, th, td, caption {{ display: block; }}
  thead {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
  tr {{ border-bottom: 1px solid var(--line); padding: .4rem 0; }}
  th, td, .numbers td {{ border: 0; padding: .1rem 0; text-align: left; }}
  .heat td {{ padding: .35rem .6rem; }}
  td::before {{ content: attr(data-label) ": "; color: var(--quiet); }}
  .heat td::before {{ color: var(--text); }}
}}
@media print {{
  :root {{ color-scheme: light; font-size: 6.8pt; {_variables(LIGHT)} }}
  @page {{ margin: 8mm 11mm; }}
  body {{ line-height: 1.2; padding: 0; max-width: none; }}
  nav, .skip {{ display: none; }}
  h2 {{ margin: .45rem 0 .1rem; padding-top: .2rem; }}
  p, ul, ol, dl, table {{ margin: .15rem 0; }} li {{ margin: 0; }} .notice {{ padding: .1rem .5rem; }}
  th, td {{ padding: .1rem .6rem .1rem 0; }}
  dl {{ display: block; }} dt, dd {{ display: inline; margin-right: .3rem; }} dt::after {{ content: ":"; }}
  .columns {{ grid-template-columns: 1fr 1fr 1fr; gap: .5rem; }}
  .columns > div, .cards > li {{ padding: .15rem .4rem; margin: .2rem 0; border: 1px solid var(--line); }}
  .first .cards, .first section > ul {{ columns: 2; column-gap: 2.2rem; }}
  .rest {{ break-before: page; }}
  .heat td, .ladder > li {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  .heat td {{ padding: .1rem .4rem; }} .plot {{ overflow: visible; break-inside: avoid; }}
  .plot svg {{ min-width: 0; max-width: 34rem; }} .group {{ margin: .4rem 0; }}
  h2, h3, summary {{ break-after: avoid; }} li, tr {{ break-inside: avoid; }}
}}
"""
