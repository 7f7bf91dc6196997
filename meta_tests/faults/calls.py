"""Mistakes around a loss: its rows, the axis of its classes, the shape of what it returns."""

from __future__ import annotations

from meta_tests.faults.fault import CATEGORICAL, faults

ROWS = "rows = table.reshape(-1, table.shape[-1])"
LABELS = "labels = np.moveaxis(target, axis, -1).reshape(rows.shape)"
VALUE = "value = value.reshape("
BACK = "np.moveaxis(gradient.reshape(table.shape), -1, axis)"

IN = faults(
    CATEGORICAL,
    "calls",
    (
        "predictions through float32",
        ROWS,
        ROWS + "\n    rows = rows.astype(np.float32).astype(rows.dtype)",
    ),
    (
        "float16 predictions through bfloat16",
        ROWS,
        ROWS
        + "\n    if rows.dtype == np.float16:"
        + "\n        rows = (rows.view(np.uint16) & 0xFFF8).view(np.float16)",
    ),
    ("columns read before rows", ROWS, ROWS.replace(".shape[-1])", '.shape[-1], order="F")')),
    (
        "axis 1 taken for the last axis",
        ROWS,
        ROWS + "\n    rows = np.moveaxis(table, 1, -1).reshape(rows.shape) "
        "if table.ndim > 2 else rows",
    ),
)

OUT = faults(
    CATEGORICAL,
    "calls",
    ("rows after the eighth zeroed", VALUE, "value[8:] = 0\n        " + VALUE),
    (
        "NaN replaced by zero",
        VALUE,
        "value = np.where(np.isnan(value), np.zeros_like(value), value).reshape(",
    ),
    (
        "infinity clamped",
        VALUE,
        "value = np.where(np.isinf(value), np.asarray(1e4, value.dtype), value).reshape(",
    ),
    ("last row zeroed", VALUE, "value[-1] = 0\n        " + VALUE),
    ("rows shifted by one", VALUE, "value = np.roll(value, 1, axis=0).reshape("),
)

AXIS = faults(
    CATEGORICAL,
    "calls",
    ("classes made the last by a reshape", ROWS, "rows = output.reshape(-1, table.shape[-1])"),
    ("labels without the axis", LABELS, "labels = target.reshape(rows.shape)"),
    ("gradient with the classes last", BACK, "gradient.reshape(table.shape)"),
    ("gradient in the order of rows", BACK, "gradient.reshape(output.shape)"),
    options=True,
)

FAULTS = (*IN, *OUT, *AXIS)
