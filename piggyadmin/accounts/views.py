"""Sign-in, with the demo people shown where the sandbox is used."""

from typing import Any

from allauth.account import views

from piggyadmin.accounts.demo import demo_people


class LoginView(views.LoginView):  # type: ignore[misc]
    """allauth's sign-in page; on the sandbox it tells who can sign in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo people."""
        return super().get_context_data(demo_people=demo_people(), **kwargs)  # type: ignore[no-any-return]


login = LoginView.as_view()
