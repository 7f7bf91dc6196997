"""The ways of calling a loss: a row each, with the text of the call and the options it takes.

Imports `reference`, the texts of calls and the losses. Start at `form.py`: what a row is; the
module of each family makes its rows, most of them for each loss of `names.py`.
"""

from __future__ import annotations

from suites.cases.forms import backends, keras_2, keras_3, metrics, metrics_of_models, models, nn
from suites.cases.forms.form import Form
from suites.cases.forms.names import KERAS

FORMS: dict[tuple[str, str], Form] = {  # by loss and name
    (form.loss, form.name): form
    for form in (
        *(form for names in KERAS for form in keras_3.forms(names)),
        *(form for names in KERAS for form in (*backends.forms(names), *metrics.forms(names))),
        *(form for names in KERAS for form in keras_2.forms(names)),
        *(form for names in KERAS for form in models.forms(names)),
        *(form for names in KERAS for form in metrics_of_models.forms(names)),
        *nn.forms(),
    )
}
FIRST = {form.loss: form for form in reversed(FORMS.values())}  # asked most
FORM_NAMES = tuple(dict.fromkeys(name for _, name in FORMS))
