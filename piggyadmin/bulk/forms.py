"""What is filled in of a bulk run: the list, how it is read, which column is which field."""

import io
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm, JustifiedForm
from piggyadmin.actions.registry import by_entity, get_action
from piggyadmin.bulk import actions as bulk_actions
from piggyadmin.bulk.models import BulkRun
from piggyadmin.bulk.parsing.sniffing import ENCODINGS
from piggyadmin.bulk.parsing.types import FileKind
from piggyadmin.piggy.client import piggy_client
from piggyadmin.ui.forms import CleanTextField

# What is pasted is a field of the form, which is held in memory.
MOST_PASTED = 1_500_000
DELIMITERS = {
    ";": _("Semicolon ;"),
    ",": _("Comma ,"),
    "\t": _("Tab"),
    "|": _("Bar |"),
    ":": _("Colon :"),
}
# What a field is in all rows stands in a field of this name.
SAME, COLUMN = "same_", "column_"


class ListForm(forms.Form):
    """What is done, and the list of what it is done with."""

    template_name = "ui/form.html"

    action = forms.ChoiceField(label=_("What is done with each row"))
    file = forms.FileField(
        label=_("The list"),
        required=False,
        allow_empty_file=True,
        help_text=_("CSV or Excel (.xlsx), up to 100,000 rows and 50 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
    text = CleanTextField(
        label=_("Or pasted"),
        required=False,
        max_length=MOST_PASTED,
        strip=False,
        help_text=_("Out of a spreadsheet, with the names of the columns first."),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "mono"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        groups = by_entity(bulk_actions.bulk_actions(person))
        choices = [(name, [(each.slug, each.label) for each in group]) for name, group in groups]
        self.fields["action"].choices = [("", _("Choose…")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Insist on a list: a file or a text, one of them."""
        data = super().clean() or {}
        if "text" in self.errors or "file" in self.errors:
            return data
        is_pasted = bool(data.get("text", "").strip())
        if data.get("file") and is_pasted:
            self.add_error("text", _("Choose a file or paste a list, not both."))
        elif not data.get("file") and not is_pasted:
            self.add_error("file", _("Choose a file, or paste a list."))
        return data

    @property
    def list_file(self) -> tuple[BinaryIO, int, str]:
        """The list, its size in bytes, and what it is called."""
        if upload := self.cleaned_data["file"]:
            return upload, upload.size, upload.name
        content = self.cleaned_data["text"].encode()
        return io.BytesIO(content), len(content), ""

    @property
    def chosen_action(self) -> Action[Any, Any]:
        """The action."""
        action = bulk_actions.find_bulk_action(self.cleaned_data["action"], self.person)
        assert action  # noqa: S101  (the choices hold no other)
        return action


class FormatForm(forms.Form):
    """How a CSV file is read."""

    template_name = "ui/form.html"

    encoding = forms.ChoiceField(label=_("Encoding"))
    delimiter = forms.ChoiceField(label=_("Separator"), choices=list(DELIMITERS.items()))
    has_names = forms.BooleanField(
        label=_("The first row has the names of the columns"), required=False
    )

    def __init__(self, run: BulkRun, data: Mapping[str, Any] | None = None) -> None:
        names = ("encoding", "delimiter", "has_names")
        super().__init__(data, initial={name: getattr(run, name) for name in names})
        offered = dict.fromkeys([run.encoding, *ENCODINGS])
        choices = [(name, name.upper()) for name in offered if name]
        self.fields["encoding"].choices = choices  # type: ignore[attr-defined]
        if run.kind != FileKind.CSV:
            del self.fields["encoding"], self.fields["delimiter"]

    def put_into(self, run: BulkRun) -> None:
        """Have a run be read like that."""
        for name, value in self.cleaned_data.items():
            setattr(run, name, value)


class ColumnsForm(forms.Form):
    """For each field of the action its column, or what it is in all rows."""

    def __init__(self, run: BulkRun, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.run = run
        self.own: ActionForm = _form_of(run)
        self.wanted = bulk_actions.fields_of(run.action)
        columns = [(str(at), name) for at, name in enumerate(run.columns)]
        for name, field in self.wanted.items():
            chosen = run.chosen.get(name)
            column = chosen if isinstance(chosen, int) else None
            self.fields[COLUMN + name] = forms.ChoiceField(
                label=field.label,
                required=False,
                choices=[("", _("No column")), *columns],
                initial="" if column is None else str(column),
            )
            self.fields[SAME + name] = _as_same(self.own.fields[name], chosen)

    @property
    def rows(self) -> Iterator[tuple[forms.BoundField, forms.BoundField, bool]]:
        """Give, for each field, where it is chosen from, and whether it has to be."""
        for name, field in self.wanted.items():
            yield self[COLUMN + name], self[SAME + name], field.required

    def clean(self) -> dict[str, Any]:
        """Insist on each field that has to be filled in, and on one place to fill it in from."""
        data = super().clean() or {}
        for name, field in self.wanted.items():
            column, same = data.get(COLUMN + name), str(data.get(SAME + name) or "").strip()
            if column and same:
                self.add_error(SAME + name, _("A column or this, not both."))
            elif field.required and not column and not same:
                words = gettext("Choose a column, or fill in what is so in all rows.")
                self.add_error(COLUMN + name, words)
        return data

    @property
    def chosen(self) -> dict[str, Any]:
        """By field: the number of its column, or what it is in all rows."""
        found: dict[str, Any] = {}
        for name in self.wanted:
            same = str(self.cleaned_data.get(SAME + name) or "").strip()
            if column := self.cleaned_data.get(COLUMN + name):
                found[name] = int(column)
            elif same:
                found[name] = same
        return found


def _form_of(run: BulkRun) -> ActionForm:
    form: ActionForm = get_action(run.action).form_class(piggy=piggy_client())
    return form


def _as_same(field: forms.Field, chosen: Any) -> forms.Field:
    """Give a field that is drawn like an action's own, and takes whatever is typed."""
    return forms.Field(
        label=_("In all rows"),
        required=False,
        widget=field.widget,
        initial=chosen if isinstance(chosen, str) else None,
    )


class ConfirmForm(JustifiedForm):
    """The yes to a checked run: why, and whether what is repeated is done too."""

    includes_repeats = forms.BooleanField(
        label=_("Do the repeated rows too"),
        required=False,
        help_text=_("Those that stand in the list twice, and those that were done lately."),
    )

    def __init__(self, *args: Any, has_repeats: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_repeats:
            del self.fields["includes_repeats"]
