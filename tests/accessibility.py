"""How pages are put to axe: the rules, and what is taken away because it is like its neighbours."""

from importlib.util import find_spec
from pathlib import Path

SCRIPT = Path(find_spec("axe_playwright_python").submodule_search_locations[0], "axe.min.js").read_text("utf-8")
ALL = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "rules": {"target-size": {"enabled": True}}}
# The rules whose answer changes in the dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
THIN = """document.querySelectorAll('tbody, ul, ol, .records').forEach(list => {
  const kinds = {};
  for (const item of list.children) (kinds[item.tagName + item.className] ??= []).push(item);
  Object.values(kinds).forEach(alike => alike.slice(6, -2).forEach(item => item.remove()));
})"""
START = """([without, options]) => {
  const context = { include: document, exclude: without };
  window.found = axe.run(context, { ...options, resultTypes: ["violations"] }).then(all => all.violations.map(v =>
    `${v.id}, ${v.nodes.length} times: ${v.nodes[0].target.join(" ")} ${v.nodes[0].html.slice(0, 200)}`));
}"""


def prepare(page):
    """Load axe into a page and its frames; of long tables and lists the first six and the last two rows stay.

    The time that axe takes grows faster than the page: 43 s for a list of 1,600 sources.
    """
    page.evaluate(THIN)
    for frame in page.frames:
        frame.evaluate(SCRIPT)


def start(page, rules=ALL, without=()):
    """Begin to look; several pages may be looked at side by side."""
    page.evaluate(START, [list(without), rules])


def violations(page):
    """What axe found, one line for each rule that is broken."""
    return page.evaluate("found")
