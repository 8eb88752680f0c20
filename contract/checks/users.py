"""GET /user, links and webhooks."""

from fakeayr.ayrshare.ids import PRIMARY_TITLE
from fakeayr.contract.checks import check
from fakeayr.contract.session import ContractSession, expect, expect_refusal


@check("user.profile")
def a_user_is_the_profile_that_is_named(session: ContractSession) -> None:
    """GET /user returns the profile that is named, or the primary one."""
    profile = session.profile
    named = session.call("GET", "/user", profile_key=profile.key)
    expect(named.fields.get("title") == profile.title, "title is not the profile's", named)
    expect(named.fields.get("refId") == profile.ref_id, "refId is not the profile's", named)
    primary = session.call("GET", "/user")
    expect(primary.fields.get("title") == PRIMARY_TITLE, "not the primary profile", primary)
    expect(primary.fields.get("refId") != profile.ref_id, "both have one refId", primary)


@check("user.nothing-linked")
def nothing_linked_is_absent(session: ContractSession) -> None:
    """While nothing is linked, activeSocialAccounts is absent."""
    answer = session.call("GET", "/user", profile_key=session.profile.key)
    expect(answer.status == 200, "GET /user is refused", answer)
    expect("activeSocialAccounts" not in answer.fields, "activeSocialAccounts is there", answer)


@check("user.linked", needs_linking=True)
def a_link_shows_up(session: ContractSession) -> None:
    """A new link shows up in GET /user and GET /profiles."""
    profile = session.create_profile()
    session.link(profile.key, "facebook")
    answer = session.call("GET", "/user", profile_key=profile.key)
    active = answer.fields.get("activeSocialAccounts")
    expect(active == ["facebook"], f"activeSocialAccounts is {active}", answer)
    names = answer.fields.get("displayNames") or [{}]
    expect(names[0].get("platform") == "facebook", "displayNames does not tell of it", answer)
    entry = session.eventually_listed(profile.ref_id)
    expect(entry.get("activeSocialAccounts") == ["facebook"], "the list does not tell of it")
    gone = session.call(
        "DELETE", "/profiles/social", profile_key=profile.key, body={"platform": "facebook"}
    )
    expect(gone.status == 200, "unlinking is refused", gone)
    after = session.call("GET", "/user", profile_key=profile.key)
    expect("activeSocialAccounts" not in after.fields, "it is still linked", after)


@check("social.unlink")
def unlinking_nothing_succeeds(session: ContractSession) -> None:
    """Unlinking a network that is not linked succeeds."""
    answer = session.call(
        "DELETE", "/profiles/social", profile_key=session.profile.key, body={"platform": "twitter"}
    )
    expect(answer.status == 200, "it is refused", answer)
    expect(answer.fields.get("platform") == "twitter", "platform is another", answer)
    expect(answer.fields.get("refId") == session.profile.ref_id, "refId is another", answer)


@check("webhooks.registered")
def a_webhook_is_listed_and_removed(session: ContractSession) -> None:
    """A webhook is registered, listed and removed."""
    profile, url = session.create_profile(), "https://webhooks.fakeayr.example/feed"
    body = {"action": "feed", "url": url}
    made = session.call("POST", "/hook/webhook", profile_key=profile.key, body=body)
    expect(made.status == 200, "the registration is refused", made)
    expect(made.fields.get("action") == "feed", "action is another", made)
    expect(made.fields.get("url") == url, "url is another", made)
    listed = session.call("GET", "/hook/webhook", profile_key=profile.key)
    expect(listed.fields.get("feed") == url, "it is not listed under its action", listed)
    gone = session.call("DELETE", "/hook/webhook", profile_key=profile.key, body={"action": "feed"})
    expect(gone.status == 200, "the removal is refused", gone)
    after = session.call("GET", "/hook/webhook", profile_key=profile.key)
    expect("feed" not in after.fields, "it is listed after its removal", after)


@check("webhooks.https")
def a_webhook_url_is_https(session: ContractSession) -> None:
    """A webhook URL that is not https is refused."""
    body = {"action": "feed", "url": "http://webhooks.fakeayr.example/feed"}
    answer = session.call("POST", "/hook/webhook", profile_key=session.profile.key, body=body)
    expect_refusal(answer, status=400)
