"""How many files, connections among them, the system lets this process open."""

import resource


def raise_limit(wanted: int) -> None:
    """Raises the limit to as many files as wanted, or as far as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))


def count_allowed(most: int) -> int:
    """Returns how many files this process may open, but no more than `most`."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return most if soft == resource.RLIM_INFINITY else min(soft, most)
