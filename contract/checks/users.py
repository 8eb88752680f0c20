"""GET /user, links and webhooks."""

from fakeayr.contract.checks import check
from fakeayr.contract.lab import Lab, expect, expect_refusal


@check("user.profile")
def a_user_is_the_profile_that_is_named(lab: Lab) -> None:
    """With a profile key its own, without one the primary."""
    profile = lab.profile
    named = lab.target.call("GET", "/user", profile_key=profile.key)
    expect(named.fields.get("title") == profile.title, "title is not the profile's", named)
    expect(named.fields.get("refId") == profile.ref_id, "refId is not the profile's", named)
    primary = lab.target.call("GET", "/user")
    expect(primary.fields.get("title") == "Primary Profile", "not the primary profile", primary)
    expect(primary.fields.get("refId") != profile.ref_id, "both have one refId", primary)


@check("user.nothing-linked")
def nothing_linked_is_absent(lab: Lab) -> None:
    """There is no empty list."""
    answer = lab.target.call("GET", "/user", profile_key=lab.profile.key)
    expect(answer.status == 200, "GET /user is refused", answer)
    expect("activeSocialAccounts" not in answer.fields, "activeSocialAccounts is there", answer)


@check("user.linked", needs_linking=True)
def a_link_shows_up(lab: Lab) -> None:
    """In /user with its displayNames entry, and in the list of profiles."""
    profile = lab.create_profile()
    lab.linking(profile.key, "facebook")
    answer = lab.target.call("GET", "/user", profile_key=profile.key)
    active = answer.fields.get("activeSocialAccounts")
    expect(active == ["facebook"], f"activeSocialAccounts is {active}", answer)
    names = answer.fields.get("displayNames") or [{}]
    expect(names[0].get("platform") == "facebook", "displayNames does not tell of it", answer)
    entry = lab.eventually_listed(profile.ref_id)
    expect(entry.get("activeSocialAccounts") == ["facebook"], "the list does not tell of it")
    gone = lab.target.call(
        "DELETE", "/profiles/social", profile_key=profile.key, body={"platform": "facebook"}
    )
    expect(gone.status == 200, "unlinking is refused", gone)
    after = lab.target.call("GET", "/user", profile_key=profile.key)
    expect("activeSocialAccounts" not in after.fields, "it is still linked", after)


@check("social.unlink")
def unlinking_nothing_succeeds(lab: Lab) -> None:
    """200 with platform and refId."""
    answer = lab.target.call(
        "DELETE", "/profiles/social", profile_key=lab.profile.key, body={"platform": "twitter"}
    )
    expect(answer.status == 200, "it is refused", answer)
    expect(answer.fields.get("platform") == "twitter", "platform is another", answer)
    expect(answer.fields.get("refId") == lab.profile.ref_id, "refId is another", answer)


@check("webhooks.registered")
def a_webhook_is_listed_and_removed(lab: Lab) -> None:
    """Of a profile of ours, for an action that nothing here causes."""
    profile, url = lab.create_profile(), "https://webhooks.fakeayr.example/feed"
    body = {"action": "feed", "url": url}
    made = lab.target.call("POST", "/hook/webhook", profile_key=profile.key, body=body)
    expect(made.status == 200, "the registration is refused", made)
    expect(made.fields.get("action") == "feed", "action is another", made)
    expect(made.fields.get("url") == url, "url is another", made)
    listed = lab.target.call("GET", "/hook/webhook", profile_key=profile.key)
    expect(listed.fields.get("feed") == url, "it is not listed under its action", listed)
    gone = lab.target.call(
        "DELETE", "/hook/webhook", profile_key=profile.key, body={"action": "feed"}
    )
    expect(gone.status == 200, "the removal is refused", gone)
    after = lab.target.call("GET", "/hook/webhook", profile_key=profile.key)
    expect("feed" not in after.fields, "it is listed after its removal", after)


@check("webhooks.https")
def a_webhook_url_is_https(lab: Lab) -> None:
    """Plain http to another machine is refused."""
    body = {"action": "feed", "url": "http://webhooks.fakeayr.example/feed"}
    answer = lab.target.call("POST", "/hook/webhook", profile_key=lab.profile.key, body=body)
    expect_refusal(answer, 400)
