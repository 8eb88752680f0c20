"""All advice to an account at this moment, wherever it comes from."""

from collections.abc import Iterable, Iterator, Sequence

from fakeayr.domain.advice import conduct, ledger
from fakeayr.domain.advice.conduct import Numbered
from fakeayr.domain.advice.guard import guard
from fakeayr.domain.advice.ledger import Found
from fakeayr.domain.advice.pieces import Piece
from fakeayr.domain.journal import JOURNAL, read_entry
from fakeayr.domain.tenants import Tenant


def report(tenant: Tenant, ref_id: str | None = None) -> list[Found]:
    """What the integrator should mend: the surest first, and of that the latest.

    Args:
        tenant: The account.
        ref_id: Only what concerns this profile.
    """
    known = ledger.read(tenant.store, tenant.api_key)
    journal = read_journal(tenant, known.cleared)
    found = [*_with_requests(known.found, journal), *_find_conduct(journal)]
    wanted = [one for one in found if ref_id is None or one.ref_id == ref_id]
    return ledger.rank(ledger.merge(wanted, by_profile=ref_id is not None))


def read_journal(tenant: Tenant, after: int = 0) -> list[Numbered]:
    """The journal of an account behind an entry, oldest entry first."""
    entries = tenant.store.log(JOURNAL, tenant.api_key, after=after)
    return [Numbered(number, read_entry(document)) for number, document in entries]


def _with_requests(found: Iterable[Found], journal: Sequence[Numbered]) -> Iterator[Found]:
    """What the ledger has, with the requests that are still in the journal."""
    still: dict[tuple[str | None, ...], list[int]] = {}
    for number, entry in journal:
        for piece in entry.advice:
            still.setdefault((piece.name, piece.place, entry.ref_id), []).append(number)
    for one in found:
        requests = still.get((one.piece.name, one.piece.place, one.ref_id), [])
        yield one.with_requests(requests)


def _find_conduct(journal: Sequence[Numbered]) -> Iterator[Found]:
    for rule in conduct.RULES:
        for piece, calls in guard(rule, journal):
            yield _summarize(piece, calls)


def _summarize(piece: Piece, calls: Sequence[Numbered]) -> Found:
    first, last = calls[0].entry, calls[-1].entry
    found = Found(
        piece=piece,
        count=1,
        first=first.time,
        last=last.time,
        method=first.method,
        path=first.path,
        ref_id=first.ref_id,
    )
    return found.with_requests([call.number for call in calls])
