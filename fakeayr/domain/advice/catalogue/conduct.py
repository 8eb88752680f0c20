"""What programs do wrong over several calls, or with a whole call."""

from typing import Final

from fakeayr.domain.advice.rows import Basis, Row, Sureness

ROWS: Final = (
    Row(
        name="conduct-other-profile-logged-in",
        sureness=Sureness.CERTAIN,
        headline="The linking page shows another profile than the URL's",
        seen="The browser is still logged in to {shown}: the page shows that profile, not {asked}.",
        so="The person links accounts to the wrong profile.",
        do="Send logout: true where one browser opens the pages of several profiles.",
        basis=Basis.DOCUMENTED,
        fact="a browser stays logged in to the first profile unless logout is true",
        wrong='{"profileKey": "(of Ann)"}, while Ben is logged in',
        right='{"profileKey": "(of Ann)", "logout": true}',
    ),
    Row(
        name="conduct-browser-calls-api",
        sureness=Sureness.LIKELY,
        headline="A browser calls the API",
        seen="A browser asked whether a page of {origin} may make this call, and was refused.",
        so="Whether Ayrshare lets browsers call it is not known. Whoever opens the page can read "
        "the API key.",
        do="Call the API from a server. To let the page through here: "
        "fakeayr serve --cors-origin {origin}",
        basis=Basis.OURS,
        fact="the fake refuses pages of other origins unless it is told otherwise",
        wrong="fetch('https://api.ayrshare.com/api/user', …) in a page",
        right="fetch('/my-server/user') in the page, and the call to Ayrshare on the server",
    ),
    Row(
        name="conduct-wrong-path",
        sureness=Sureness.CERTAIN,
        headline="Ayrshare does not have this path",
        seen="Ayrshare has no {path}.",
        so="404; programs that take 404 for an empty list do not notice.",
        do="Call {meant}.",
        basis=Basis.DOCUMENTED,
        fact="the paths stand in Ayrshare's reference",
        wrong="POST /api/generateJWT",
        right="POST /api/profiles/generateJWT",
    ),
)
