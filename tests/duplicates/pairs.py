"""Made-up contacts of the mirror, pairs and decisions, for tests of what people do with them."""

from itertools import count, pairwise
from typing import Any

from django.contrib.auth.models import Group

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.duplicates.models import Cluster, MirroredContact, Pair
from piggyadmin.duplicates.review.evidence import Point

_numbers = count(1)
SAME_PHONE = Point("phone-same", "same phone, written differently", 9.5)
OTHER_NAMES = Point("first-other", "first names differ", -3.0)


def make_contact(name: str = "Mira Jansen", **fields: Any) -> MirroredContact:
    """Mirror a contact; what is not given follows from its name and a number."""
    number = next(_numbers)
    first, _space, last = name.partition(" ")
    given = {
        "uuid": f"{number:08x}-0000-4000-8000-000000000000",
        "email": f"{first.lower()}{number}@example.test",
        "firstname": first,
        "lastname": last,
        "fingerprint": f"{number:032x}",
        "is_compared": True,
    }
    return MirroredContact.objects.create(**given | fields)


def make_pair(
    one: MirroredContact | None = None, other: MirroredContact | None = None, **fields: Any
) -> Pair:
    """Store a pair as a search would; the higher its rank, the surer it is by default."""
    first, second = sorted(
        (one or make_contact(), other or make_contact("Mirra Jansen")), key=lambda each: each.uuid
    )
    given = {
        "first": first.uuid,
        "second": second.uuid,
        "first_fingerprint": first.fingerprint,
        "second_fingerprint": second.fingerprint,
        "probability": 0.97,
        "credits": first.credits + second.credits,
        "rank": 0.97,
    }
    return Pair.objects.create(**given | fields)


def make_cluster(number: int, **fields: Any) -> Cluster:
    """Store a cluster of so many contacts, each a pair with the one before."""
    cluster = Cluster.objects.create(size=number, weakest=0.9, credits=150)
    contacts = [make_contact(f"Mira{n} Jansen", credits=50) for n in range(number)]
    for one, other in pairwise(contacts):
        make_pair(one, other, cluster=cluster, **fields)
    return cluster


def reviewer(name: str) -> User:
    """Make somebody who may review duplicates."""
    user = User.objects.create_user(name, first_name=name.capitalize())
    user.groups.add(Group.objects.get(name=Role.ADMIN.value))
    return user


def fresh(pair: Pair) -> Pair:
    """Read a pair anew."""
    return Pair.objects.get(pk=pair.pk)
