"""Recording what a scenario does: every call is a step, with the response to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from fakeayr.client.api import ApiClient
from fakeayr.contract.post_responses import ids_in
from fakeayr.contract.recordings.normalising import Normaliser
from fakeayr.contract.runner import delete_patiently
from fakeayr.contract.server import Answer
from fakeayr.contract.session import NOBODYS_KEY, ContractSession, CreatedProfile

_OPENING: Final = "GET the URL that was answered"
JWT: Final = "jwt"
LINK_SESSIONS: Final = "link-sessions"


class StepRecorder:
    """Plays and records the steps of one scenario.

    Args:
        session: The server and its account.
        control: A client of the fake's control API; `None` for any other server.

    Attributes:
        steps: What has been played.
    """

    def __init__(self, session: ContractSession, control: ApiClient | None = None) -> None:
        self.session = session
        self.steps: list[dict[str, Any]] = []
        self._control = control
        self._posts: list[str] = []
        known = session.target.credentials
        self._names = Normaliser(known, session.target.url, session.public_key)
        self._names.learn(NOBODYS_KEY, "<profileKey of nobody>")

    # What is sent

    @property
    def api_key(self) -> str:
        """The account's API key."""
        return self.session.target.credentials.api_key

    @property
    def corrupt_key(self) -> str:
        """The account's private key with a character missing."""
        return self._names.learn(self.session.corrupt_key, "<private key, a character missing>")

    @property
    def foreign_key(self) -> str:
        """A good private key that is not the account's."""
        return self._names.learn(self.session.foreign_key, "<private key of another domain>")

    @property
    def base64_key(self) -> str:
        """The account's private key in base64."""
        return self._names.learn(self.session.base64_key, "<private key in base64>")

    def known(self, text: str) -> str:
        """Lets a text be written down as it is, also where the server repeats it."""
        return self._names.learn(text, text)

    def secret(self, text: str, name: str) -> str:
        """Lets a text be written down under a name."""
        return self._names.learn(text, name)

    # Steps

    def call(
        self,
        step: str,
        method: str,
        path: str,
        *,
        showing: tuple[str, ...] | None = None,
        figures: bool = False,
        **sent: Any,
    ) -> Answer:
        """Calls the API.

        Args:
            step: What it is for.
            method: The method.
            path: The path below the API's base.
            showing: The only fields of the response that are recorded; all of them unless given.
            figures: As in `Normaliser.body`.
            sent: What else `CheckedServer.call` takes.
        """
        call = partial(self.session.target.call, method, path, **sent)
        answer = delete_patiently(call) if (method, path) == ("DELETE", "/profiles") else call()
        if path == "/post":
            self._learn_posts(answer)
        self._noted(step, method, path, answer, showing, figures=figures, **sent)
        key = answer.fields.get("profileKey")
        if (method, path) == ("POST", "/profiles") and isinstance(key, str):
            self.session.call("DELETE", "/profiles", profile_key=key)  # It was to be refused.
        return answer

    def create(self, step: str, title: str | None = None, **fields: Any) -> CreatedProfile:
        """Creates a profile, which is deleted after the scenario.

        Raises:
            FactBroken: It was not created.
        """
        profile = self.session.create_profile(title, **fields)
        body = {"title": profile.title, **fields}
        self._noted(step, "POST", "/profiles", profile.created, body=body)
        return profile

    def try_profile(self, step: str, title: str, **fields: Any) -> Answer:
        """Asks for a profile that may be refused."""
        answer = self.session.try_profile(title, **fields)
        return self._noted(step, "POST", "/profiles", answer, body={"title": title, **fields})

    def generate(
        self,
        step: str,
        profile: CreatedProfile,
        headers: dict[str, str] | None = None,
        **fields: Any,
    ) -> Answer:
        """Calls generateJWT; a field given as `None` is left out."""
        body = self.session.jwt_body(profile, **fields)
        return self.call(step, "POST", "/profiles/generateJWT", body=body, headers=headers)

    def delete(self, step: str, profile: CreatedProfile) -> Answer:
        """Deletes a profile."""
        answer = delete_patiently(partial(self.session.delete, profile))
        return self._noted(step, "DELETE", "/profiles", answer, profile_key=profile.key)

    def listed(self, step: str, *profiles: CreatedProfile, **query: Any) -> Answer:
        """Lists profiles, once the server shows them."""
        for profile in profiles:
            self.session.eventually_listed(profile.ref_id)
        return self.call(step, "GET", "/profiles", query=query)

    def open(self, step: str, url: object) -> None:
        """Opens a URL of the server's without following redirects."""
        if not str(url).startswith(("http://", "https://")):
            self.steps.append({"step": step, "request": _OPENING, "answer": "<no such URL>"})
            return
        answer = self.session.target.open(str(url))
        told = {"status": answer.status, "headers": self._names.headers(answer)}
        self.steps.append({"step": step, "request": _OPENING, "answer": told})

    def link(self, step: str, profile: CreatedProfile, *networks: str) -> None:
        """Links accounts of networks, as a person would on the linking page."""
        for network in networks:
            self.session.fake.link(profile.key, network)
        self.steps.append({"step": step, "request": f"a person links {', '.join(networks)}"})

    def happens(self, step: str, path: str, **order: Any) -> None:
        """Makes something happen on a fake."""
        if self._control is not None:
            self._control.call("POST", path, order)
        self.steps.append({"step": step, "request": f"by the control API: {path}"})

    def _learn_posts(self, answer: Answer) -> None:
        """Gives the posts in a response names, which stand wherever their ids do."""
        for post_id in ids_in(answer):
            if post_id not in self._posts:
                self._posts.append(post_id)
                self._names.learn(post_id, f"<post {len(self._posts)}>")

    def _noted(
        self,
        step: str,
        method: str,
        path: str,
        answer: Answer,
        showing: tuple[str, ...] | None = None,
        *,
        figures: bool = False,
        **sent: Any,
    ) -> Answer:
        request: dict[str, Any] = {"call": f"{method} {self._names.text(path)}"}
        if "api_key" in sent:
            key = sent["api_key"]
            request["authorization"] = "<none>" if key is None else self._names.text(key)
        for name in ("profile_key", "headers", "query", "body"):
            if sent.get(name) is not None:
                request[name.replace("_", " ")] = self._names.value(sent[name], "sent")
        if sent.get("raw") is not None:
            request["body as it is"] = self._names.text(sent["raw"].decode())
        body = self._names.body(answer, figures=figures)
        if showing is not None and isinstance(body, dict):
            body = {name: value for name, value in body.items() if name in showing}
        told = {
            "status": answer.status,
            "headers": self._names.headers(answer),
            "body": body,
        }
        self.steps.append({"step": step, "request": request, "answer": told})
        return answer


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario of the library.

    Attributes:
        name: Its name.
        says: What it is about.
        age: Which of the two linking APIs the account has to live in.
        play: Plays it.
        account: What is special about the account, which only a fake can open.
        needs_linking: Whether accounts of networks are linked, which takes a person elsewhere.
        needs_fake: Whether it takes a fake for another reason.
    """

    name: str
    says: str
    age: str
    play: Callable[[StepRecorder], None]
    account: dict[str, Any] = field(default_factory=dict)
    needs_linking: bool = False
    needs_fake: bool = False

    def obstacle(self, age: str | None, *, is_fake: bool) -> str | None:
        """Why it cannot be played somewhere; `None` if it can.

        Args:
            age: The only age that can be had there; `None` for both.
            is_fake: Whether it is a fake of ours.
        """
        if age is not None and age != self.age:
            return f"The account does not live in the age of {self.age}."
        if is_fake:
            return None
        if self.needs_linking:
            return "It takes a person who links accounts."
        if self.account:
            return "It takes an account that only a fake opens."
        return "It takes a fake." if self.needs_fake else None


SCENARIOS: Final[list[Scenario]] = []
"""The library, in the order of its definition."""


def scenario(
    *ages: str, needs_linking: bool = False, needs_fake: bool = False, **account: Any
) -> Callable[[Callable[[StepRecorder], None]], Callable[[StepRecorder], None]]:
    """Puts a function into the library; its name and its docstring are the scenario's.

    Args:
        ages: In which ages it is played.
        needs_linking: As in `Scenario`.
        needs_fake: As in `Scenario`.
        account: What is special about the account.
    """

    def register(function: Callable[[StepRecorder], None]) -> Callable[[StepRecorder], None]:
        says = (function.__doc__ or "").strip()
        title = function.__name__.replace("_", " ")
        for age in ages:
            name = title if len(ages) == 1 else f"{title} ({age})"
            SCENARIOS.append(
                Scenario(name, says, age, function, account, needs_linking, needs_fake)
            )
        return function

    return register
