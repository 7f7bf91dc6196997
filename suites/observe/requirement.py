"""What to install where a package is missing."""

from __future__ import annotations

PACKAGES = {
    "flint": "python-flint",
    "jinja2": "jinja2",
    "keras": "keras",
    "matplotlib": "matplotlib",
    "ml_dtypes": "ml_dtypes",
    "numpy": "numpy",
    "packaging": "packaging",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "tensorflow": "tensorflow",
    "tf_keras": "tf_keras",
}


def missing(error: BaseException | None) -> str:
    """One line on a package of requirements.txt that can't be imported; "" for any other module.

    What pandas raises without NumPy names no module, but its cause does.
    """
    lines = []
    while error is not None:
        if isinstance(error, ImportError) and (line := _line(error)):
            lines.append(line)
        error = error.__cause__ or error.__context__
    return lines[-1] if lines else ""


def _line(error: ImportError) -> str:
    name = (error.name or "").partition(".")[0]
    if name not in PACKAGES:
        return ""
    absent = isinstance(error, ModuleNotFoundError) and error.name == name
    why = "is not installed" if absent else f"can't be imported ({' '.join(str(error).split())})"
    return f"{PACKAGES[name]} {why}: pip install -r requirements.txt"
