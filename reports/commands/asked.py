"""What the suites ask; here alone the reports meet them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.releases.record import Asked


def everything() -> Asked:
    from reports.releases.record import Asked
    from reports.store.answer_text import unpack
    from suites.cases.selection import select
    from suites.judge.diagnose import Judge
    from suites.observe import observer, requests

    cases = select(requests.DEVICES)
    asked = requests.requests(cases, requests.SEED)
    judge = Judge(cases, requests.SEED, unpack)
    text, digest = requests.as_json(asked), requests.digest(asked)
    forms = {requests.key(case): (case.loss, case.form) for case in cases if not case.is_contract}
    return Asked(asked, text, digest, Path(observer.__file__), judge.diagnoses, forms)
