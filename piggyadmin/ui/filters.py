"""Filters of long lists: what is left out is stated in words, pages begin where the last ended."""

from datetime import date as day
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.template.defaultfilters import date
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _


class StatedFilter(forms.Form):
    """What a list can be narrowed down to; everything is optional, and can be said in words."""

    template_name = "ui/form.html"
    # What is said of a list that is not narrowed down, and of one that is.
    everything: ClassVar[str | Promise] = _("Everything, newest first.")
    only: ClassVar[str | Promise] = _("Only this, newest first: %(parts)s.")

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in and can be used."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def words(self) -> str:
        """State the filter in words."""
        values = self.values
        if self.errors:
            return gettext("Nothing: correct the filter first.")
        if not values:
            return str(self.everything)
        return str(self.only) % {"parts": " · ".join(self.said(name) for name in values)}

    def said(self, name: str) -> str:
        """Say what one field narrows the list down to."""
        field, value = self.fields[name], self.values[name]
        if isinstance(field, forms.BooleanField):
            return str(field.label)
        return f"{field.label}: {self.said_value(name, value)}"

    def said_value(self, name: str, value: Any) -> str:
        """Say a field's value as it stands in its list of choices."""
        if isinstance(value, day):
            return date(value, pgettext("date", "j M Y"))
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


def without_place(query: QueryDict) -> str:
    """Give the filter as it stands in the address, to be put into links."""
    kept = query.copy()
    kept.pop("after", None)
    return kept.urlencode()
