"""What holds in every response of a run, looked at when all else has run."""

from fakeayr.contract.checks import check
from fakeayr.contract.expectations import FactBroken, expect
from fakeayr.contract.session import ContractSession
from fakeayr.contract.watch import CONTENT_TYPE, ERROR_SHAPE, KEY_ONCE, RATE_HEADERS, SECRETS


@check(CONTENT_TYPE, is_last=True)
def answers_are_json_to_the_letter(session: ContractSession) -> None:
    """Successes and errors have the exact Content-Type."""
    _expect_unbroken(session, CONTENT_TYPE)


@check(ERROR_SHAPE, is_last=True)
def every_error_has_its_shape(session: ContractSession) -> None:
    """Every error has the documented shape, and no call failed with 500."""
    _expect_unbroken(session, ERROR_SHAPE)


@check(RATE_HEADERS, is_last=True)
def told_limits_are_whole_numbers(session: ContractSession) -> None:
    """Rate limits in headers are whole numbers."""
    _expect_unbroken(session, RATE_HEADERS)


@check(SECRETS, KEY_ONCE, is_last=True)
def no_response_shows_a_secret(session: ContractSession) -> None:
    """No response shows an API key, a private key, or a profile key again."""
    for fact in (SECRETS, KEY_ONCE):
        _expect_unbroken(session, fact)


def _expect_unbroken(session: ContractSession, fact: str) -> None:
    """Checks what holds in every response, of this run and of three calls more."""
    made = session.generate()
    expect(made.status == 200, "generateJWT is refused", made)
    session.call("GET", "/user", api_key=None)
    session.call("GET", "/no-such-path")
    sessions = {id(it): it for it in (session, session.newer, session.timed)}
    for watched in sessions.values():
        broken = watched.watch.broken(fact)
        if broken is not None:
            raise FactBroken(*broken)
