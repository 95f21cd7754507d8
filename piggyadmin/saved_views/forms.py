"""What is filled in of a saved view."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import SHARE_VIEWS
from piggyadmin.saved_views.due_times import Recurrence, Rhythm
from piggyadmin.saved_views.models import LONGEST_NAME, SavedView, ViewMail
from piggyadmin.saved_views.services import MOST_OF_A_LIST, is_full
from piggyadmin.ui.forms import CleanCharField


class RhythmForm(forms.Form):
    """How often somebody is mailed the link to a view's file, and when."""

    template_name = "ui/form.html"

    frequency = forms.ChoiceField(label=_("How often"), choices=Recurrence.choices)
    hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    weekday = forms.TypedChoiceField(
        label=_("On"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        help_text=_("For what comes every week."),
    )
    month_day = forms.TypedChoiceField(
        label=_("Day of the month"),
        coerce=int,
        choices=[(day, str(day)) for day in range(1, 32)],
        help_text=_("For what comes every month. In a shorter month it is the last day."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, mail: ViewMail | None) -> None:
        usual = {"frequency": Recurrence.DAILY, "hour": 8, "weekday": 0, "month_day": 1}
        super().__init__(data, initial=mail.rhythm._asdict() if mail else usual)

    @property
    def rhythm(self) -> Rhythm:
        """What was chosen."""
        return Rhythm(**self.cleaned_data)


class ViewForm(forms.Form):
    """What a view is called, and for whom it is."""

    template_name = "ui/form.html"

    name = CleanCharField(label=_("Name of the view"), max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(label=_("For everybody who may open this list"), required=False)

    def __init__(self, *args: Any, view: SavedView, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"name": view.name, "is_shared": view.is_shared}
        self.view = view
        if not person.has_perm(SHARE_VIEWS):
            del self.fields["is_shared"]

    def clean_name(self) -> str:
        """Refuse a name that the same person has given to another view of the same list."""
        name: str = self.cleaned_data["name"]
        alike = SavedView.objects.filter(
            person=self.view.person, list_name=self.view.list_name, name=name
        )
        if alike.exclude(pk=self.view.pk).exists():
            self.add_error("name", _("A view of this list is called so already."))
        elif self.view.pk is None and is_full(self.view.person, self.view.list_name):
            words = _("These are %(most)s views of this list already. Remove one of them first.")
            self.add_error("name", words % {"most": MOST_OF_A_LIST})
        return name

    def save(self) -> SavedView:
        """Keep it."""
        self.view.name = self.cleaned_data["name"]
        self.view.is_shared = self.cleaned_data.get("is_shared", self.view.is_shared)
        self.view.save()
        return self.view
