"""The page in headless Chromium: it fits, it can be read, and it asks the network for nothing."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from reports.run.columns import COLUMNS, NAMES
from reports.run.findings import findings
from reports.run.frame import VERDICTS
from reports.run.page import render
from reports.run.tables.strip import Cell, Strip
from suites.plugin.block import NUMBERS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
AXE = Path(os.environ.get("AXE_CORE", ""))  # axe.min.js of https://www.npmjs.com/package/axe-core
SCHEMES = {"light": (), "dark": ("--blink-settings=preferredColorScheme=0",)}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

# What a reader would notice, measured in the page once all of it is open.
PROBE = """
<script>
for (const details of document.querySelectorAll("details")) details.open = true;
const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
const linear = (c) => (c / 255 <= 0.04045 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const light = (rgb) => 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
function behind(element) {
  const back = numbers(getComputedStyle(element).backgroundColor);
  return back.length < 4 || back[3] > 0 ? back : behind(element.parentElement);
}
function contrast(element) {
  const style = getComputedStyle(element);
  const ink = numbers(element.closest("svg") ? style.fill : style.color);
  const [low, high] = [light(ink), light(behind(element))].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}
const written = [...document.body.querySelectorAll("*")].filter((element) =>
  !element.closest("script, .sr, .skip") &&
  [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
const found = {
  dark: matchMedia("(prefers-color-scheme: dark)").matches,
  loads: performance.getEntriesByType("resource").map((entry) => entry.name),
  overflow: document.documentElement.scrollWidth - innerWidth,
  filter: !document.querySelector(".controls").hidden,
  faint: written.filter((element) => contrast(element) < 4.5)
    .map((element) => `${element.tagName}.${element.className}: ${contrast(element).toFixed(2)}`),
  written: written.length,
};
const control = (name) => document.querySelector(`.controls [data-${name}]`);
const status = () => document.querySelector("[role=status]").textContent;
function change(name, property, value) {
  control(name)[property] = value;
  for (const kind of ["input", "change"]) control(name).dispatchEvent(new Event(kind, {bubbles: true}));
  return status();
}
const visible = () => document.querySelectorAll(".entry:not([hidden])").length;
found.visible = [visible()];
document.querySelector("[data-more]").click();
found.visible.push(visible());
found.heads = change("words", "value", "or two calls");
found.words = change("words", "value", "NEW, xla");
found.all = change("words", "value", "");
found.dtype = change("pick=dtype", "value", "float16");
found.severity = change("pick=severity", "value", "B");
change("pick=dtype", "value", "");
change("pick=severity", "value", "");
found.unchosen = change("affects", "checked", true);
found.mine = change("mine=class", "checked", true);
change("affects", "checked", false);
change("sort", "value", "count");
found.first = document.querySelector(".entry").dataset.count;
const theme = document.querySelector("[data-theme]");
found.themes = [1, 2, 3].map(() => (theme.click(), document.documentElement.style.colorScheme));
document.body.dataset.found = JSON.stringify(found);
</script>
</body>
"""


def rows() -> list[dict[str, Any]]:
    """One comparison of each verdict in each dtype and execution."""
    plain = dict.fromkeys(NAMES, "") | dict.fromkeys(NUMBERS, 0.5)
    case = {"form": "function", "arguments": "plain", "output": "probabilities"}
    case |= {"device": "CPU:0", "inputs": "rails"}
    number = {"quantity": "value", "index": "0", "exact": "0.5", "observed": "0.5", "bits": "3800"}
    names = {"loss": "sparse_categorical_crossentropy", "labels": "int32", **case, **number}
    each = [
        plain | names | {"dtype": dtype, "execution": execution, "verdict": verdict, "cause": cause}
        for dtype in ("bfloat16", "float16", "float32", "float64")
        for execution in ("eager", "graph", "xla")
        for verdict in VERDICTS
        for cause in ("" if verdict in ("agree", "gone") else f"{verdict} in {execution}",)
    ]
    for row in each:
        row["severity"] = {"new": "AB"[row["execution"] != "xla"], "known": "B", "gone": "C"}.get(
            row["verdict"], ""
        )
        row["known"] = "half-precision" if row["verdict"] in ("known", "gone") else ""
    other = {"form": "class", "dtype": "float32", "execution": "eager", "known": "other"}
    other |= {"verdict": "known", "severity": "D", "cause": "computed in float32"}
    return each + [plain | names | other] * 13


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frame = pd.DataFrame(rows()).astype({one.name: one.dtype for one in COLUMNS})
    summary = {
        "cases": 12,
        "comparisons": len(frame),
        **dict.fromkeys(VERDICTS, 12),
        "seconds": 1.0,
    }
    claim = dict.fromkeys(("number", "who", "claim", "reference", "observed"), "1.1920929e-07")
    claims = [claim | {"verdict": v} for v in ("holds", "holds with a condition", "does not hold")]
    entries = [
        {
            **dict.fromkeys(("id", "title", "why", "advice", "span", "seen"), name),
            **{"links": ["https://example.org"], "comparisons": number, "causes": ["known"]},
        }
        for name, number in (("half-precision", 12), ("other", 13))
    ]
    cells = [Cell("tf.keras", f"tf-2.{minor}", minor > 10) for minor in range(22)]
    strips = {"other": Strip(cells)}
    path = tmp_path_factory.mktemp("page") / "index.html"
    text = render(
        findings([frame]), summary, {"CPU features": "AVX " * 20}, claims, entries, strips=strips
    )
    path.write_text(text.replace("</body>", PROBE), encoding="utf-8")
    return path


def chromium(profile: Path, *arguments: str) -> str:
    command = [str(CHROMIUM), *OPTIONS, f"--user-data-dir={profile}", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    return done.stdout.decode()


@pytest.fixture(
    scope="module",
    params=[(s, w) for s in SCHEMES for w in (400, 1600)],
    ids=lambda p: f"{p[0]}-{p[1]}",
)
def found(
    request: pytest.FixtureRequest, page: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What the probe saw, for a colour scheme and a width in pixels."""
    scheme, width = request.param
    size = f"--window-size={width},900"
    profile = tmp_path_factory.mktemp("profile")
    dom = chromium(profile, *SCHEMES[scheme], size, "--dump-dom", page.as_uri())
    text = re.search(r'<body data-found="([^"]*)"', dom)
    assert text, "the page ran no script"
    seen: dict[str, Any] = json.loads(html.unescape(text[1]))
    assert seen["dark"] == (scheme == "dark")
    return seen


def test_fits_is_legible_and_loads_nothing(found: dict[str, Any]) -> None:
    assert found["loads"] == []
    assert found["overflow"] <= 0
    assert found["written"] > 300
    assert found["faint"] == []


def test_filter_keeps_what_is_chosen(found: dict[str, Any]) -> None:
    assert found["filter"]
    assert found["visible"] == [12, 26]  # the first, and all after a click
    assert found["all"] == "26 of 26 differences"
    assert found["heads"] == "0 of 26 differences"  # the name of a column in every entry
    assert found["words"] == "4 of 26 differences"  # of which each dtype has one
    assert found["dtype"] == "7 of 26 differences"  # six new and gone, one known
    assert found["severity"] == "3 of 26 differences"
    assert found["unchosen"].startswith("0 of 26 differences; choose your forms")
    assert found["mine"] == "1 of 26 differences"


def test_order_and_theme_change(found: dict[str, Any]) -> None:
    assert found["first"] == "13"
    assert found["themes"] == ["light", "dark", "light dark"]


ACCESSIBLE = """
<script>{axe}</script>
<script>
for (const details of document.querySelectorAll("details")) details.open = true;
axe.run(document).then(({{ violations, passes }}) => {{
  const found = violations.map((one) => `${{one.impact}} ${{one.id}}: ${{one.nodes[0].html}}`);
  document.body.dataset.found = JSON.stringify({{ found, passed: passes.length }});
}});
</script>
</body>
"""


@pytest.mark.skipif(not AXE.is_file(), reason="AXE_CORE is not the path of axe.min.js")
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_nothing(page: Path, tmp_path: Path, scheme: str, width: int) -> None:
    text = page.read_text(encoding="utf-8").replace(PROBE, "</body>")
    path = tmp_path / "index.html"
    axe = ACCESSIBLE.format(axe=AXE.read_text(encoding="utf-8"))
    path.write_text(text.replace("</body>", axe), encoding="utf-8")
    size = (f"--window-size={width},900", "--virtual-time-budget=20000")
    dom = chromium(tmp_path / "profile", *SCHEMES[scheme], *size, "--dump-dom", path.as_uri())
    text_of_axe = re.search(r'<body data-found="([^"]*)"', dom)
    assert text_of_axe, "axe did not end"
    seen = json.loads(html.unescape(text_of_axe[1]))
    assert seen["found"] == []
    assert seen["passed"] > 20


def test_screenshot_shows_something(page: Path, tmp_path: Path) -> None:
    shot = tmp_path / "page.png"
    chromium(tmp_path / "profile", "--window-size=1600,900", f"--screenshot={shot}", page.as_uri())
    data = shot.read_bytes()
    assert struct.unpack(">II", data[16:24]) == (1600, 900)
    assert len(data) > 20_000  # an empty page has some 5,000 bytes
