"""What a user may choose, how it is read, and what is said where it can't be."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from meta_tests.test_readme import rows
from suites.plugin.bad_choice import BadChoice
from suites.plugin.options import BY_NAME, OPTIONS, choices
from suites.plugin.with_values import Setting

TABLE = {row[0].strip("`"): row for row in rows("option")}
VARIABLES = [row[1].strip("`") for row in TABLE.values() if row[1]]

# By option: a text, what is chosen by it, and the options that must be there, too.
OWN = {"subject": "mine:loss", "like": "binary_crossentropy"}
EXAMPLES = {
    "--losses": (" binary_crossentropy ,", ("binary_crossentropy",), {}),
    "--forms": ("class,function", ("function", "class"), {}),
    "--dtypes": ("bfloat16,float16", ("float16", "bfloat16"), {}),
    "--executions": ("all", ("eager", "graph", "xla"), {}),
    "--devices": ("GPU:0,CPU:1", ("GPU:0", "CPU:1"), {}),
    "--tier": ("quick", "quick", {}),
    "--seed": ("007", 7, {}),
    "--pin": ("mine", "mine", {}),
    "--reason": ("TF 2.22, all of it", "TF 2.22, all of it", {"pin": "mine"}),
    "--python": (sys.executable, Path(sys.executable), {}),
    "--release": ("tf-2.17.1", "tf-2.17.1", {}),
    "--against": ("tf-2.19.1", "tf-2.19.1", {}),
    "--drift": ("bits", "bits", {"against": "mine"}),
    "--subject": ("mine:loss", "mine:loss", {"like": "binary_crossentropy"}),
    "--like": ("binary_crossentropy", "binary_crossentropy", {"subject": "mine:loss"}),
    "--formula": ("mine.py:kl", "mine.py:kl", {"subject": "mine:loss"}),
    "--with": (
        "alpha=0.25, focusing=gamma",
        (Setting("alpha", 0.25, "0.25"), Setting("focusing", option="gamma")),
        OWN,
    ),
    "--takes": ("both", "both", OWN),
    "--reduction": ("rows", "rows", OWN),
    "--contracts": ("no-rows,ragged", ("no-rows", "ragged"), OWN),
    "--known": ("mine.toml", Path("mine.toml"), OWN),
    "--accept": ("a, b", "a, b", OWN | {"known": "mine.toml"}),
    "--hunt": ("10m", 600.0, {}),
    "--scheduler": ("tcp://host:8786", "tcp://host:8786", {"hunt": "10m"}),
    "--pin-folder": ("my/pins", Path("my/pins"), {"pin": "mine"}),
    "--report-folder": ("/tmp/a report", Path("/tmp/a report"), {}),
}


def field(flag: str) -> str:
    return BY_NAME[flag.removeprefix("--")].field


def test_every_option_of_the_table_has_an_example():
    assert list(EXAMPLES) == list(TABLE)


@pytest.mark.parametrize("flag", EXAMPLES)
def test_an_option_has_a_type_of_its_own(flag):
    text, value, others = EXAMPLES[flag]
    chosen = choices({flag.removeprefix("--"): text, **others}, {})
    assert getattr(chosen, field(flag)) == value


@pytest.mark.parametrize("flag", [flag for flag, row in TABLE.items() if row[1]])
def test_its_variable_says_the_same_unless_the_option_is_there(flag):
    text, value, others = EXAMPLES[flag]
    variable = TABLE[flag][1].strip("`")
    assert getattr(choices(others, {variable: text}), field(flag)) == value
    both = choices({flag.removeprefix("--"): text, **others}, {variable: "any"})
    assert getattr(both, field(flag)) == value


def test_defaults_are_those_of_the_table():
    chosen = choices({}, {})
    every = {name for flag in TABLE for name in re.findall(r"`([^`]+)`", TABLE[flag][3])}
    for flag, (_, _, default, *_) in TABLE.items():
        found, text = getattr(chosen, field(flag)), default.strip("`")
        if field(flag) == "contracts":
            assert found == tuple(text.split(","))
        elif text == "all":
            assert found == ("all",) or set(found) <= every or flag == "--forms"
        else:
            assert found == (
                {"seed": int, "tier": str, "drift": str}.get(field(flag), Path)(text)
                if text
                else None
            )


@pytest.mark.parametrize("flag", TABLE)
@pytest.mark.parametrize("text", ["", " ", ","])
def test_an_empty_value_is_refused_with_what_is_allowed(flag, text):
    others = EXAMPLES[flag][2]
    with pytest.raises(BadChoice, match=f"^{flag}: the value is empty; allowed: ."):
        choices({flag.removeprefix("--"): text, **others}, {})
    if variable := TABLE[flag][1].strip("`"):
        with pytest.raises(BadChoice, match=f"^{variable}: the value is empty; allowed: ."):
            choices(others, {variable: text})


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("losses", "hinge", "unknown 'hinge'; choose from: categorical_crossentropy, sparse"),
        ("losses", "all,binary_crossentropy", "unknown 'all'; choose from: categorical_cross"),
        ("dtypes", "float32,float8", "unknown 'float8'; did you mean 'float64'? choose from"),
        ("forms", "functon", "did you mean 'function'? choose from: what pytest --help lists"),
        ("tier", "quik", "unknown 'quik'; did you mean 'quick'? choose from: quick, default"),
        ("tier", "quick,default", "unknown 'quick,default'; did you mean 'default'? choose from"),
        ("seed", "-1", "'-1' is not a whole number from 0, such as 2017"),
        ("seed", "1.0", "'1.0' is not a whole number"),
        ("seed", "٣", "'٣' is not a whole number"),
        ("drift", "all", "unknown 'all'; choose from: value, accuracy, bits"),
        ("drift", "bits,value", "unknown 'bits,value'; did you mean 'value'? choose from"),
        (
            "drift",
            " bits",
            "unknown ' bits'; did you mean 'bits'? choose from: value, accuracy, bits",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_what_is_allowed(name, text, message):
    for typed, environment, source in (
        ({name: text}, {}, f"--{name}"),
        ({}, {f"XENTCHECK_{name.upper()}": text}, f"XENTCHECK_{name.upper()}"),
    ):
        with pytest.raises(BadChoice, match=re.escape(f"{source}: ")) as found:
            choices({"against": "mine", **typed}, environment)
        assert message in str(found.value)
        assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"drift": "bits"}, "--drift: has no effect without --against"),
        ({"drift": "bits", "pin": "mine"}, "--drift: has no effect without --against"),
        ({"python": "python3", "release": "tf-2.17.1"}, "--python and --release: each names what"),
        ({"reason": "new"}, "--reason: has no effect without --pin"),
        ({"reason": "new", "against": "mine"}, "--reason: has no effect without --pin"),
        ({"pin-folder": "p"}, "--pin-folder: has no effect without --pin or --against"),
        ({"pin": "mine", "against": "mine"}, "--pin and --against: both name 'mine'"),
    ],
)
def test_what_would_do_nothing_or_contradicts_itself_is_refused(typed, message):
    with pytest.raises(BadChoice, match=message):
        choices(typed, {})


def test_a_variable_without_its_partner_is_refused_too():
    with pytest.raises(BadChoice, match=r"^XENTCHECK_DRIFT: has no effect without --against"):
        choices({}, {"XENTCHECK_DRIFT": "bits"})
    assert choices({"against": "mine"}, {"XENTCHECK_DRIFT": "bits"}).drift == "bits"
    chosen = choices({"drift": "bits"}, {"XENTCHECK_AGAINST": "mine"})
    assert (chosen.drift, chosen.against) == ("bits", "mine")


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ("XENTCHECK_TEIR", "no such variable; did you mean 'XENTCHECK_TIER'?"),
        ("XENTCHECK_REPORTFOLDER", "did you mean 'XENTCHECK_REPORT_FOLDER'?"),
        ("XENTCHECK_", "no such variable"),
        ("XENTCHECK_PIN", "use --pin instead"),
        ("XENTCHECK_REASON", "use --reason instead"),
    ],
)
def test_a_variable_that_there_is_not_names_the_near_one_and_all_others(variable, message):
    with pytest.raises(BadChoice, match=re.escape(message)) as found:
        choices({}, {variable: "quick"})
    assert str(found.value).startswith(f"{variable}: ")
    if "no such" in str(found.value):
        assert all(name in str(found.value) for name in VARIABLES)


def test_other_variables_are_not_ours():
    environment = {"XENTCHECK_KERAS": "keras", "HOME": "/root", "xentcheck_tier": "quick"}
    assert choices({}, environment) == choices({}, {})


def test_devices_are_chosen_among_those_that_work():
    working = ("CPU:0", "CPU:1")
    assert choices({}, {}).among(working) == working
    assert choices({"devices": "CPU:1"}, {}).among(working) == ("CPU:1",)
    with pytest.raises(BadChoice, match=r"--devices: unknown 'GPU:0'; .*choose from: CPU:0, CPU:1"):
        choices({"devices": "CPU:0,GPU:0"}, {}).among(working)


def test_every_option_says_what_it_takes():
    assert {option.metavar for option in OPTIONS} == {
        "NAMES",
        "NAME",
        "NUMBER",
        "TEXT",
        "FOLDER",
        "PATH",
        "TIME",
        "ADDRESS",
    }
    for option in OPTIONS:
        assert option.allowed


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("dtypes", "float16, bfloat16, float32, float64, or all"),
        ("executions", "eager, graph, xla, or all"),
        ("devices", "names separated by commas, or all"),
        ("tier", "quick, default, everything"),
        ("seed", "a whole number"),
        ("pin", "a name"),
        ("reason", "a text"),
        ("against", "a name"),
        ("drift", "value, accuracy, bits"),
        ("pin-folder", "a folder"),
        ("report-folder", "a folder"),
    ],
)
def test_what_may_be_typed_is_put_in_a_few_words(name: str, allowed: str) -> None:
    assert BY_NAME[name].allowed == allowed


def test_an_environment_is_named_by_its_folder_or_its_python(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "python"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for text in (tmp_path, program):
        assert choices({"python": str(text)}, {}).python == program
    with pytest.raises(
        BadChoice, match=r"^--python: there is no interpreter '/no/where'; give a Py"
    ):
        choices({"python": "/no/where"}, {})
