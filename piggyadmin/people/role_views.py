"""Roles: what each lets its people do, and changing that."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Group
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.generic import View

from piggyadmin.accounts.middleware import fill_in
from piggyadmin.accounts.mixins import PermittedView
from piggyadmin.accounts.permissions import ADD_ROLES, CHANGE_ROLES, DELETE_ROLES, VIEW_ROLES
from piggyadmin.accounts.roles import Role, role_label
from piggyadmin.actions.rights import held_by, held_by_each, in_words
from piggyadmin.factors.requirements import required_roles
from piggyadmin.people import services
from piggyadmin.people.forms import RoleForm
from piggyadmin.ui.http import signed_in


class RoleList(PermittedView):
    """All roles, with how many people have them and how much each lets them do."""

    permission = VIEW_ROLES

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        groups = list(Group.objects.annotate(people=Count("user", distinct=True)).order_by("pk"))
        needing = set(required_roles().values_list("pk", flat=True))
        rows = [
            (role_label(each.name), each, len(in_words(held)), each.pk in needing)
            for each, held in zip(groups, held_by_each(groups), strict=True)
        ]
        return render(request, "people/roles.html", {"rows": rows})


class RoleFormView(View):
    """The form of a role, of one that is there or of a new one."""

    def get(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Show it."""
        role = get_object_or_404(Group, pk=pk) if pk else None
        form = RoleForm(actor=signed_in(request), role=role)
        fill_in(request, form)
        return self.show(role, form)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """Store it, once it is agreed what people lose."""
        role = get_object_or_404(Group, pk=pk) if pk else None
        form = RoleForm(request.POST, actor=signed_in(request), role=role)
        if not form.is_valid():
            return self.show(role, form)
        if role and form.taken and "confirmed" not in request.POST:
            return self.ask(role, form)
        with services.change(signed_in(request), CHANGE_ROLES if role else ADD_ROLES):
            form.save()
        messages.success(request, gettext("Saved. It holds from now on."))
        return redirect("preferences:roles")

    def show(self, role: Group | None, form: RoleForm) -> HttpResponse:
        """Show the form."""
        context: dict[str, Any] = {"form": form, "role": role}
        if role:
            is_own = role.name not in set(Role)
            may_remove = is_own and signed_in(self.request).has_perm(DELETE_ROLES)
            context |= {"label": role_label(role.name), "may_remove": may_remove}
        return render(self.request, "people/role.html", context)

    def ask(self, role: Group, form: RoleForm) -> HttpResponse:
        """Ask whether the people who have it are to lose that."""
        title = gettext("Take rights away from the role %(role)s?")
        count = len(form.taken)
        button = ngettext("Take away %(count)s right", "Take away %(count)s rights", count)
        sent = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name in form.fields
        ]
        context = {
            "role": role,
            "title": title % {"role": role_label(role.name)},
            "lost": in_words(form.taken),
            "people": role.user_set.filter(is_active=True).count(),
            "button": button % {"count": count},
            "sent": sent,
        }
        return render(self.request, "people/confirm.html", context)


class RoleEdit(RoleFormView, PermittedView):
    """Changes what a role lets its people do."""

    permission = CHANGE_ROLES
    changes_ways_in = True


class NewRole(RoleFormView, PermittedView):
    """Makes a role of the shop's own."""

    permission = ADD_ROLES
    changes_ways_in = True


class RoleRemoval(PermittedView):
    """Removes a role of the shop's own, once it is said who loses what."""

    permission = DELETE_ROLES
    changes_ways_in = True

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask."""
        role = _own_role(pk)
        context = {
            "role": role,
            "title": gettext("Remove the role %(role)s?") % {"role": role.name},
            "lost": in_words(held_by(role)),
            "people": role.user_set.filter(is_active=True).count(),
            "button": gettext("Remove the role"),
        }
        return render(request, "people/confirm.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove it."""
        role = _own_role(pk)
        services.remove_role(signed_in(request), role)
        messages.success(request, gettext("The role is removed."))
        return redirect("preferences:roles")


def _own_role(pk: int) -> Group:
    """Find a role that can be removed: those that the console makes come back by themselves."""
    return get_object_or_404(Group.objects.exclude(name__in=list(Role)), pk=pk)
