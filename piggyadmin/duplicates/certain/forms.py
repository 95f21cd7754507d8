"""Forms of the runs of certain pairs."""

from itertools import islice
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.actions.forms import JustifiedForm
from piggyadmin.duplicates.certain.checking import MOST_PAIRS
from piggyadmin.duplicates.certain.daily_rights import TO_APPROVE
from piggyadmin.duplicates.certain.rules import RULES, CertainRule, find_rule
from piggyadmin.duplicates.review.batches import MOST_PAIRS as MOST_CHOSEN
from piggyadmin.duplicates.review.batches import tokens
from piggyadmin.ui.forms import CleanCharField
from piggyadmin.ui.templatetags.ui import number


def _measured(rule: CertainRule) -> str:
    """Say of a rule what it asks for, and how often it was right."""
    words = ngettext(
        "%(rule)s: of %(pairs)s pairs that it let through, %(wrong)s was two people",
        "%(rule)s: of %(pairs)s pairs that it let through, %(wrong)s were two people",
        rule.measured.wrong,
    )
    figures = {"pairs": number(rule.measured.pairs), "wrong": number(rule.measured.wrong)}
    return words % {"rule": rule.words, **figures}


def _rules() -> list[tuple[str, str]]:
    return [(rule.slug, _measured(rule)) for rule in RULES]


class RuleForm(forms.Form):
    """What makes a pair certain."""

    template_name = "ui/form.html"

    rule = forms.ChoiceField(
        label=_("What both have in common"),
        choices=_rules,
        initial=RULES[0].slug,
        widget=forms.RadioSelect,
    )

    @property
    def chosen(self) -> CertainRule:
        """The rule that was chosen."""
        return find_rule(self.cleaned_data["rule"])


class RunForm(RuleForm):
    """By which rule pairs are chosen, and among which."""

    # Numbers of pairs; nothing for all of the queue.
    among = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def chosen_pairs(self) -> list[int]:
        """The pairs that it is chosen from; none for all."""
        return read_numbers(self.cleaned_data["among"])


def read_numbers(text: str) -> list[int]:
    """Read numbers of pairs, each with or without a mark of its data; nonsense is passed over."""
    return [pk for pk, _mark in islice(tokens(text), MOST_CHOSEN)]


class ConfirmPairsForm(JustifiedForm):
    """The yes to all pairs that are left ticked: why, and how many they are, typed."""

    confirmation = CleanCharField(label=_("Number of pairs"), max_length=10)
    digest = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, pairs: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs = pairs
        words = gettext("For good: to confirm, type %(pairs)s.")
        self.fields["confirmation"].help_text = words % {"pairs": pairs}
        self.order_fields(["reason", "comment", "confirmation", "digest"])

    def clean(self) -> dict[str, Any]:
        """Insist on the number too."""
        data = super().clean()
        if "confirmation" in data and data["confirmation"] != str(self.pairs):
            self.add_error("confirmation", _("That is not how many they are. Nothing was sent."))
        return data


class DailyForm(JustifiedForm, RuleForm):
    """What is merged by itself, how much of it, who has to approve that, and why."""

    most_per_day = forms.IntegerField(
        label=_("Most pairs a day"), min_value=1, max_value=MOST_PAIRS, initial=25
    )
    approver = forms.ModelChoiceField(
        label=_("Who approves it"),
        queryset=User.objects.none(),
        empty_label=_("Choose…"),
        help_text=_("Only this person can. Either of you, and any other admin, can stop it."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["approver"]
        field.queryset = _approvers(person)
        field.label_from_instance = lambda user: user.name


def _approvers(person: User) -> QuerySet[User]:
    """Select whoever else may approve it."""
    others = User.objects.exclude(pk=person.pk)
    for permission in TO_APPROVE:
        others = others.filter(pk__in=User.objects.with_perm(permission))
    return others
