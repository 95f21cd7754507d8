"""Forms about people and roles, and the filter of the list of people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm, UserCreationForm
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role, role_label
from piggyadmin.actions.rights import all_rights, full_name, held_by
from piggyadmin.people.services import choose_factor, insist_on_holding
from piggyadmin.ui.filters import StatedFilter
from piggyadmin.ui.forms import CleanCharField
from piggyadmin.ui.states import status_choices

STATES = ("may-sign-in", "disabled")


class PersonFilter(StatedFilter):
    """What the list of people can be narrowed down to."""

    everything = _("Everybody, by name.")
    narrowed = _("Only these, by name: %(parts)s.")

    name = CleanCharField(label=_("Name or e-mail"), required=False)
    role = forms.TypedChoiceField(label=_("Role"), required=False, coerce=int)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(group.pk, role_label(group.name)) for group in Group.objects.order_by("name")]
        self._choose("role").choices = [("", _("Any")), *roles]
        self._choose("state").choices = [("", _("Any")), *status_choices(STATES)]

    def _choose(self, name: str) -> Any:
        return self.fields[name]

    def query(self) -> QuerySet[User]:
        """Select whom is asked for."""
        values = self.values
        people = User.objects.none() if self.errors else User.objects.all()
        if name := values.get("name"):
            fields = ("username", "first_name", "last_name", "email")
            wanted = [Q(**{f"{field}__icontains": name}) for field in fields]
            people = people.filter(wanted[0] | wanted[1] | wanted[2] | wanted[3])
        if role := values.get("role"):
            people = people.filter(groups=role)
        if state := values.get("state"):
            people = people.filter(is_active=state == STATES[0])
        return people


class RolesField(forms.ModelMultipleChoiceField["Group"]):
    """Roles, each ticked for itself."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Group.objects.order_by("pk"), label=_("Roles"), required=False, **kwargs)

    def label_from_instance(self, obj: Group) -> str:
        """Call it as it is called on screen."""
        return role_label(obj.name)


class RolesForm(forms.Form):
    """What somebody may do: their roles, and for superusers whether they are one too."""

    groups = RolesField()
    is_superuser = forms.BooleanField(
        label=_("Superuser"),
        required=False,
        help_text=_("May do everything, Django's own admin site included."),
    )

    def __init__(self, *args: Any, actor: User, person: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"groups": person.groups.all(), "is_superuser": person.is_superuser}
        super().__init__(*args, **kwargs)
        self.actor, self.person = actor, person
        if not actor.is_superuser:
            del self.fields["is_superuser"]

    def clean_groups(self) -> QuerySet[Group]:
        """Refuse roles that let do more than whoever gives them may.

        Raises:
            ValidationError: it names them.
        """
        return permitted_roles(self.actor, self.cleaned_data["groups"])

    @property
    def taken(self) -> list[Group]:
        """The roles that the person would not have any more."""
        kept = set(self.cleaned_data["groups"])
        return [role for role in self.person.groups.all() if role not in kept]

    @property
    def makes_superuser(self) -> bool:
        """Whether the person is to be a superuser."""
        return bool(self.cleaned_data.get("is_superuser", self.person.is_superuser))


def permitted_roles(actor: User, roles: QuerySet[Group]) -> QuerySet[Group]:
    """Give the roles, if whoever gives them may do all that they let do.

    Raises:
        ValidationError: it names those that are too high.
    """
    try:
        insist_on_holding(actor, roles)
    except PermissionDenied as error:
        raise ValidationError(str(error)) from error
    return roles


class NewPersonForm(UserCreationForm[User]):
    """Somebody new: who they are, their first password and their roles."""

    groups = RolesField()

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "groups")

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.order_fields([*self.Meta.fields[:-1], "password1", "password2", "groups"])

    def clean_groups(self) -> QuerySet[Group]:
        """Refuse roles that let do more than whoever gives them may.

        Raises:
            ValidationError: it names them.
        """
        return permitted_roles(self.actor, self.cleaned_data["groups"])

    def save(self, commit: bool = True) -> User:
        """Make them; the password that somebody else knows is good for one sign-in."""
        self.instance.must_change_password = True
        return super().save(commit)


class GivenPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """Another password for somebody, which is good for one sign-in: somebody else knows it."""

    def save(self, commit: bool = True) -> User:
        """Set it."""
        self.user.must_change_password = True
        person: User = super().save(commit)
        return person


class PersonForm(forms.ModelForm[User]):
    """What somebody is called, and where mail reaches them."""

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email")


# --- Roles -----------------------------------------------------------------------------------


class RoleForm(forms.Form):
    """What a role is called, and what it lets people do."""

    name = CleanCharField(label=_("Name"), max_length=150)
    second_factor = forms.BooleanField(
        label=_("Its people need a second factor"),
        required=False,
        help_text=_("Whoever has none yet is told when they sign in, and has some days for it."),
    )

    def __init__(self, *args: Any, actor: User, role: Group | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.role = actor, role
        self.held = held_by(role) if role else set()
        self._begin_factor(self.fields["second_factor"], role)
        if role and role.name in set(Role):
            del self.fields["name"]
        elif role:
            self.fields["name"].initial = role.name
        for number, area in enumerate(all_rights()):
            held = [each.permission for each in area.rights if each.permission in self.held]
            self.fields[f"rights-{number}"] = forms.MultipleChoiceField(
                label=area.label,
                choices=area.rights,
                initial=held,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def _begin_factor(self, field: forms.Field, role: Group | None) -> None:
        """Tick it where it is so; a setting cannot be changed here."""
        if role and role.name in settings.SECOND_FACTOR_ROLES:
            field.disabled = field.initial = True
            field.help_text = _("A setting says so where the console runs: SECOND_FACTOR_ROLES.")
        elif role:
            field.initial = hasattr(role, "factor_requirement")

    def clean_name(self) -> str:
        """Refuse a name that another role has.

        Raises:
            ValidationError: it says so.
        """
        name: str = self.cleaned_data["name"]
        others = Group.objects.filter(name__iexact=name)
        if any(other != self.role for other in others):
            raise ValidationError(gettext("Another role is called so."))
        return name

    def clean(self) -> dict[str, Any]:
        """Refuse to give what somebody does not have themselves.

        Raises:
            ValidationError: it says so.
        """
        cleaned = super().clean() or {}
        if not self.actor.has_perms(self.wanted - self.held):
            raise ValidationError(gettext("You may not give what you do not have yourself."))
        return cleaned

    @property
    def wanted(self) -> set[str]:
        """What the role is to let do, of that which the console asks for somewhere."""
        names = (name for name in self.fields if name.startswith("rights-"))
        return {each for name in names for each in self.cleaned_data.get(name, ())}

    @property
    def taken(self) -> set[str]:
        """What the role would not let do any more."""
        offered = {right.permission for area in all_rights() for right in area.rights}
        return (self.held & offered) - self.wanted

    def save(self) -> Group:
        """Store it; what the console asks for nowhere stays as it was."""
        role = self.role or Group()
        if "name" in self.cleaned_data and role.name != self.cleaned_data["name"]:
            role.name = self.cleaned_data["name"]
            role.save()
        role.permissions.remove(*_permissions(self.taken))
        role.permissions.add(*_permissions(self.wanted - self.held))
        if not self.fields["second_factor"].disabled:
            choose_factor(role, is_required=self.cleaned_data["second_factor"])
        return role


def _permissions(names: Iterable[str]) -> list[Permission]:
    wanted = set(names)
    return [
        each
        for each in Permission.objects.select_related("content_type")
        if full_name(each) in wanted
    ]


class IdentityForm(forms.Form):
    """Who somebody is at the service by which they are to sign in."""

    subject = CleanCharField(
        label=_("Identifier there"),
        max_length=255,
        help_text=_(
            "What the service itself calls “sub” or the object ID: it never changes. A name or an "
            "e-mail is not enough, as others can take it."
        ),
    )

    def clean_subject(self) -> str:
        """Refuse what is a mail address, which could be anybody's tomorrow.

        Raises:
            ValidationError: it is one.
        """
        subject: str = self.cleaned_data["subject"]
        if "@" in subject:
            raise ValidationError(_("This is an address, not an identifier."))
        return subject
