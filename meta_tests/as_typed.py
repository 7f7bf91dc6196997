"""Runs the commands of README.md, CONTRIBUTING.md and docs/ as they stand there, in a copy of the project.

    python meta_tests/as_typed.py

It is meant for an environment that holds requirements.txt alone, needs no more itself, and is no
test module, since pytest would load what the other tests need. Commands that take long are made
smaller by the table below; it names every command of these files, also those that it does not run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from reports.explain.symptoms import SYMPTOMS  # noqa: E402

DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    *sorted(f"docs/{p.name}" for p in ROOT.glob("docs/*.md")),
)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)  # language and lines
INLINE = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"([A-Z_]+=\S+ )*(pytest|python[\d.]*|pip|ruff)( |$)")
COMMENT = re.compile(r"\s{2,}# .*$")
LIMIT = 600.0  # seconds for one command


@dataclass(frozen=True)
class Way:
    """How a command is run: with `more` behind it, ending with `code` and saying `says`.

    `left_out` is the reason for which it is not run here.
    """

    more: str = ""
    code: int = 0
    says: str = ""
    left_out: str = ""


BY_TEST = "meta_tests/test_symptoms.py runs it"
FEW = "--tier quick --losses weighted_sigmoid_crossentropy --dtypes float32"
BUILDS = "builds environments, which takes minutes and gigabytes"
FIRST = ".ci/run makes this environment, and runs the suite in it at its end"
MORE = "needs meta_tests/requirements.txt; .ci/run runs it after this"
NO_HYPOTHESIS = Way(code=4, says="--hunt needs hypothesis: pip install hypothesis")
COMMANDS = {
    "pytest": Way(FEW, says="0 new differences"),
    "python3 -m venv .venv && . .venv/bin/activate && pip install -r requirements.txt && pytest": Way(
        left_out=FIRST
    ),
    "pip install -r requirements.txt -r meta_tests/requirements.txt && pytest meta_tests -n 2 --dist loadscope": Way(
        left_out=MORE
    ),
    "pytest --tier quick": Way("--losses weighted_sigmoid_crossentropy", says="tier: quick"),
    "pytest --losses binary_crossentropy --dtypes float16,bfloat16": Way("--tier quick --forms nn"),
    "pytest --executions eager,graph --report-folder=/tmp/report": Way(
        f"{FEW} --report-folder=report", says="report: "
    ),
    'pytest -k "loss=categorical_crossentropy and output=tf.nn.softmax"': Way(
        "--tier quick --dtypes float32"
    ),
    "pytest --python=python3": Way(FEW),
    "pytest --release tf-2.4.4": Way(left_out=BUILDS),
    "pytest -n 0": Way(FEW, says="0 new differences"),
    "pytest --help": Way(says="XENTCHECK_LOSSES"),
    "TF_DETERMINISTIC_OPS=1 pytest": Way(FEW),
    "pytest --pin mine": Way(FEW, says="pin mine: "),
    "pytest --against mine": Way(FEW),
    'pytest --pin mine --reason "TF 2.22"': Way(FEW, says="pin mine: "),
    "pytest --against tf-2.19.1": Way(FEW),
    "pytest --tier quick --subject my_losses:other_alpha --like binary_focal_crossentropy": Way(
        code=1, says="another step: alpha weighs the wrong class"
    ),
    'pytest --tier quick --subject my_losses:other_epsilon --like binary_crossentropy --known mine.toml --accept "1e-5, for float16"': Way(
        says="mine.toml has "
    ),
    "pytest --tier quick --subject my_losses:other_epsilon --like binary_crossentropy --known mine.toml": Way(
        says=": 0 new differences"
    ),
    "pytest --tier quick --dtypes float32,float64 --subject my_losses:kl --formula my_formula.py:kl": Way(
        says=": 0 new differences, 0 known"
    ),
    "python -m reports": Way(code=4),
    "python -m reports --help": Way(says="compare"),
    "python -m reports compare tf-2.15.1 tf-2.21.0 --loss binary_crossentropy": Way(code=1),
    "python -m reports upgrade --from 2.15 --to 2.21": Way(),
    "python -m reports upgrade --from 2.15 --to 2.21 --loss bce": Way(says="everyday use"),
    "python -m reports trace bce,function,plain,probabilities,float32,graph,CPU:0,hard,interior": Way(
        says="TensorFlow 1.13.2 -> 1.14.0"
    ),
    "python -m reports trace sparse_categorical_crossentropy,class,lists-with-class-numbers --bisect tf-2.18.1-keras-3.8.0": Way(
        left_out=BUILDS
    ),
    "python -m reports explain --loss cce --target '[[0, 1]]' --output '[[1, 4.5e-12]]' --observed 26.127": Way(
        says="without the clip (epsilon is 0)"
    ),
    "python -m reports explain --loss scce --from-logits --target '[0, 2]' --output '[[2, -1, 3], [0.5, 0.2, -4]]' --python python3": Way(
        says="differs: the logits were taken for probabilities"
    ),
    "python -m reports symptom": Way(says="What do you see?"),
    "python -m reports symptom nan": Way(says="the formula fails in float16"),
    "python -m reports record tf-2.20.0 tf-2.21.0": Way(left_out=BUILDS),
    "python3.8 -m venv old && old/bin/pip install --no-deps -r reports/locks/tf-2.4.4.txt": Way(
        left_out=BUILDS
    ),
    "pip install distributed": Way(left_out=MORE),
    "pip install -r requirements.txt hypothesis": Way(left_out=MORE),
    "pytest --hunt 10m": NO_HYPOTHESIS,
    "python -m reports accuracy": Way(left_out="takes half a minute, as meta_tests does in part"),
    "python -m reports accuracy --csv reports/accuracy/accuracy.csv": Way(
        left_out="takes half a minute, and writes a table that is shipped"
    ),
    "python -m reports accuracy --dtype float32 --function bce-of-1 --execution xla": Way(
        left_out="takes minutes"
    ),
    "python -m reports.accuracy.worst_inputs": Way(says="written: "),
    "python benchmarks/accuracy_rate.py": Way(left_out="takes half a minute"),
    "python benchmarks/building.py": Way(left_out=BUILDS),
    "python benchmarks/reporting.py": Way(left_out="takes half a minute"),
    "python -m benchmarks.causes --count 60": Way(
        left_out="meta_tests/test_planted.py plants them"
    ),
    "python -m benchmarks.trainer_mutants": Way(left_out="plants 118 mistakes, an hour of them"),
    "python -m reports sensitivity --sample 100 --seed 5 --keras-tests": Way(
        left_out="runs the tests of Keras on each"
    ),
    "python -m benchmarks.keras_tests --tier default": Way(
        left_out="runs the tests of Keras, and the default tier"
    ),
    "python -m benchmarks.tightness": Way(says="numbers that agree"),
    "python -m benchmarks.tightness --beside tf-2.21.0-keras-3.15.1": Way(says="within 0 ULP"),
    "pytest --against tf-2.21.0-keras-3.15.1 --drift bits": Way(
        left_out="the processor decides how it ends"
    ),
    "python -m benchmarks.rediscovery --minutes 60 --seed 7": Way(left_out="hunts for an hour"),
    "python benchmarks/overhead.py": Way(left_out="asks the default tier twice"),
    "python benchmarks/overhead.py --runs 1": Way(left_out="asks the default tier twice"),
    "python -m benchmarks.settings": Way(left_out="runs the quick tier nine times"),
    "python -m benchmarks.scaling": Way(left_out="runs the default tier"),
    "python -m reports record": Way(left_out=BUILDS),
    "python -m reports record ID": Way(left_out=BUILDS),
    "python -m reports record --new-cases": Way(left_out=BUILDS),
    "python -m reports lock ID": Way(left_out="resolves with uv"),
    "python -m reports rejudge": Way(left_out="judges 59 recordings, as meta_tests does"),
    "python -m meta_tests.forecast": Way(left_out="reads 16 recordings, as meta_tests does"),
    "python -m meta_tests.mutations --near 12 --seed 1": Way(left_out="runs tests a hundred times"),
    "python -m reports.compare.absences": Way(says="written: "),
    "python -m suites.cases.combinations": Way(
        code=4, says="pip install -r meta_tests/requirements.txt"
    ),
    "python docs/tables.py": Way(),
    "python docs/question.py": Way(says="written: "),
    "pytest suites/test_claims.py": Way(says="report: "),
    "python -m reports sensitivity": Way(left_out="takes an hour"),
    "python -m reports sensitivity --files losses.py --sample 100": Way(left_out="takes minutes"),
    "python -m reports sensitivity --files compile_utils.py,trainer.py --sample 300 --limit 60": Way(
        left_out="takes an hour"
    ),
    "python -m benchmarks.trainer_mutants --near 12": Way(left_out="takes half an hour"),
    "python benchmarks/false_alarms.py": Way(left_out="takes minutes"),
    "python benchmarks/false_alarms.py --tier quick --seeds 200 --together 20": Way(
        left_out="takes half an hour"
    ),
    "pytest --tier everything --devices CPU:0": Way(left_out="takes an hour"),
    "pip install -r requirements.txt -r meta_tests/requirements.txt": Way(left_out=MORE),
    "ruff check . && ruff format --check . && mypy && pytest meta_tests -n 2 --dist loadscope && pytest": Way(
        left_out=MORE
    ),
}
BY_SYMPTOM = {each.command: each for symptom in SYMPTOMS for each in symptom.possibilities}
COMMANDS |= {
    command: Way(says=each.shows) if each.needs_tensorflow else Way(left_out=BY_TEST)
    for command, each in BY_SYMPTOM.items()
    if command not in COMMANDS
}

# A value of each option of the table in docs/options.md, by which together few cases are chosen.
VALUES = {
    "--losses": "weighted_sigmoid_crossentropy",
    "--forms": "nn",
    "--dtypes": "float32",
    "--executions": "eager",
    "--devices": "CPU:0",
    "--tier": "quick",
    "--seed": "2017",
    "--pin": "mine",
    "--reason": "'once more'",
    "--python": "python",
    "--release": "tf-0",
    "--against": "mine",
    "--drift": "bits",
    "--subject": "my_losses:kl",
    "--like": "categorical_crossentropy",
    "--formula": "my_formula.py:kl",
    "--with": "epsilon=1e-7",
    "--takes": "probabilities",
    "--reduction": "rows",
    "--contracts": "no-rows",
    "--known": "own.toml",
    "--accept": "'once more'",
    "--hunt": "10m",
    "--scheduler": "tcp://127.0.0.1:1",
    "--pin-folder": "pins",
    "--report-folder": "new/report",
}
ALONE = ("--release", "--hunt", "--scheduler")  # each takes the place of others
WRITES = ("--pin", "--reason")
COMPARES = ("--against", "--drift")
OF_OWN_LOSS = (
    *("--subject", "--like", "--formula", "--with", "--takes", "--reduction"),
    *("--contracts", "--known", "--accept"),
)
WITH_OWN_LOSS = (*OF_OWN_LOSS, "--dtypes", "--executions", "--devices", "--tier", "--report-folder")
NOT_WITH_OWN_LOSS = tuple(flag for flag in VALUES if flag not in WITH_OWN_LOSS)
FILE = re.compile(r"# (\w+\.py)\n")  # the first line of a block that is a file


def commands(text: str) -> Iterator[str]:
    """The commands of a document, in its order; of a block with prompts only what stands there."""
    for lines in (block.splitlines() for language, block in BLOCK.findall(text) if not language):
        prompted = [line[2:] for line in lines if line.startswith("$ ")]
        found = (COMMENT.sub("", line) for line in prompted or lines)
        yield from (line for line in found if COMMAND.match(line))
    for code in INLINE.findall(BLOCK.sub("", text)):
        if COMMAND.match(code):
            yield code


def files(root: Path = ROOT) -> dict[str, str]:
    """The files that the documents show as a whole, by name."""
    texts = [(root / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    blocks = (block for text in texts for language, block in BLOCK.findall(text) if language)
    return {named[1]: block for block in blocks if (named := FILE.match(block))}


def documented(root: Path = ROOT) -> list[str]:
    """The commands of all documents, each once."""
    texts = [(root / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    return list(dict.fromkeys(command for text in texts for command in commands(text)))


def options(root: Path = ROOT) -> dict[str, str]:
    """The options of the table in docs/options.md, with the variable of each, "" for none."""
    lines = (root / "docs/options.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| `--")]
    return {row[0].strip("` "): row[1].strip("` ") for row in rows}


def with_options(joined_by: str, left_out: tuple[str, ...]) -> str:
    """All options but those in one command."""
    chosen = (
        f"{flag}{joined_by}{text}"
        for flag, text in VALUES.items()
        if flag not in (*left_out, *ALONE)
    )
    return f"pytest {' '.join(chosen)}"


def with_variables(left_out: tuple[str, ...]) -> str:
    """All options but those, of those that have one, by their variables."""
    left_out = (*left_out, *ALONE)
    names = {flag: name for flag, name in options().items() if name and flag not in left_out}
    chosen = (f"{name}={VALUES[flag]}" for flag, name in names.items())
    return f"{' '.join(chosen)} pytest"


def with_hunt(hunt: str, scheduler: str, joined_by: str, program: str = "pytest ") -> str:
    """A hunt, on a cluster that is not there."""
    time, address = VALUES["--hunt"], VALUES["--scheduler"]
    return f"{program}{hunt}{joined_by}{time} {scheduler}{joined_by}{address}"


Runs = list[tuple[str, Way]]


def as_documented() -> Runs:
    """The commands of the documents that are run, in their order."""
    return [
        (command, COMMANDS[command]) for command in documented() if not COMMANDS[command].left_out
    ]


def in_every_way() -> Runs:
    """Each option behind a space, behind "=", and by its variable."""
    pinned, compared = Way(says="pin mine: "), Way(says="new/report/index.html")
    found = []
    for joined_by in (" ", "="):
        found.append((with_options(joined_by, (*COMPARES, *OF_OWN_LOSS)), pinned))
        found.append((with_options(joined_by, (*WRITES, *OF_OWN_LOSS)), compared))
        found.append((with_options(joined_by, NOT_WITH_OWN_LOSS), Way(says="own.toml")))
    refused = Way(code=4, says="no release 'tf-0'; did you mean ")
    for text in ("pytest --release tf-0", "pytest --release=tf-0", "XENTCHECK_RELEASE=tf-0 pytest"):
        found.append((text, refused))
    for joined_by in (" ", "="):
        found.append((with_hunt("--hunt", "--scheduler", joined_by), NO_HYPOTHESIS))
    found.append(
        (f"{with_hunt('XENTCHECK_HUNT', 'XENTCHECK_SCHEDULER', '=', '')} pytest", NO_HYPOTHESIS)
    )
    ways = OF_OWN_LOSS, NOT_WITH_OWN_LOSS
    return [*found, *((with_variables(left_out), compared) for left_out in ways)]


def run(command: str, way: Way, folder: Path) -> str:
    """What is wrong with a command, "" for nothing."""
    variables = {
        name: text for name, text in os.environ.items() if not name.startswith("XENTCHECK")
    }
    places = f"{Path(sys.executable).parent}{os.pathsep}{variables.get('PATH', '')}"
    try:
        done = subprocess.run(
            ["bash", "-c", f"{command} {way.more}"],
            cwd=folder,
            env={**variables, "PATH": places},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"took more than {LIMIT:g} s"
    tail = "\n    ".join(done.stdout.splitlines()[-20:])
    if done.returncode != way.code:
        return f"ended with {done.returncode}, not with {way.code}\n    {tail}"
    if way.says not in done.stdout:
        return f"does not say {way.says!r}\n    {tail}"
    return "a traceback\n    " + tail if "Traceback (most recent" in done.stdout else ""


def wrong(chosen: Runs, folder: Path) -> int:
    """Run in a copy of the project, one after another; return how many are not as written."""
    names = shutil.ignore_patterns(".git", ".*_cache", "__pycache__", "latest", "pins", ".venv")
    shutil.copytree(ROOT, folder, ignore=names)
    for name, text in files().items():
        (folder / name).write_text(text, encoding="utf-8")
    problems = 0
    for command, way in chosen:
        started = time.monotonic()
        problem = run(command, way, folder)
        problems += bool(problem)
        seconds = f"{time.monotonic() - started:.0f} s"
        line = f"{'WRONG' if problem else 'ok':5} {seconds:>5}  {command} {way.more}"
        print("\n  ".join(filter(None, (line, problem))), flush=True)
    return problems


def main() -> int:
    strange = set(documented()) ^ set(COMMANDS)
    if strange or set(options()) != set(VALUES):
        print(f"not in the table, or not in the documents: {sorted(strange) or list(options())}")
        return 1
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor() as executor:
        chosen = as_documented(), in_every_way()
        folders = (Path(place) / name for name in ("documented", "options"))
        problems = sum(executor.map(wrong, chosen, folders))
    print(f"{problems} commands do not do what is written" if problems else "all as written")
    return int(problems > 0)


if __name__ == "__main__":
    sys.exit(main())
