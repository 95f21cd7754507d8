"""The form of an action, and what the fields of entities are made of.

People choose by name, e-mail or code; what a service gets is what Piggy knows it by.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.json_text import read_flat_json
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import KNOWN_IDENTIFIER, NotFound, PiggyError
from piggyadmin.ui.dates import AsShown, DateKindField
from piggyadmin.ui.forms import (
    CleanTextField,
    CodeField,
    as_it_is,
    is_as_shown,
    offer_stored,
)
from piggyadmin.ui.query_parsing import find_meant

Choices = list[tuple[str, str]]


class ResolvedField(CodeField):
    """A code of something at Piggy; its form puts what `resolve` finds in its place."""

    def resolve(self, piggy: PiggyClient, value: str) -> Any:
        """Find what was typed.

        Raises:
            NotFound: there is none.
        """
        raise NotImplementedError

    def none_like(self, value: str) -> str:
        """Say that there is none."""
        raise NotImplementedError


def listed(choices: Callable[[PiggyClient], Choices]) -> Choices:
    """List choices from Piggy, for a field that says it when they cannot be had."""
    return choices(piggy_client())


def offered(choices: Callable[[PiggyClient], Choices]) -> Choices:
    """List choices from Piggy; none when it can't be reached, as one does without."""
    try:
        return listed(choices)
    except PiggyError:
        return []


MOST_CHOICES = 500


class InPreview(forms.HiddenInput):
    """What is chosen in the preview: the form itself does not draw it."""

    def render(self, *_args: Any, **_kwargs: Any) -> SafeString:
        """Draw nothing."""
        return SafeString("")

    @staticmethod
    def read_mapping(data: Mapping[str, Any], name: str, prefix: str) -> dict[str, str]:
        """Read choices: each by its own name behind the prefix, or all of them as JSON."""
        try:
            kept = read_flat_json(data.get(name) or "{}")
        except ValueError:
            kept = {}
        chosen = kept if isinstance(kept, dict) else {}
        chosen |= {key: data[key] for key in data if key.startswith(prefix)}
        return {
            str(key).removeprefix(prefix): str(value)
            for key, value in list(chosen.items())[:MOST_CHOICES]
        }


# What a button sends that offers another code than the one that was typed.
MEANT = "meant"
# The code of an error that says that something is not there.
NOT_THERE = "not_found"
# What is asked about why something is done; the ledger keeps it apart from the data.
WHY = ("reason", "comment")


def _reasons() -> Choices:
    # Imported late: models are not there yet when forms are declared.
    from piggyadmin.ledger.models import Reason  # noqa: PLC0415

    labels = Reason.objects.filter(is_active=True).values_list("label", flat=True)
    return [(label, gettext(label)) for label in labels]


def offered_reason(label: str) -> str:
    """Give a reason if it is one that can be chosen; empty otherwise."""
    return label if label in dict(_reasons()) else ""


def _as_choice(label: str, words: str, usual: str) -> tuple[str, str]:
    """Mark the usual reason, which is chosen where nobody chooses."""
    return label, gettext("%(reason)s (usual)") % {"reason": words} if label == usual else words


def others_meant(query: str, find: Callable[[str], object]) -> list[str]:
    """Give what may be meant by a code that there is not, as far as `find` finds it.

    An offer alone: where Piggy cannot be asked once more, there is none.
    """
    return find_meant(query, partial(_those_there, find), str)


def asked_in_words(meant: list[str]) -> str:
    """Ask whether one of several codes is meant, where there is no button to choose it with."""
    words = gettext("Is this what you mean: %(meant)s?")
    return words % {"meant": ", ".join(f"“{each}”" for each in meant)} if meant else ""


def _those_there(find: Callable[[str], object], texts: list[str]) -> list[str]:
    are_there = gather(*(partial(_is_there, find, text) for text in texts))
    return [text for text, is_there in zip(texts, are_there, strict=True) if is_there]


def _is_there(find: Callable[[str], object], text: str) -> bool:
    """Tell whether there is one; what is to be said of it, such as that it is off, is said then."""
    try:
        find(text)
    except PiggyError as error:
        return error.code in KNOWN_IDENTIFIER
    return True


class UsualSelect(forms.Select):
    """A list whose usual choice, if it has one, is meant where nothing was said, as by programs."""

    usual = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Take the usual choice for a field that was not sent at all."""
        return super().value_from_datadict(data, files, name) if name in data else self.usual


class ReasonField(forms.ChoiceField):
    """Why something is done: no preview needs to know it, only whoever carries it out."""

    def validate(self, value: Any) -> None:
        """Check what was chosen, if anything was."""
        if value:
            super().validate(value)


def refuse_end_before(form: forms.BaseForm, start: str, end: str) -> None:
    """Refuse what ends before it starts, beside the end."""
    begins, ends = form.cleaned_data.get(start), form.cleaned_data.get(end)
    if begins and ends and ends <= begins:
        form.add_error(end, _("This is before the start. Enter a later moment."))


class Doubt(NamedTuple):
    """What is unusual about what was typed into a field, and whether a yes to that came along."""

    words: str
    typed: str
    is_agreed: bool


def _with_what_is_meant(data: Mapping[str, Any] | None) -> Any:
    """Put the code whose button was pressed, `field=code`, in place of the one that was typed."""
    name, is_meant, text = str(data.get(MEANT, "") if data else "").partition("=")
    if not data or not is_meant:
        return data
    changed = data.copy() if isinstance(data, QueryDict) else dict(data)
    changed[name] = text
    return changed


@dataclass(frozen=True)
class FieldGroup:
    """Fields that stand together: some at once, the others under "More"."""

    shown: list[forms.BoundField]
    further: list[forms.BoundField]

    @property
    def is_used(self) -> bool:
        """Whether something stands in it, or is wrong with it."""
        return any(map(_is_used, [*self.shown, *self.further]))

    @property
    def is_open(self) -> bool:
        """Whether "More" has to be open, so that nothing is sent unseen."""
        return any(_is_used(field) or _is_suggested(field) for field in self.further)


def _is_used(bound: forms.BoundField) -> bool:
    rows = bound.value()
    is_filled = any(map(any, map(dict.values, rows))) if _are_rows(rows) else rows not in EMPTY
    return bool(bound.errors) or is_filled


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _is_suggested(bound: forms.BoundField) -> bool:
    return bound.value() is None and bool(getattr(bound.field.widget, "suggested", ""))


EMPTY: tuple[Any, ...] = (None, "", [])


class ActionForm(forms.Form):
    """A form whose `ResolvedField`s are looked up at Piggy, side by side, when it is cleaned."""

    template_name = "actions/form.html"
    # Optional fields that the usual case does not need: they stand under "More".
    folded: tuple[str, ...] = ()
    # Fields of which one group is filled in and the others are not: one group is shown at a time.
    either: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # Whether it is looked for what may be meant by a code that there is not.
    offers_meant = True
    # Whether it is a row of many: nobody is there who could answer a question about it.
    is_one_of_many = False
    # Whether each form has fields of its own, by what the account has, beside those of its class.
    has_further_fields: ClassVar[bool] = False
    # Shows, below the form, what leads on from what was found out; `form` is in its context.
    remark_template: ClassVar[str | None] = None

    def __init__(
        self, data: Mapping[str, Any] | None = None, *args: Any, piggy: PiggyClient, **kwargs: Any
    ) -> None:
        self.piggy = piggy
        self.failure: PiggyError | None = None
        self.doubts: dict[str, Doubt] = {}
        # What may be meant by a code that there is not, by the name of its field.
        self.meant: dict[str, list[str]] = {}
        self._untouched: set[str] = set()
        super().__init__(_with_what_is_meant(data), *args, **kwargs)

    def is_valid(self) -> bool:
        """Tell whether the form can be carried out.

        Raises:
            PiggyError: Piggy could not be asked; kept until here so that the form still renders.
        """
        is_valid = super().is_valid()
        if self.failure:
            raise self.failure
        return is_valid

    def clean(self) -> dict[str, Any]:
        """Put what was found at Piggy where its code was typed; ask about odd dates."""
        for name, field in self.fields.items():
            if isinstance(field, DateKindField) and not self.is_untouched(name):
                self.ask_about(name, field.doubt(self.cleaned_data.get(name)))
        fields = {
            name: field
            for name, field in self.fields.items()
            if isinstance(field, ResolvedField) and self.cleaned_data.get(name)
        }
        try:
            self._put_found(fields)
        except PiggyError as error:
            self.failure = error
        return self.cleaned_data

    def is_untouched(self, name: str) -> bool:
        """Tell whether a field that shows what is stored came back as it was shown."""
        return name in self._untouched or isinstance(self[name].data, AsShown)

    def show_stored(self, names: Iterable[str]) -> None:
        """Say that fields show what is stored: only what is touched is then looked at."""
        for name in names:
            field = self.fields[name]
            if isinstance(field, DateKindField):
                field.show_stored()
                continue
            bound = field.get_bound_field(self, name)
            # Where nothing was shown before, as when something is taken back, all of it is typed.
            field.show_hidden_initial = not self.is_bound or bound.html_initial_name in self.data
            offer_stored(bound)
            if self.is_bound and is_as_shown(field.get_bound_field(self, name)):
                self.fields[name] = as_it_is(field)
                self._untouched.add(name)

    def ask_about(self, name: str, words: str) -> None:
        """Insist on a yes to what is unusual; it counts for what was in the field with it."""
        if not words:
            return
        typed = str(self[name].data or "")
        is_agreed = self.data.get(f"agreed_{name}") == (typed or "yes")
        self.doubts[name] = Doubt(words, typed or "yes", is_agreed)
        if not is_agreed:
            self.add_error(name, ValidationError(words, code="unusual"))

    @property
    def action_data(self) -> dict[str, Any]:
        """What was filled in about the action itself, without why."""
        return {name: value for name, value in self.cleaned_data.items() if name not in WHY}

    @property
    def agreed_data(self) -> dict[str, Any]:
        """What an agreement to a preview binds: by default everything about the action."""
        return self.action_data

    @property
    def why(self) -> dict[str, str]:
        """The reason and the comment, as far as they were asked for."""
        return {name: str(self.cleaned_data.get(name) or "") for name in WHY}

    def ask_why(self, usual: str = "") -> None:
        """Add the reason and the comment to what is asked.

        A reason that nobody gave would stand in the ledger as if somebody had: none is chosen
        already but the one that the account's owner calls usual, and that one says so.
        """
        reasons = _reasons()
        usual = usual if usual in dict(reasons) else ""
        field = ReasonField(
            label=_("Reason"),
            choices=[_as_choice(label, words, usual) for label, words in reasons],
            initial=usual,
            required=bool(reasons),
            widget=UsualSelect,
        )
        if not usual:
            field.choices = [("", _("Choose…")), *reasons]
        field.widget.usual = usual
        self.fields["reason"] = field
        self.fields["comment"] = CleanTextField(
            label=_("Comment"),
            required=False,
            max_length=1000,
            help_text=_(
                "For colleagues who read this later. It can never be removed: name no customer."
            ),
        )
        self.folded = (*self.folded, "comment")

    def get_context(self) -> dict[str, Any]:
        """Add how the fields stand on the page."""
        apart = {name for group in self.either for name in group}
        fields = self.visible_fields()
        before = list(takewhile(lambda bound: bound.name not in apart, fields))
        after = [bound for bound in fields[len(before) :] if bound.name not in apart]
        main, rest = self._group(before), self._group(after)
        return {
            **super().get_context(),
            "before": main.shown,
            "either": self._alternatives(),
            "after": FieldGroup(rest.shown, [*main.further, *rest.further]),
        }

    def _alternatives(self) -> list[tuple[FieldGroup, bool]]:
        """Give the groups, each with whether it is shown: what is used, else the first."""
        groups = [self._group([self[name] for name in names]) for names in self.either]
        are_used = [group.is_used for group in groups]
        if groups and not any(are_used):
            are_used[:1] = [True]
        return list(zip(groups, are_used, strict=True))

    def _group(self, fields: list[forms.BoundField]) -> FieldGroup:
        return FieldGroup(
            [bound for bound in fields if bound.name not in self.folded],
            [bound for bound in fields if bound.name in self.folded],
        )

    @property
    def missing_why(self) -> dict[str, Any]:
        """What is left to be said before it is carried out, by the name of its field."""
        field = self.fields.get("reason")
        if field is None or not field.required or self.why["reason"]:
            return {}
        return {"reason": field.error_messages["required"]}

    def _put_found(self, fields: Mapping[str, ResolvedField]) -> None:
        finds = (partial(self._find, field, name) for name, field in fields.items())
        for (name, field), found in zip(fields.items(), gather(*finds), strict=True):
            if found is None:
                self._miss(name, field)
            else:
                self.cleaned_data[name] = found

    def _miss(self, name: str, field: ResolvedField) -> None:
        """Say that there is none; offer what may be meant."""
        query = self.cleaned_data[name]
        self.add_error(name, ValidationError(field.none_like(query), code=NOT_THERE))
        self.offer(name, query, partial(field.resolve, self.piggy))

    def offer(self, name: str, query: str, find: Callable[[str], object]) -> None:
        """Offer what may be meant by a code that there is not."""
        if self.offers_meant and (meant := others_meant(query, find)):
            self.meant[name] = meant

    def _find(self, field: ResolvedField, name: str) -> Any:
        try:
            return field.resolve(self.piggy, self.cleaned_data[name])
        except NotFound:
            return None


class JustifiedForm(forms.Form):
    """A form of no action of its own, which asks why as those do."""

    template_name = "ui/form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asking = ActionForm(piggy=piggy_client())
        asking.ask_why()
        self.fields |= {name: asking.fields[name] for name in WHY}

    def clean(self) -> dict[str, Any]:
        """Insist on a reason, where there are some to choose from."""
        data = super().clean() or {}
        reason = self.fields["reason"]
        if reason.required and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", reason.error_messages["required"])
        return data
