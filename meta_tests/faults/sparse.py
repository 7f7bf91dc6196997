"""Mistakes in sparse categorical cross-entropy."""

from __future__ import annotations

from meta_tests.faults.fault import SPARSE, faults

CLASSES = "classes = np.arange(logits.shape[-1])"
NUMBERS = "labels.astype(np.int64)[..., None]"
OF_LOGARITHM = "loss, by_logits = sparse_softmax_cross_entropy_with_logits(target, np.log(clipped))"
GRADIENT = "return through_clip(by_logits(upstream) * slope)"
SOFTMAX_GRADIENT = "(powers / partition - chosen.astype(logits.dtype))"

FAULTS = faults(
    SPARSE,
    "sparse",
    ("class numbers from one", CLASSES, CLASSES + " + 1"),
    (
        "class numbers modulo the last",
        NUMBERS,
        "(labels.astype(np.int64) % max(logits.shape[-1] - 1, 1))[..., None]",
    ),
    ("class numbers in eight bits", NUMBERS, "labels.astype(np.int8)[..., None]"),
    ("class numbers in four bits", NUMBERS, "(labels.astype(np.int64) % 16)[..., None]"),
    (
        "class numbers of uint8 off by one",
        NUMBERS,
        "(labels.astype(np.int64) - (labels.dtype == np.uint8))[..., None]",
    ),
    (
        "sparse: no maximum subtracted",
        "scores = logits - reduce_max(logits)",
        "scores = logits",
    ),
    (
        "sparse: not normalised after the clip",
        OF_LOGARITHM,
        "logits = np.log(clipped)\n"
        "    _, by_logits = sparse_softmax_cross_entropy_with_logits(target, logits)\n"
        "    loss = -np.take_along_axis(logits, target.astype(int)[..., None], -1)[..., 0]",
    ),
    (
        "sparse: clip left out",
        "clipped, through_clip = clip_by_value(output, epsilon)",
        "clipped, through_clip = output, lambda upstream: upstream",
    ),
    (
        "sparse: gradient of the logits for that of the output",
        GRADIENT,
        GRADIENT.replace(" * slope", ""),
    ),
    ("sparse: gradient passes through the clip", GRADIENT, "return by_logits(upstream) * slope"),
    ("sparse: gradient without the label", SOFTMAX_GRADIENT, "(powers / partition)"),
    ("sparse: plus for minus", "np.log(partition) - score", "np.log(partition) + score"),
)
