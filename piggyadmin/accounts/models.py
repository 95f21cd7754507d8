"""People who work in the console."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.held_permissions import permissions_of
from piggyadmin.accounts.sign_in_names import look_alike_key, one_script, same_name
from piggyadmin.sealed_fields import SealedJSONField

# What of a person is told in the ledger when it changes; see `changes`.
WATCHED = (
    "username",
    "first_name",
    "last_name",
    "email",
    "password",
    "is_active",
    "is_staff",
    "is_superuser",
)


class PeopleQuerySet(models.QuerySet["User"]):
    """People, who are changed one by one, so that no change goes untold."""

    def update(self, **values: Any) -> int:
        """Change them; what is watched goes through each person's own `save`."""
        if not set(WATCHED).intersection(values):
            return super().update(**values)
        with transaction.atomic():
            people = list(self.all())
            for person in people:
                for name, value in values.items():
                    setattr(person, name, value)
                person.save(update_fields=list(values))
        return len(people)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable["User"], *_args: Any, **_kwargs: Any) -> list["User"]:
        """Make them."""
        people = list(objs)
        with transaction.atomic():
            for person in people:
                person.save(force_insert=True)
        return people

    def called(self, name: str) -> "User | None":
        """Find who signs in with this name, in whatever capitals."""
        alike = self.filter(models.Q(username=name) | models.Q(look_alike=look_alike_key(name)))
        found = {person.username: person for person in alike}
        same = (person for person in found.values() if same_name(person.username, name))
        return found.get(name) or next(same, None)


class PeopleManager(UserManager["User"]):
    """People, found by the name they sign in with."""

    use_in_migrations = False

    def get_queryset(self) -> PeopleQuerySet:
        """Give them all."""
        return PeopleQuerySet(self.model, using=self._db)

    def called(self, name: str) -> "User | None":
        """Find who signs in with this name, in whatever capitals."""
        return self.get_queryset().called(name)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find who signs in with this name.

        Raises:
            DoesNotExist: nobody does.
        """
        person = self.called(username or "")
        if person is None:
            raise User.DoesNotExist
        return person


class User(AbstractUser):
    """A person who signs in; what they may do follows from their groups, which are the roles.

    A person is never deleted, only disabled: what they did keeps their name.
    """

    username = models.CharField(
        _("username"),
        max_length=150,
        unique=True,
        help_text=_("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
        validators=[AbstractUser.username_validator, one_script],
        error_messages={"unique": _("A user with that username already exists.")},
    )
    # The same for all names that look alike.
    look_alike = models.CharField(max_length=500, unique=True, editable=False)
    is_demo = models.BooleanField(
        _("demo person"),
        default=False,
        editable=False,
        help_text=_("Has a public password, and may only exist where the sandbox is used."),
    )

    # How high the rows of tables are for this person, in whatever browser: see `ui/themes.py`.
    density = models.CharField(max_length=20, default="compact", editable=False)

    # Whether a password of one's own choice is the first thing to be done after signing in.
    must_change_password = models.BooleanField(default=False, editable=False)
    # When this person was first told to have a second factor; the days of grace count from here.
    factor_asked_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[PeopleManager] = PeopleManager()

    # While it is saved: how it was before, and that its password is only hashed in another way.
    was: dict[str, Any] | None = None
    is_hashing_anew = False

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]
        verbose_name_plural = _("people")  # type: ignore[assignment]

    @property
    def owes_password(self) -> bool:
        """Whether nothing is open in their name before they have chosen another password."""
        return self.must_change_password and self.has_usable_password()

    @property
    def name(self) -> str:
        """The name that colleagues see and that the ledger copies: no two people share it."""
        full, username = self.get_full_name(), self.get_username()
        if not full or full.casefold() == username.casefold():
            return full or username
        return f"{Truncator(full).chars(100)} ({username})"

    @cached_property
    def permissions(self) -> frozenset[str]:
        """What they hold by themselves and by their roles, as it was when it was asked first."""
        return permissions_of(self.pk)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Tell whether they may do something; nothing is permitted for single objects."""
        return self.is_active and (self.is_superuser or (obj is None and perm in self.permissions))

    def clean(self) -> None:
        """Refuse a name to sign in with that could be taken for a colleague's.

        Raises:
            ValidationError: it names the field.
        """
        super().clean()
        if not self.username:  # what was typed is refused already
            return
        alike = User.objects.filter(look_alike=look_alike_key(self.username)).exclude(pk=self.pk)
        if self._looks_otherwise() and alike.exists():
            words = _("Somebody else signs in with this name, or with one that looks like it.")
            raise ValidationError({"username": words})

    def _looks_otherwise(self) -> bool:
        """Tell whether the name looks otherwise than when it was stored.

        Of those whose names looked alike before that was refused, all but one have a number too.
        """
        return self.look_alike.partition("#")[0] != look_alike_key(self.username)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, together with what the ledger tells of it."""
        named = kwargs.get("update_fields")
        if self._looks_otherwise():
            self.look_alike = look_alike_key(self.username)
        if named is not None and "username" in named:
            kwargs["update_fields"] = {*named, "look_alike"}
        with transaction.atomic():
            super().save(*args, **kwargs)

    def check_password(self, raw_password: str | None) -> bool:
        """Check it; that Django hashes it anew on the way is no change of the password."""
        self.is_hashing_anew = True
        try:
            return super().check_password(raw_password)
        finally:
            self.is_hashing_anew = False


class Pin(models.Model):
    """The short number with which somebody goes on at a shared till; a slow hash of it."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    hash = models.CharField(max_length=200)
    set_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.person_id}"


class OutsideIdentity(models.Model):
    """Who somebody is at the service by which they sign in (OpenID Connect)."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("issuer", "subject"), name="one_person_of_an_identity")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"


class SignInHere(models.Model):
    """When somebody who has a PIN last signed in fully in a browser, of which a hash is kept."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    # Changes with the password.
    session_hash = models.CharField(max_length=128)
    # Which sign-in it is (see `sessions.py`), until somebody else comes in this browser.
    sign_in = models.CharField(max_length=22, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("mark", "person"), name="one_sign_in_of_a_person_here")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%Y-%m-%d}"


class LockedPage(models.Model):
    """What stood in the forms of a page when a till was locked, until its person goes on."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(db_index=True)
    typed = SealedJSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%Y-%m-%d}"


class Attempts(models.Model):
    """How often somebody failed at a password lately; what is counted is hidden in the key."""

    key = models.CharField(max_length=64, primary_key=True)
    number = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.number} until {self.until}"


class KnownPlace(models.Model):
    """Where somebody has signed in before: a browser or an address, of which a hash is kept."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    mark = models.CharField(max_length=64)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=("person", "mark"), name="one_place_of_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.seen_at:%Y-%m-%d}"
